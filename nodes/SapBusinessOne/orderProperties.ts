import type { INodeProperties } from 'n8n-workflow';
import { branch, furtherFields, postingDate, series } from './documentFields';
import { referenceProperties } from './referenceProperties';

/** What a new sales or purchase order takes. */
export const orderProperties: INodeProperties[] = [
	{
		displayName: 'Business Partner',
		name: 'cardCode',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'C20000',
		description: 'Code of the customer, or of the vendor of a purchase order',
	},
	{
		displayName: 'Due Date',
		name: 'dueDate',
		type: 'string',
		required: true,
		default: '',
		placeholder: '2026-12-31',
		description: 'Date of delivery',
	},
	...referenceProperties,
	{
		displayName: 'Lines',
		name: 'lines',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add line',
		default: {},
		options: [
			{
				displayName: 'Line',
				name: 'line',
				values: [
					{
						displayName: 'Item Code',
						name: 'ItemCode',
						type: 'string',
						default: '',
					},
					{
						displayName: 'Quantity',
						name: 'Quantity',
						type: 'number',
						default: 1,
					},
					{
						displayName: 'Tax Code',
						name: 'TaxCode',
						type: 'string',
						default: '',
						description: 'In localizations that use tax codes',
					},
					{
						displayName: 'Unit Price',
						name: 'UnitPrice',
						type: 'string',
						default: '',
						description: "Empty: the price of the partner's price list",
					},
					{
						displayName: 'VAT Group',
						name: 'VatGroup',
						type: 'string',
						default: '',
						description: 'In localizations that use VAT groups',
					},
					{
						displayName: 'Warehouse',
						name: 'WarehouseCode',
						type: 'string',
						default: '',
					},
				],
			},
		],
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		options: [
			branch,
			{
				displayName: 'Comments',
				name: 'Comments',
				type: 'string',
				default: '',
			},
			furtherFields,
			postingDate,
			series,
		],
	},
];
