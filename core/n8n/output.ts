import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { ErpRecord } from '../record/erpRecord';

/** The choice between the shape that all ERPs share and the vendor's own, the same in every panel. */
export const outputProperty: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	default: 'erpRecord',
	options: [
		{
			name: 'ERP Record',
			value: 'erpRecord',
			description: 'One shape for all ERPs, which Pipedrive Upsert takes without mapping',
		},
		{
			name: 'Raw',
			value: 'raw',
			description: 'The fields as the ERP names them, with the identity beside them',
		},
	],
};

/**
 * The record as an item. "Raw" is what the ERP gave, with the identity under `erp`; records of no common shape leave
 * like that in any case.
 */
export function toItem(record: ErpRecord, output: unknown): IDataObject {
	const { raw, ...lean } = record;
	const { organization, product, deal, document } = record;
	const isShaped = organization ?? product ?? deal ?? document;
	const item = raw && (output === 'raw' || !isShaped) ? { ...raw, erp: record.erp } : lean;
	return item as unknown as IDataObject;
}

type Show = NonNullable<NonNullable<INodeProperties['displayOptions']>['show']>;

/** The same properties, shown only for these values of others. */
export function shownFor(show: Show, properties: readonly INodeProperties[]): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { ...property.displayOptions?.show, ...show },
		},
	}));
}
