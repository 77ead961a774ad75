import type { IDataObject } from 'n8n-workflow';
import type { ErpRecord } from '../../core/record/erpRecord';

/** The record as an item. "Raw" is what SAP gave, with the identity under `erp`. */
export function toItem(record: ErpRecord, output: string): IDataObject {
	const { raw, ...lean } = record;
	const item = output === 'raw' || !record.organization ? { erp: record.erp, ...raw } : lean;
	return item as unknown as IDataObject;
}
