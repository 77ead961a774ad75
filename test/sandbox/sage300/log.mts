/** Every request the system got, so that a test can say what a client did and what it did not. */

export interface LoggedRequest {
	at: number;
	method: string;
	/** Path and query, decoded. */
	url: string;
	/** Length of the query as it came. */
	queryLength: number;
	resource?: string;
	status: number;
	fault?: string;
	rows?: number;
	/** The cookies that came with it. */
	cookie?: string;
}

export class RequestLog {
	requests: LoggedRequest[] = [];
	/** Requests with another verb than GET. */
	writes = 0;
	/** Most requests that were under way at the same time. */
	mostAtOnce = 0;

	add(request: LoggedRequest): void {
		this.requests.push(request);
		if (request.method !== 'GET') this.writes++;
	}

	count(resource?: string): number {
		return this.requests.filter((item) => !resource || item.resource === resource).length;
	}

	urls(resource?: string): string[] {
		return this.requests
			.filter((item) => !resource || item.resource === resource)
			.map(({ url }) => url);
	}

	get rowsSent(): number {
		return this.requests.reduce((sum, item) => sum + (item.rows ?? 0), 0);
	}

	clear(): void {
		this.requests = [];
		this.writes = 0;
		this.mostAtOnce = 0;
	}
}
