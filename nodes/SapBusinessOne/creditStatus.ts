import { decimalText, day, isYes, numberOf, type Row } from './rows';

export interface CreditSettings {
	/** Which of the two limits counts. */
	limit: 'CreditLimit' | 'MaxCommitment';
	withOpenDeliveries: boolean;
	withOpenOrders: boolean;
	/** Share (0 to 1) of the limit from which a customer is near it. */
	nearShare: number;
}

export const DEFAULT_CREDIT: CreditSettings = {
	limit: 'CreditLimit',
	withOpenDeliveries: true,
	withOpenOrders: true,
	nearShare: 0.8,
};

export interface Credit {
	limit: string;
	balance: string;
	/** `Good`, `Near limit`, `Over limit`. A limit of 0 is no limit. */
	status: string;
}

/** Exposure is the balance with what is delivered and ordered but not yet invoiced. */
export function creditOf(row: Row, settings: CreditSettings): Credit {
	const limit = numberOf(row, settings.limit) ?? 0;
	const balance = numberOf(row, 'CurrentAccountBalance') ?? 0;
	const deliveries = settings.withOpenDeliveries ? numberOf(row, 'OpenDeliveryNotesBalance') : 0;
	const orders = settings.withOpenOrders ? numberOf(row, 'OpenOrdersBalance') : 0;
	const exposure = Number(decimalText(balance + (deliveries ?? 0) + (orders ?? 0)));
	return {
		limit: decimalText(limit),
		balance: decimalText(balance),
		status: statusOf(exposure, limit, settings.nearShare),
	};
}

function statusOf(exposure: number, limit: number, nearShare: number): string {
	if (limit <= 0) return 'Good';
	if (exposure > limit) return 'Over limit';
	return exposure >= limit * nearShare ? 'Near limit' : 'Good';
}

/**
 * Whether a partner or item is inactive on this local day. "Inactive" may be limited to a range, and so may
 * "active"; where neither is set the record is active.
 */
export function isInactive(row: Row, today: string): boolean {
	if (isYes(row, 'Frozen') && isWithin(row, 'Frozen', today)) return true;
	return isYes(row, 'Valid') && !isWithin(row, 'Valid', today);
}

function isWithin(row: Row, prefix: 'Frozen' | 'Valid', today: string): boolean {
	const [from, to] = [day(row, `${prefix}From`), day(row, `${prefix}To`)];
	return (from === '' || from <= today) && (to === '' || today <= to);
}
