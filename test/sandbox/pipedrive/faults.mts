/** Faults that a test or a demo switches on for matching requests. */

export type FaultKind =
	/** Work done, connection cut before the answer. */
	| 'lostAnswer'
	/** Connection cut, nothing done. */
	| 'dropBefore'
	/** Answers `status`, `headers`, `body`; nothing done. */
	| 'status'
	/** Cloudflare's page; nothing done. */
	| 'html403'
	/** Waits `ms`, then works as usual. */
	| 'slow'
	/** Work done, JSON cut off in the middle. */
	| 'badJson'
	/** Work done, answer without a body. */
	| 'emptyBody'
	/** 200 with `success: false`; nothing done. */
	| 'successFalse';

export interface Fault {
	kind: FaultKind;
	/** Path as sent, such as `/api/v2/organizations/7`; a regular expression, case-sensitive. */
	match?: { method?: string; path?: string };
	/** How many requests it hits; default 1. */
	times?: number;
	/** Lets this many matching requests pass first. */
	after?: number;
	status?: number;
	headers?: Record<string, string>;
	body?: string | object;
	ms?: number;
}

interface Armed extends Fault {
	id: number;
	left: number;
	skip: number;
	hits: number;
}

export class Faults {
	private armed: Armed[] = [];
	private lastId = 0;
	private downUntil = 0;

	constructor(private readonly now: () => number) {}

	add(...faults: Fault[]): number[] {
		return faults.map((fault) => {
			if (fault.match?.path) new RegExp(fault.match.path);
			this.lastId += 1;
			const counters = { left: fault.times ?? 1, skip: fault.after ?? 0, hits: 0 };
			this.armed.push({ ...fault, ...counters, id: this.lastId });
			return this.lastId;
		});
	}

	/** The fault for this request, used up by one. */
	take(method: string, path: string): Fault | undefined {
		for (const fault of this.armed) {
			const { match } = fault;
			if (fault.left <= 0) continue;
			if (match?.method && match.method.toUpperCase() !== method) continue;
			if (match?.path && !new RegExp(match.path).test(path)) continue;
			if (fault.skip > 0) {
				fault.skip -= 1;
				continue;
			}
			fault.left -= 1;
			fault.hits += 1;
			return fault;
		}
		return undefined;
	}

	/** For a request that was refused before the fault could strike. */
	giveBack(fault: Fault): void {
		const armed = this.armed.find((entry) => entry === fault);
		if (armed) Object.assign(armed, { left: armed.left + 1, hits: armed.hits - 1 });
	}

	/** Every connection is cut until then (ms since 1970). */
	goDown(until: number): void {
		this.downUntil = until;
	}

	get isDown(): boolean {
		return this.now() < this.downUntil;
	}

	list(): ReadonlyArray<Readonly<Armed>> {
		return this.armed;
	}

	clear(): void {
		this.armed = [];
		this.downUntil = 0;
	}
}
