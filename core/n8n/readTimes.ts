import type { IDataObject } from 'n8n-workflow';

/**
 * The times of reading in these items, never earlier than `readTo`, and the latest of them. Where n8n's clock is set
 * back, what is read now would otherwise look older than what was delivered before, and be dropped as overtaken.
 * Times are ISO instants as `toISOString` writes them.
 */
export function inReadingOrder(
	items: readonly IDataObject[],
	readTo: string | undefined,
): { items: IDataObject[]; readTo: string | undefined } {
	const behind = readTo === undefined ? undefined : justBehind(readTo);
	let latest = readTo;
	const ordered = items.map((item) => {
		const erp = item.erp as { readAt?: unknown } | undefined;
		if (typeof erp?.readAt !== 'string') return item;
		const isEarly = readTo !== undefined && behind !== undefined && erp.readAt < readTo;
		const readAt = isEarly ? behind : erp.readAt;
		if (latest === undefined || readAt > latest) latest = readAt;
		return isEarly ? { ...item, erp: { ...erp, readAt } } : item;
	});
	return { items: ordered, readTo: latest };
}

function justBehind(time: string): string | undefined {
	const at = Date.parse(time);
	return Number.isNaN(at) ? undefined : new Date(at + 1).toISOString();
}
