import type { PipedriveRow } from '../api';
import { digestOf, valueIn, type Digests } from '../digests';
import type { Intent } from '../intents';

const OF_STATUS = ['won_time', 'lost_time', 'lost_reason'];
const NONE: ReadonlySet<string> = new Set();

/** What a salesperson decides about a deal stays decided. Pure. */
export const dealRules = {
	/**
	 * Keys of wanted values that are not written because a person decided otherwise: an order that is open in the ERP
	 * does not reopen a deal that a person closed, and times and reasons follow the status.
	 */
	leftToPerson(
		intent: Intent,
		row: PipedriveRow,
		remembered: Digests,
		warnings: string[],
		isLinking = false,
	): ReadonlySet<string> {
		const status = intent.values.find(({ field }) => field.key === 'status');
		if (!status) return NONE;
		const current = valueIn(row, status.field);
		const isClosed = current === 'won' || current === 'lost';
		const isOurs = remembered.status?.split('>')[0] === digestOf(status.field, current);
		if (isClosed && isLinking && status.value !== current) {
			warnings.push(
				`The deal was ${String(current)} in Pipedrive before the order was linked to it: its status stays.`,
			);
			return new Set(['status', 'stage_id', ...OF_STATUS]);
		}
		if (isClosed && status.value === 'open' && !isOurs) {
			warnings.push(
				`The order is open in the ERP, but the deal was set to ${current} in Pipedrive: it was not reopened.`,
			);
			return new Set(['status', 'stage_id', ...OF_STATUS]);
		}
		// A person's won or lost against an ERP state that we told before: theirs is the newer word.
		const isTold = remembered.status?.split('>')[0] === digestOf(status.field, status.value);
		if (current !== status.value && isTold) return new Set(['status', 'stage_id', ...OF_STATUS]);
		return NONE;
	},

	/** Keys that Pipedrive refuses for a deal of this status. */
	notFor(status: unknown): string[] {
		return OF_STATUS.filter((key) => (key === 'won_time' ? status !== 'won' : status !== 'lost'));
	},
};
