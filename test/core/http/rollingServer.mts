import type { BurstWindow } from '../../../core/http/window';
import type { FakeClock } from '../../fakes/fakeClock.mts';

/** A server that counts requests when they arrive, in a rolling window; what it refuses does not count. */
export class RollingServer {
	private counted: number[] = [];
	served = 0;
	refused = 0;

	constructor(
		readonly limit: number,
		readonly windowMs: number,
		private readonly now: () => number,
	) {}

	/** Requests counted in the window that ends now. */
	arrive(): { ok: boolean; used: number } {
		this.counted = this.counted.filter((at) => at > this.now() - this.windowMs);
		const ok = this.counted.length < this.limit;
		if (ok) this.counted.push(this.now());
		if (ok) this.served++;
		else this.refused++;
		return { ok, used: this.counted.length };
	}
}

export interface Traffic {
	requests: number;
	/** Requests under way at once. */
	concurrency: number;
	/** Milliseconds to the server, and back. */
	latency(): readonly [there: number, back: number];
	/** Whether answers tell what the server counted. */
	isTold?: boolean;
}

/** Sends through the window as the client does: after a refusal again, until all are served. */
export async function sendAll(
	clock: FakeClock,
	window: BurstWindow,
	server: RollingServer,
	traffic: Traffic,
): Promise<void> {
	let left = traffic.requests;
	const worker = async () => {
		while (left > 0) {
			left--;
			for (let isServed = false; !isServed; ) {
				const place = await window.acquire();
				const [there, back] = traffic.latency();
				await clock.sleep(there);
				const { ok, used } = server.arrive();
				await clock.sleep(back);
				const told = traffic.isTold ? { limit: server.limit, used } : {};
				place.release(ok ? 'answered' : 'limited', told);
				isServed = ok;
			}
		}
	};
	await Promise.all(Array.from({ length: traffic.concurrency }, worker));
}

/** The same numbers in every run, evenly in [0, 1). */
export function seededRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}
