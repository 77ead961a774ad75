/** Runs `work` for every entry, at most `limit` at once. The first error is thrown after the running ones ended. */
export async function forEachConcurrent<T>(
	entries: readonly T[],
	limit: number,
	work: (entry: T, index: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	const errors: unknown[] = [];
	const worker = async () => {
		while (next < entries.length && errors.length === 0) {
			const index = next++;
			await work(entries[index], index).catch((error: unknown) => {
				errors.push(error);
			});
		}
	};
	await Promise.all(Array.from({ length: Math.min(limit, entries.length) }, worker));
	if (errors.length > 0) throw errors[0];
}
