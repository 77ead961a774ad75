/** What goes wrong between client and system, switched on per request. */
import type { Answer } from '../http.mts';

interface Scope {
	/** How many matching requests it spoils; 1 when absent. */
	times?: number;
	/** How many matching requests pass first. */
	after?: number;
	/** Spoils only requests whose URL, decoded, holds this text. */
	match?: string;
}

export type Fault = Scope &
	(
		| { kind: 'status'; status: number; retryAfter?: string; body?: 'sap' | 'html' | 'empty' }
		/** A proxy's login or error page in place of the answer. */
		| { kind: 'html'; status?: number }
		/** The connection dies before any answer. */
		| { kind: 'drop' }
		/** The connection dies in the middle of the body. */
		| { kind: 'cut' }
		/** The answer is late by so many milliseconds. */
		| { kind: 'slow'; ms: number }
		/** No answer until `release` or close. */
		| { kind: 'hang' }
		/** A page without rows that goes on at the next one. */
		| { kind: 'emptyPage' }
		/** Status 200 and JSON, but not what was asked for. */
		| { kind: 'wrongEnvelope' }
		/** The answer's JSON ends in the middle; the connection is fine. */
		| { kind: 'truncated' }
		/** Changes made from now on become visible after the request that uses up `times`. */
		| { kind: 'lateCommit' }
	);

export class Faults {
	private active: Array<Fault & { seen: number }> = [];
	private waiting: Array<() => void> = [];
	private isDown = false;

	/** Told when changes have to wait, and when they may show. */
	constructor(
		private readonly holdCommits: (isHeld: boolean) => void,
		private readonly sleep: (ms: number) => Promise<void>,
	) {}

	add(fault: Fault): void {
		if (fault.kind === 'lateCommit') this.holdCommits(true);
		this.active.push({ ...fault, seen: 0 });
	}

	clear(): void {
		this.active = [];
		this.holdCommits(false);
		this.isDown = false;
		this.release();
	}

	/** Everything answers 503 until `up`. */
	down(): void {
		this.isDown = true;
	}

	up(): void {
		this.isDown = false;
	}

	/** Lets hanging answers go. */
	release(): void {
		const waiting = this.waiting;
		this.waiting = [];
		for (const go of waiting) go();
	}

	/** The fault for this request, if any; counts it. */
	next(url: string): Fault | undefined {
		if (this.isDown) return { kind: 'status', status: 503, body: 'html' };
		const text = decodeURIComponent(url.replaceAll('+', ' '));
		for (const fault of this.active) {
			if (fault.match !== undefined && !text.includes(fault.match)) continue;
			const turn = fault.seen++ - (fault.after ?? 0);
			if (turn >= 0 && turn < (fault.times ?? 1)) return fault;
		}
		return undefined;
	}

	/** After an answer: late commits whose requests are used up become visible. */
	settle(): void {
		const isOver = (fault: Fault & { seen: number }) =>
			fault.kind === 'lateCommit' && fault.seen >= (fault.after ?? 0) + (fault.times ?? 1);
		if (!this.active.some(isOver)) return;
		this.active = this.active.filter((fault) => !isOver(fault));
		if (!this.active.some(({ kind }) => kind === 'lateCommit')) this.holdCommits(false);
	}

	/** Puts the fault in place of a good answer. */
	async spoil(fault: Fault, answer: Answer): Promise<Answer> {
		switch (fault.kind) {
			case 'status':
				return statusAnswer(fault.status, fault.retryAfter, fault.body ?? 'sap');
			case 'html':
				return { status: fault.status ?? 200, headers: HTML, body: PROXY_PAGE };
			case 'drop':
				return { ...answer, drop: 'before' };
			case 'cut':
				return { ...answer, drop: 'midway' };
			case 'slow':
				await this.sleep(fault.ms);
				return answer;
			case 'hang':
				await new Promise<void>((resolve) => this.waiting.push(resolve));
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
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const PROXY_PAGE =
	'<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Please sign in</form></body></html>';

function statusAnswer(status: number, retryAfter: string | undefined, kind: string): Answer {
	const headers: Record<string, string> = {};
	if (retryAfter !== undefined) headers['retry-after'] = retryAfter;
	if (kind === 'empty') return { status, headers };
	if (kind === 'html') {
		const body = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
		return { status, headers: { ...headers, ...HTML }, body };
	}
	const message = { lang: 'en', value: `The system answered with status ${status}` };
	const body = { error: { code: `/IWFND/CM_BEC/${status}`, message, innererror: {} } };
	return { status, headers, body };
}
