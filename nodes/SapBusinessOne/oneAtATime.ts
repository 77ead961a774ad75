/** The end of each queue. */
const tails = new Map<string, Promise<void>>();

/** Works for the same key wait for each other, whichever execution of this process they belong to. */
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
	const mine = (tails.get(key) ?? Promise.resolve()).then(work);
	const tail = mine.then(
		() => undefined,
		() => undefined,
	);
	tails.set(key, tail);
	try {
		return await mine;
	} finally {
		if (tails.get(key) === tail) tails.delete(key);
	}
}
