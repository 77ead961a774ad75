/** What goes wrong between client and system, switched on per request. */
import type { Answer } from '../http.mts';

interface Scope {
	/** How many matching requests it spoils; 1 when absent. */
	times?: number;
	/** How many matching requests pass first. */
	after?: number;
	/** Spoils only requests whose method and decoded URL hold this text. */
	match?: string;
}

export type Fault = Scope &
	(
		| { kind: 'status'; status: number; retryAfter?: string; body?: 'sap' | 'html' | 'empty' }
		| { kind: 'html'; status?: number }
		/** The connection dies before the system does anything. */
		| { kind: 'drop' }
		/** The system does the work, then the connection dies. */
		| { kind: 'lostAnswer' }
		| { kind: 'emptyPage' }
		| { kind: 'wrongEnvelope' }
		| { kind: 'truncated' }
		/** The session ends before this request. */
		| { kind: 'sessionLost' }
		/** 401 with another code than a lost session has. */
		| { kind: 'forbidden'; code?: number }
	);

export class Faults {
	private active: Array<Fault & { seen: number }> = [];
	private isDown = false;

	add(fault: Fault): void {
		this.active.push({ ...fault, seen: 0 });
	}

	clear(): void {
		this.active = [];
		this.isDown = false;
	}

	/** Everything answers 503 until `up`. */
	down(): void {
		this.isDown = true;
	}

	up(): void {
		this.isDown = false;
	}

	/** The fault for this request, if any; counts it. */
	next(method: string, url: string): Fault | undefined {
		if (this.isDown) return { kind: 'status', status: 503, body: 'html' };
		const text = `${method} ${decodeURIComponent(url.replaceAll('+', ' '))}`;
		for (const fault of this.active) {
			if (fault.match !== undefined && !text.includes(fault.match)) continue;
			const turn = fault.seen++ - (fault.after ?? 0);
			if (turn >= 0 && turn < (fault.times ?? 1)) return fault;
		}
		return undefined;
	}

	/** What is sent in place of a good answer. */
	spoil(fault: Fault, answer: Answer): Answer {
		switch (fault.kind) {
			case 'html':
				return { status: fault.status ?? 200, headers: HTML, body: LOGIN_PAGE };
			case 'lostAnswer':
				return { ...answer, drop: 'after' };
			case 'wrongEnvelope':
				return { ...answer, status: 200, body: { result: 'ok', items: [] } };
			case 'truncated': {
				const text = JSON.stringify(answer.body ?? {});
				return { ...answer, body: text.slice(0, Math.floor(text.length / 2)) };
			}
			default:
				return answer;
		}
	}

	/** An answer that comes before the system does anything; undefined where it works on. */
	instead(fault: Fault): Answer | undefined {
		if (fault.kind === 'drop') return { status: 0, drop: 'before' };
		if (fault.kind !== 'status') return undefined;
		const { status, retryAfter, body = 'sap' } = fault;
		const headers: Record<string, string> = {};
		if (retryAfter !== undefined) headers['retry-after'] = retryAfter;
		if (body === 'empty') return { status, headers };
		if (body === 'html')
			return { status, headers: { ...headers, ...HTML }, body: `<html><h1>${status}</h1></html>` };
		const message = { lang: 'en-us', value: `The system answered with status ${status}` };
		return { status, headers, body: { error: { code: -1, message } } };
	}
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const LOGIN_PAGE =
	'<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>';
