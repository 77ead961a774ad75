import type { Priority } from './budget';
import { asCoreError, CoreError } from './errors';
import type { HttpMethod, HttpRequest, HttpResponse, Ports, Transport } from './ports';
import { decideRetry } from './retry';

export interface ClientRequest {
	method: HttpMethod;
	url: string;
	headers?: Record<string, string>;
	/** At most one of `json`, `form` and `body`. */
	json?: unknown;
	form?: Record<string, string>;
	body?: string;
	/** Repeating does no harm even if the first one arrived. Default: reads only. */
	repeatable?: boolean;
	/** Tokens this request takes from the daily budget. */
	cost?: number;
	/** Who may use what is kept back of the budget; the gate has a default. */
	priority?: Priority;
	/** Which burst window it counts in: `default` or `search`. */
	lane?: string;
}

export interface Permit {
	/** Told exactly once, when the request has its answer or its error. */
	settle(outcome: { response?: HttpResponse; error?: CoreError }): void;
}

export interface Gate {
	/** Waits for the burst window. Throws `budgetSpent` or `blocked` when waiting would not help. */
	acquire(request: ClientRequest): Promise<Permit>;
}

export interface ClientOptions {
	transport: Transport;
	ports: Ports;
	gate?: Gate;
	/** One attempt; default 30 s. */
	attemptTimeoutMs?: number;
	/** All attempts and pauses of one request together; default 120 s. */
	totalTimeoutMs?: number;
	/** Epoch milliseconds no request may outlive, for example the end of a poll's budget. */
	deadline?: () => number;
	/** Default 4. */
	maxAttempts?: number;
	/** The vendor's reading of an answer; `undefined` means it is good. */
	classify(response: HttpResponse, request: ClientRequest): CoreError | undefined;
}

export interface HttpClient {
	/** The good answer, or a `CoreError`. */
	send(request: ClientRequest): Promise<HttpResponse>;
}

/** One request through gate, time limits and retry. Knows no vendor and keeps no state. */
export function createClient(options: ClientOptions): HttpClient {
	const attemptTimeoutMs = options.attemptTimeoutMs ?? 30_000;
	const totalTimeoutMs = options.totalTimeoutMs ?? 120_000;
	const maxAttempts = options.maxAttempts ?? 4;
	const { ports, transport, gate } = options;

	async function attemptOnce(
		request: ClientRequest,
		endsAt: number,
	): Promise<HttpResponse | CoreError> {
		const permit = await gate?.acquire(request);
		const timeoutMs = Math.max(1, Math.min(attemptTimeoutMs, endsAt - ports.now()));
		try {
			const response = await transport(wireRequest(request, timeoutMs));
			const error = options.classify(response, request);
			permit?.settle(error ? { response, error } : { response });
			return error ?? response;
		} catch (caught) {
			const error = asCoreError(caught);
			permit?.settle({ error });
			return error;
		}
	}

	return {
		async send(request) {
			const startedAt = ports.now();
			const endsAt = Math.min(startedAt + totalTimeoutMs, options.deadline?.() ?? Infinity);
			if (endsAt <= startedAt) {
				throw new CoreError('transient', 'The time for this run is used up before the request.', {
					neverSent: true,
				});
			}
			for (let attempt = 1; ; attempt++) {
				const outcome = await attemptOnce(request, endsAt);
				if (!(outcome instanceof CoreError)) return outcome;
				const decision = decideRetry({
					error: outcome,
					attempt,
					maxAttempts,
					timeLeftMs: endsAt - ports.now(),
					repeatable: request.repeatable ?? request.method === 'GET',
					random: ports.random(),
				});
				if ('stop' in decision) throw outcome;
				await ports.sleep(decision.waitMs);
			}
		},
	};
}

function wireRequest(request: ClientRequest, timeoutMs: number): HttpRequest {
	const headers: Record<string, string> = { ...request.headers };
	let body = request.body;
	if (request.json !== undefined) {
		headers['content-type'] ??= 'application/json';
		body = JSON.stringify(request.json);
	} else if (request.form !== undefined) {
		headers['content-type'] ??= 'application/x-www-form-urlencoded';
		body = new URLSearchParams(request.form).toString();
	}
	return { method: request.method, url: request.url, headers, body, timeoutMs };
}
