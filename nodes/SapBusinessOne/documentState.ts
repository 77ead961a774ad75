import { isMember, isYes, numberOf, text, type Row } from './rows';

/** The cancelled document itself, or the document that cancels it. */
export function isCancelled(row: Row): boolean {
	const status = text(row, 'CancelStatus');
	return isYes(row, 'Cancelled') || ['csYes', 'Y', 'csCancellation', 'C'].includes(status);
}

/** Lines of services have amounts only. */
export function isService(row: Row): boolean {
	return isMember(row, 'DocType', 'dDocument_Service', 'S');
}

/** Foreign-currency columns are filled only where the document's currency is not the company's own. */
export function isForeign(row: Row): boolean {
	return (numberOf(row, 'DocTotalFc') ?? 0) !== 0;
}
