/** What goes wrong between client and system, switched on per request. */
import type { Answer } from '../http.mts';

export type Fault = {
	/** How many matching requests it spoils; 1 when absent. */
	times?: number;
	/** How many matching requests pass first. */
	after?: number;
	/** Spoils only requests whose URL, decoded, holds this text. */
	match?: string;
} & (
	| { kind: 'status'; status: number; retryAfter?: string; code?: string }
	/** A proxy's page in place of the answer. */
	| { kind: 'html'; status?: number }
	/** The connection dies before any answer. */
	| { kind: 'drop' }
	/** The connection dies in the middle of the body. */
	| { kind: 'cut' }
	/** A page without rows that goes on; only where the build gives next links. */
	| { kind: 'emptyPage' }
	/** Status 200 and JSON, but not what was asked for. */
	| { kind: 'wrongEnvelope' }
	/** `$skip` is ignored: the first page comes again and again. */
	| { kind: 'ignoresSkip' }
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
	next(url: string): Fault | undefined {
		if (this.isDown) return { kind: 'html', status: 503 };
		const text = decodeURIComponent(url.replaceAll('+', ' '));
		for (const fault of this.active) {
			if (fault.match !== undefined && !text.includes(fault.match)) continue;
			const turn = fault.seen++ - (fault.after ?? 0);
			if (turn >= 0 && turn < (fault.times ?? 1)) return fault;
		}
		return undefined;
	}
}

/** The fault in place of a good answer. */
export function spoiled(fault: Fault, answer: Answer): Answer {
	switch (fault.kind) {
		case 'status':
			return {
				...errorAnswer(fault.status, fault.code ?? 'General', `Status ${fault.status}`),
				headers: fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter },
			};
		case 'html':
			return page(fault.status ?? 200, 'Sign in');
		case 'drop':
			return { ...answer, drop: 'before' };
		case 'cut':
			return { ...answer, drop: 'midway' };
		case 'wrongEnvelope':
			return { ...answer, status: 200, body: { result: 'ok', items: [] } };
		default:
			return answer;
	}
}

export function errorAnswer(
	status: number,
	code: string,
	message: string,
	isPlain = false,
): Answer {
	const text = isPlain ? message : { lang: 'en-US', value: message };
	return { status, body: { error: { code, message: text } } };
}

export function page(status: number, title: string): Answer {
	const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
	return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
