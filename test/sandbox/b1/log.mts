/** Every request the system got, so that a test can say what a client did and what it did not. */
export interface LoggedRequest {
	at: number;
	method: string;
	/** Path and query as they came. */
	url: string;
	kind: 'login' | 'logout' | 'entity' | 'other';
	entitySet?: string;
	status: number;
	fault?: string;
	rows?: number;
	prefer?: string;
	/** What a query in a body asked for. */
	query?: string;
}

export class RequestLog {
	requests: LoggedRequest[] = [];

	add(request: LoggedRequest): void {
		this.requests.push(request);
	}

	count(entitySet?: string): number {
		const isIt = (item: LoggedRequest) => entitySet === undefined || item.entitySet === entitySet;
		return this.requests.filter((item) => item.kind === 'entity' && isIt(item)).length;
	}

	/** Requests that could change business data. */
	get writes(): number {
		const isWrite = ({ kind, method, query }: LoggedRequest) =>
			kind === 'entity' && method !== 'GET' && query === undefined;
		return this.requests.filter(isWrite).length;
	}

	get logins(): number {
		return this.requests.filter(({ kind }) => kind === 'login').length;
	}

	get rowsSent(): number {
		return this.requests.reduce((sum, item) => sum + (item.rows ?? 0), 0);
	}

	urls(): string[] {
		return this.requests.filter(({ kind }) => kind === 'entity').map(({ url }) => url);
	}

	clear(): void {
		this.requests = [];
	}
}
