/** A clock that is set back would keep places taken for as long as it was set back. */
export function neverBackwards(now: () => number): () => number {
	let last = -Infinity;
	let ahead = 0;
	return () => {
		if (now() + ahead < last) ahead = last - now();
		last = now() + ahead;
		return last;
	};
}
