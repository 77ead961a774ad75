import { seededRandom } from '../core/http/rollingServer.mts';
import type { HttpResponse, Transport } from '../../core/http/ports';
import type { Clock } from '../nodes/pipedrive/support.mts';
import type { PipedriveSandbox } from '../sandbox/pipedrive/server.mts';

/** Not on the clock of the bench. */
const reallySoon = globalThis.setTimeout;
const turn = () => new Promise<void>((done) => setImmediate(done));

/**
 * A clock that stands still while anything works and jumps to the next thing that waits when nothing does. What is
 * measured by it does not depend on the machine.
 */
export class VirtualTime implements Clock {
	private at = Date.parse('2026-11-20T08:00:00Z');
	private sleepers: Array<{ until: number; wake: () => void }> = [];

	readonly now = (): number => this.at;

	readonly random = (): number => 0.5;

	readonly sleep = (ms: number): Promise<void> =>
		new Promise((wake) => this.sleepers.push({ until: this.at + Math.max(0, ms), wake }));

	advance(ms: number): void {
		this.at += ms;
	}

	/** Lets time go by until the work is done. */
	async through<T>(work: Promise<T>): Promise<T> {
		let isOver = false;
		const done = work.finally(() => (isOver = true));
		done.catch(() => undefined);
		while (!isOver) {
			await turn();
			if (isOver) break;
			const next = this.earliest();
			// Something real is under way, such as a module that is being loaded.
			if (!next) await new Promise((soon) => reallySoon(soon, 1));
			else {
				this.sleepers.splice(this.sleepers.indexOf(next), 1);
				this.at = Math.max(this.at, next.until);
				next.wake();
			}
		}
		return await done;
	}

	private earliest() {
		let first = this.sleepers[0];
		for (const sleeper of this.sleepers) if (sleeper.until < first.until) first = sleeper;
		return first;
	}
}

/** Milliseconds there and back: 60 to 120 in all. */
function latencies(): () => [there: number, back: number] {
	const random = seededRandom(4);
	return () => {
		const whole = 60 + Math.floor(random() * 61);
		const there = Math.floor(random() * (whole + 1));
		return [there, whole - there];
	};
}

/** The way to the sandbox and back, in virtual time. */
export function virtualWire(clock: VirtualTime): (sandbox: PipedriveSandbox) => Transport {
	const next = latencies();
	return (sandbox) =>
		async ({ method, url, headers, body }): Promise<HttpResponse> => {
			const [there, back] = next();
			await clock.sleep(there);
			const { pathname, searchParams } = new URL(url);
			const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
			const answer = await sandbox.handle({
				method,
				path: pathname,
				query: searchParams,
				headers: { 'x-api-token': sandbox.token, ...(Object.fromEntries(lower) as object) },
				bodyText: body ?? '',
			});
			await clock.sleep(back);
			const isText = typeof answer.body === 'string';
			return {
				status: answer.status,
				headers: {
					...(isText ? {} : { 'content-type': 'application/json; charset=utf-8' }),
					...(answer.headers as Record<string, string>),
				},
				body: Buffer.from(isText ? (answer.body as string) : JSON.stringify(answer.body ?? null)),
			};
		};
}
