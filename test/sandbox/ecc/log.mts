/** Every request the system got, so that a test can say what a client did and what it did not. */

export interface LoggedRequest {
	at: number;
	method: string;
	url: string;
	/** Name of the function module, where one was called. */
	function?: string;
	/** Table that a table reader was asked for. */
	table?: string;
	/** Rows or fields in the answer's tables. */
	rows?: number;
	status: number;
	fault?: string;
	/** The condition's lines, as they came. */
	options?: string[];
	rowCount?: number;
	fields?: string[];
}

export class RequestLog {
	requests: LoggedRequest[] = [];

	add(request: LoggedRequest): void {
		this.requests.push(request);
	}

	calls(name: string): LoggedRequest[] {
		return this.requests.filter((request) => request.function === name);
	}

	reads(table: string): LoggedRequest[] {
		return this.requests.filter((request) => request.table === table);
	}

	clear(): void {
		this.requests = [];
	}
}
