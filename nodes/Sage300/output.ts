import type { IDataObject } from 'n8n-workflow';
import type { ErpRecord } from '../../core/record/erpRecord';

/** The record as an item. "Raw" is the row of the Web API with the identity under `erp`. */
export function toItem(record: ErpRecord, output: string): IDataObject {
	const { raw, ...lean } = record;
	const item = output === 'raw' ? { ...raw, erp: record.erp } : lean;
	return item as unknown as IDataObject;
}
