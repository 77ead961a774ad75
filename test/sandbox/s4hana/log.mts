/** Every request the system got, so that a test can say what a client did and what it did not. */

export interface LoggedRequest {
	at: number;
	method: string;
	/** Path and query as they came. */
	url: string;
	/** `service` for entity data, `metadata`, `token` for OAuth, `other`. */
	kind: 'service' | 'metadata' | 'token' | 'other';
	entitySet?: string;
	status: number;
	/** Name of the fault that answered instead of the system. */
	fault?: string;
	/** Rows in the answer. */
	rows?: number;
}

export class RequestLog {
	requests: LoggedRequest[] = [];
	/** Requests to a service with another verb than GET. */
	writes = 0;

	add(request: LoggedRequest): void {
		this.requests.push(request);
		if (request.kind !== 'token' && request.method !== 'GET') this.writes++;
	}

	/** Requests for entity data, of one set or of all. */
	count(entitySet?: string): number {
		return this.ofService().filter((item) => !entitySet || item.entitySet === entitySet).length;
	}

	byEntitySet(): Record<string, number> {
		const counts: Record<string, number> = {};
		for (const { entitySet = '' } of this.ofService()) {
			counts[entitySet] = (counts[entitySet] ?? 0) + 1;
		}
		return counts;
	}

	/** Token requests. */
	get logins(): number {
		return this.requests.filter((item) => item.kind === 'token').length;
	}

	get rowsSent(): number {
		return this.requests.reduce((sum, item) => sum + (item.rows ?? 0), 0);
	}

	urls(): string[] {
		return this.ofService().map((item) => item.url);
	}

	clear(): void {
		this.requests = [];
		this.writes = 0;
	}

	private ofService(): LoggedRequest[] {
		return this.requests.filter((item) => item.kind === 'service');
	}
}
