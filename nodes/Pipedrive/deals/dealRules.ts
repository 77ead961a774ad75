import type { PipedriveRow } from '../api';
import { digestOf, valueIn, type Digests } from '../digests';
import type { Intent, WantedValue } from '../intents';
import { cancelledReason } from './dealSettings';

const OF_STATUS = ['won_time', 'lost_time', 'lost_reason'];
const NONE: ReadonlySet<string> = new Set();
const LEFT: ReadonlySet<string> = new Set(['status', 'stage_id', ...OF_STATUS]);

/** What a salesperson decides about a deal stays decided. Pure. */
export const dealRules = {
	/**
	 * Keys of wanted values that are not written because a person decided otherwise: no order changes the status of a
	 * deal that a person closed, and times and reasons follow the status.
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
		if (status.value === current) return NONE;
		const isClosed = current === 'won' || current === 'lost';
		if (isClosed && isLinking) {
			warnings.push(
				`The deal was ${String(current)} in Pipedrive before the order was linked to it: its status stays.`,
			);
			return LEFT;
		}
		// Who maps the status themselves means it.
		const isOfOrder = intent.deal?.state !== undefined;
		if (isClosed && (isOfOrder || status.value === 'open') && !isOurs(status, row, remembered)) {
			warnings.push(
				status.value === 'open'
					? `The order is open in the ERP, but the deal was set to ${current} in Pipedrive: it was not reopened.`
					: `The order is ${intent.deal?.state} in the ERP, but the deal was set to ${current} in Pipedrive: its status stays.`,
			);
			return LEFT;
		}
		// Reopened by a person since the ERP's state was told: theirs is the newer word.
		const isTold = sentIn(remembered) === digestOf(status.field, status.value);
		return isTold ? LEFT : NONE;
	},

	/** Keys that Pipedrive refuses for a deal of this status. */
	notFor(status: unknown): string[] {
		return OF_STATUS.filter((key) => (key === 'won_time' ? status !== 'won' : status !== 'lost'));
	},
};

/** Where nothing is remembered, the reason tells: a person hardly writes ours. */
function isOurs({ field }: WantedValue, row: PipedriveRow, remembered: Digests): boolean {
	const sent = sentIn(remembered);
	if (sent !== undefined) return sent === digestOf(field, row.status);
	return row.status === 'lost' && row.lost_reason === cancelledReason;
}

function sentIn({ status }: Digests): string | undefined {
	return status?.split('>')[0];
}
