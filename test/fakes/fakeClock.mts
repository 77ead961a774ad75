import type { Ports } from '../../core/http/ports';

/** Virtual time: nothing waits, and what sleeps wakes in the right order. */
export class FakeClock implements Ports {
	private at: number;
	private sleepers: Array<{ until: number; wake: () => void }> = [];
	/** What `random` gives. */
	chance = 0.5;

	constructor(start = Date.parse('2026-11-20T08:00:00Z')) {
		this.at = start;
	}

	readonly now = (): number => this.at;

	readonly random = (): number => this.chance;

	readonly sleep = (ms: number): Promise<void> =>
		new Promise((wake) => this.sleepers.push({ until: this.at + Math.max(0, ms), wake }));

	/** Lets everything that is ready run, without time going by. */
	async settle(): Promise<void> {
		await new Promise((done) => setImmediate(done));
	}

	/** Lets so much time go by, waking sleepers on the way. */
	async advance(ms: number): Promise<void> {
		const end = this.at + ms;
		await this.settle();
		for (let next = this.earliest(); next && next.until <= end; next = this.earliest()) {
			this.at = Math.max(this.at, next.until);
			this.sleepers = this.sleepers.filter((sleeper) => sleeper !== next);
			next.wake();
			await this.settle();
		}
		this.at = end;
		await this.settle();
	}

	/** Lets time go by until the promise is settled. */
	async until<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
		let isOver = false;
		const done = promise.finally(() => (isOver = true));
		done.catch(() => undefined);
		const end = this.at + limitMs;
		await this.settle();
		while (!isOver) {
			const next = this.earliest();
			if (!next || next.until > end)
				throw new Error('Nothing happens any more in this virtual time.');
			await this.advance(next.until - this.at);
		}
		return await done;
	}

	private earliest() {
		return [...this.sleepers].sort((a, b) => a.until - b.until)[0];
	}
}
