const PAUSE_MS = 100;

/**
 * Asks again until the answer is neither undefined nor false; throws when `timeoutMs` is over, saying what was awaited.
 * For another process's state, which no event tells.
 */
export async function waitFor<T>(
	what: string,
	timeoutMs: number,
	ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	let lastError: unknown;
	for (;;) {
		try {
			const answer = await ask();
			if (answer !== undefined && answer !== false) return answer;
			lastError = undefined;
		} catch (error) {
			lastError = error;
		}
		if (Date.now() > deadline) {
			const because = lastError === undefined ? '' : ` (${String(lastError)})`;
			throw new Error(`Waited ${Math.round(timeoutMs / 1000)} s in vain for ${what}${because}.`);
		}
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
	}
}
