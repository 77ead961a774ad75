import { KEPT_BACK } from '../../core/http/budget';
import type { CoreError } from '../../core/http/errors';
import type { Environment, Stop } from './run';

/** When what failed is worth another try. */
export const LATER_MS = 5 * 60 * 1000;
const UNKNOWN_RESET_MS = 60 * 60 * 1000;
/** Requests without an answer in a row, each already retried, after which Pipedrive counts as down. */
const SILENCE_LIMIT = 3;

/** One error as reason, time to retry, and whether the rest of the run would meet the same. */
export function stopOf(
	run: { silence: number; environment: Pick<Environment, 'ports'> },
	error: CoreError,
): Stop & { endsRun: boolean } {
	const now = run.environment.ports.now();
	const at = (ms: number) => new Date(now + ms).toISOString();
	const reason = sentenceOf(error);
	switch (error.kind) {
		case 'budgetSpent':
			return {
				reasonCode: 'deferred',
				reason,
				retryAt: error.resetsAt ?? at(UNKNOWN_RESET_MS),
				// New records may go on with what is kept for them.
				endsRun: error.code !== KEPT_BACK,
			};
		case 'blocked':
			return {
				reasonCode: 'deferred',
				reason,
				retryAt: error.resetsAt ?? at(LATER_MS),
				endsRun: true,
			};
		case 'rateLimited':
			return { reasonCode: 'deferred', reason, retryAt: at(LATER_MS), endsRun: false };
		case 'auth':
		case 'configuration':
			return { reasonCode: 'failed', reason, endsRun: true };
		case 'transient':
			run.silence++;
			return {
				reasonCode: 'failed',
				reason,
				retryAt: at(LATER_MS),
				endsRun: run.silence >= SILENCE_LIMIT,
			};
		case 'invalid':
			return { reasonCode: 'rejected', reason, endsRun: false };
		default:
			return { reasonCode: 'failed', reason, endsRun: false };
	}
}

export function sentenceOf(error: CoreError): string {
	return [error.message, error.remedy].filter(Boolean).join(' ');
}
