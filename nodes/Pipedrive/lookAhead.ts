/** Without an answer for so long, others may have used up what was left. */
const PAUSE_MS = 60 * 1000;

/** After a pause one request goes ahead of the others: its answer tells what is left. */
export interface LookAhead {
	/**
	 * Waits while another one looks. Gives what to call when this request has its answer, its error or its refusal.
	 *
	 * @param isTold whether answers tell what is left at all
	 */
	begin(isTold: boolean): Promise<() => void>;
	/** An answer of any kind came. */
	heard(): void;
}

export function createLookAhead(now: () => number): LookAhead {
	let heardAt = -Infinity;
	let look: Promise<void> | undefined;
	const isLong = () => now() - heardAt > PAUSE_MS;

	return {
		async begin(isTold) {
			while (isLong() && look) await look;
			if (!isLong() || !isTold) return () => undefined;
			let end: () => void = () => undefined;
			look = new Promise((resolve) => (end = resolve));
			return () => {
				look = undefined;
				end();
			};
		},
		heard() {
			heardAt = now();
		},
	};
}
