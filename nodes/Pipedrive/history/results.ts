import type { Remembered } from '../memory';
import type { FieldChange } from '../plan';
import type { Outcome } from '../run';
import type { HistoryIntent } from './intents';

export interface HistoryResult {
	intent: HistoryIntent;
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
export function blank(intent: HistoryIntent, outcome: Outcome): HistoryResult {
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
