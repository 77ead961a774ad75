import type { INodeProperties } from 'n8n-workflow';
import { branch, furtherFields, postingDate, series } from '../documentFields';

/** How a document is made of a Pipedrive deal. */
export const dealProperties: INodeProperties[] = [
	{
		displayName: 'Deal',
		name: 'deal',
		type: 'json',
		required: true,
		default: '={{ $json }}',
		description:
			'What Pipedrive Upsert hands over with Resource "Deal" and Operation "Get": the deal with its lines and external IDs',
	},
	{
		displayName: 'Document',
		name: 'document',
		type: 'options',
		default: 'order',
		options: [
			{ name: 'By Stage of the Deal', value: 'byStage' },
			{ name: 'Purchase Order', value: 'purchaseOrder' },
			{ name: 'Sales Order', value: 'order' },
			{ name: 'Sales Quotation', value: 'quotation' },
		],
		description: 'What is created',
	},
	{
		displayName: 'Stages',
		name: 'stages',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Stage',
		default: {},
		displayOptions: { show: { document: ['byStage'] } },
		description: 'Stages that are not listed create nothing',
		options: [
			{
				displayName: 'Stage',
				name: 'rule',
				values: [
					{
						displayName: 'Stage',
						name: 'stage',
						type: 'string',
						default: '',
						placeholder: 'Proposal Made',
						description: 'Name of the stage in Pipedrive',
					},
					{
						displayName: 'Document',
						name: 'document',
						type: 'options',
						default: 'quotation',
						options: [
							{ name: 'Nothing', value: 'nothing' },
							{ name: 'Sales Order', value: 'order' },
							{ name: 'Sales Quotation', value: 'quotation' },
						],
					},
				],
			},
		],
	},
	{
		displayName: 'Vendor',
		name: 'vendor',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'V10000',
		displayOptions: { show: { document: ['purchaseOrder'] } },
		description: 'Code of the business partner from whom is bought',
	},
	{
		displayName: 'Due Date',
		name: 'dueDate',
		type: 'string',
		required: true,
		default: '={{ $today.plus({ days: 14 }).toISODate() }}',
		description: 'Date of delivery',
	},
	{
		displayName: 'Reference',
		name: 'reference',
		type: 'string',
		required: true,
		default: '=PD-{{ $json.deal.id }}',
		description:
			'Unique for this deal. It is looked up in the documents and in Drafts first, so that running again creates nothing twice.',
	},
	{
		displayName: 'Reference Field',
		name: 'referenceField',
		type: 'string',
		default: 'U_PipedriveDealId',
		placeholder: 'U_PipedriveDealId',
		description:
			'A user-defined field of marketing documents, which has to be there; or NumAtCard (the customer reference number), which people may change',
	},
	{
		displayName: 'Price Source',
		name: 'priceSource',
		type: 'options',
		default: 'deal',
		displayOptions: { show: { document: ['order', 'quotation', 'byStage'] } },
		options: [
			{
				name: 'Deal',
				value: 'deal',
				description: "Prices and discounts of the deal's products, in the deal's currency",
			},
			{
				name: 'Price List of the Partner',
				value: 'erp',
				description: 'SAP Business One decides',
			},
		],
		description: 'Where the prices of the lines come from',
	},
	{
		displayName: 'Price Source',
		name: 'priceSource',
		type: 'options',
		default: 'erp',
		displayOptions: { show: { document: ['purchaseOrder'] } },
		options: [
			{
				name: 'Deal',
				value: 'deal',
				description: 'What the customer pays: rarely what the vendor asks',
			},
			{
				name: 'Price List of the Partner',
				value: 'erp',
				description: 'SAP Business One decides',
			},
		],
		description: 'Where the prices of the lines come from',
	},
	{
		displayName: 'When a Deal Cannot Become a Document',
		name: 'whenSetAside',
		type: 'options',
		default: 'fail',
		options: [
			{ name: 'Fail', value: 'fail', description: 'With an error, as everything else that fails' },
			{
				name: 'Send On as Set Aside',
				value: 'output',
				description: 'With outcome "setAside", reason and reasonCode, for a table',
			},
		],
		description:
			'What to do where a person has to mend the deal: customer not linked, product without code, other currency',
	},
	{
		displayName: 'Options',
		name: 'dealOptions',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			branch,
			{
				displayName: 'Comments',
				name: 'Comments',
				type: 'string',
				default: '',
				placeholder: '=Pipedrive: {{ $json.deal.title }}',
			},
			{
				displayName: 'Create Missing Customers as Leads',
				name: 'createLeads',
				type: 'boolean',
				default: false,
				description:
					'Whether an organization without external ID becomes a lead. Off: the deal is set aside until the organization is linked.',
			},
			{
				displayName: 'Currency Codes',
				name: 'currencyCodes',
				type: 'string',
				default: '',
				placeholder: '$=USD, CAN=CAD',
				displayOptions: { show: { '/priceSource': ['deal'] } },
				description: 'ISO codes of currencies that the company writes otherwise',
			},
			furtherFields,
			{
				displayName: 'Item for Lines Without One',
				name: 'placeholderItem',
				type: 'string',
				default: '',
				placeholder: 'MISC',
				description:
					'Code of the item that stands for products without external ID and code. Empty: the deal is set aside.',
			},
			{
				displayName: 'Lead Code Prefix',
				name: 'leadPrefix',
				type: 'string',
				default: 'PD',
				displayOptions: { show: { createLeads: [true] } },
				description: 'New leads have this code, followed by the ID of the organization',
			},
			{
				displayName: 'Only Won Deals',
				name: 'onlyWon',
				type: 'boolean',
				default: true,
				description:
					'Whether orders are created only for deals that are won when they are read. Quotations never ask for that.',
			},
			postingDate,
			series,
			{
				displayName: 'Tax Code',
				name: 'TaxCode',
				type: 'string',
				default: '',
				description: 'Of all lines, in localizations that use tax codes',
			},
			{
				displayName: 'VAT Group',
				name: 'VatGroup',
				type: 'string',
				default: '',
				description: 'Of all lines, in localizations that use VAT groups',
			},
			{
				displayName: 'Warehouse',
				name: 'WarehouseCode',
				type: 'string',
				default: '',
				description: 'Of all lines. Empty: the default warehouse of each item.',
			},
		],
	},
];
