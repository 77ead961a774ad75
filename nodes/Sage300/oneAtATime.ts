import type { Gate } from '../../core/http/client';

/** The end of each queue. */
const tails = new Map<string, Promise<void>>();

/**
 * Lets one request through at a time, however many nodes of this process ask: each may take a seat of the
 * installation's licence, and the server answers none faster.
 */
export function oneAtATime(key: string, queues: Map<string, Promise<void>> = tails): Gate {
	return {
		async acquire() {
			const before = queues.get(key);
			let release: () => void = () => undefined;
			const mine = new Promise<void>((resolve) => {
				release = resolve;
			});
			const tail = (before ?? Promise.resolve()).then(() => mine);
			queues.set(key, tail);
			await before;
			return {
				settle() {
					release();
					if (queues.get(key) === tail) queues.delete(key);
				},
			};
		},
	};
}
