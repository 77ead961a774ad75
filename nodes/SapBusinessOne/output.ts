import type { IDataObject } from 'n8n-workflow';
import type { B1Record } from './mapping';

/** The record as an item. "Raw" is the row with the identity under `erp`, as are records of no common shape. */
export function toItem(record: B1Record, output: string): IDataObject {
	const { raw, ...lean } = record;
	const isShaped = record.organization ?? record.product ?? record.deal ?? record.document;
	const item = output === 'raw' || !isShaped ? { erp: record.erp, ...raw } : lean;
	return item as unknown as IDataObject;
}
