import type { Remembered } from './memory';
import type { FieldChange } from './draft';

export type Outcome = 'created' | 'updated' | 'unchanged' | 'setAside';

/** What came of one wanted record, note or activity. */
export interface Result<Wanted> {
	intent: Wanted;
	outcome: Outcome;
	pipedriveId: number | null;
	changes: FieldChange[];
	tokens: number;
	attempts: number;
	durationMs: number;
	warnings: string[];
	reasonCode?: string;
	reason?: string;
	retryAt?: string;
	/** To be kept for the next run: written or found equal. */
	remembered?: Remembered;
}

/** Nothing done yet. */
export function blank<Wanted extends { warnings: string[] }>(
	intent: Wanted,
	outcome: Outcome,
): Result<Wanted> {
	return {
		intent,
		outcome,
		pipedriveId: null,
		changes: [],
		tokens: 0,
		attempts: 0,
		durationMs: 0,
		warnings: intent.warnings,
	};
}
