/** What goes wrong between client and system, switched on per request. */
import type { Answer } from '../http.mts';

interface Scope {
	/** How many matching calls it spoils; 1 when absent. */
	times?: number;
	/** How many matching calls pass first. */
	after?: number;
	/** Spoils only this call or table, for example `Logon`, `COMFND`, `ArCustomer`. */
	match?: string;
}

export type Fault = Scope &
	(
		| { kind: 'status'; status: number; retryAfter?: string }
		| { kind: 'html'; status?: number }
		/** The connection dies before any answer, or in the middle of it. */
		| { kind: 'drop' | 'cut' }
		/** Status 200, well formed, and something else. */
		| { kind: 'wrongEnvelope' }
		/** The body ends in the middle; the connection is fine. */
		| { kind: 'truncated' }
		/** Status 200 and a text of the system's own. */
		| { kind: 'text'; text: string }
		/** The session ends before this call. */
		| { kind: 'loseSession' }
		/** The conditions are taken for unknown elements: everything comes back. */
		| { kind: 'ignoreWhere' }
	);

export class Faults {
	private active: Array<Fault & { seen: number }> = [];

	add(fault: Fault): void {
		this.active.push({ ...fault, seen: 0 });
	}

	clear(): void {
		this.active = [];
	}

	/** The fault for this call, if any; counts it. */
	next(names: readonly string[]): Fault | undefined {
		for (const fault of this.active) {
			if (fault.match !== undefined && !names.includes(fault.match)) continue;
			const turn = fault.seen++ - (fault.after ?? 0);
			if (turn >= 0 && turn < (fault.times ?? 1)) return fault;
		}
		return undefined;
	}
}

export function spoiled(fault: Fault | undefined, answer: Answer): Answer {
	switch (fault?.kind) {
		case 'status': {
			const headers =
				fault.retryAfter === undefined ? undefined : { 'retry-after': fault.retryAfter };
			return { status: fault.status, headers, body: 'Service unavailable' };
		}
		case 'html':
			return {
				status: fault.status ?? 200,
				headers: { 'content-type': 'text/html' },
				body: '<html><body><h1>Sign in</h1></body></html>',
			};
		case 'drop':
			return { ...answer, drop: 'before' };
		case 'cut':
			return { ...answer, drop: 'midway' };
		case 'wrongEnvelope':
			return { status: 200, headers: answer.headers, body: '<Something><Else/></Something>' };
		case 'truncated': {
			const body = Buffer.isBuffer(answer.body)
				? answer.body
				: Buffer.from(String(answer.body ?? ''));
			return { ...answer, body: body.subarray(0, Math.floor(body.length / 2)) };
		}
		case 'text':
			return { status: 200, headers: answer.headers, body: fault.text };
		default:
			return answer;
	}
}
