import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { outputProperty, shownFor, toItem } from '../../core/n8n/output';
import { pollDeadline, pollSource, type PollPlan } from '../../core/n8n/poll';
import { pollPropertiesFor, startProperties, WITHOUT_WINDOW } from '../../core/n8n/pollProperties';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { EntityName } from './entities';
import { codeLists } from './lists';
import type { B1Record } from './mapping';
import { openConnection, openServiceLayer } from './open';
import { sourceSettings, type Parameters } from './parameters';
import {
	documentFilterProperties,
	itemFilterProperties,
	partnerFilterProperties,
	readingProperty,
	valueProperties,
} from './properties';
import { B1Source } from './source';

const PARTNERS = { entity: ['businessPartner', 'creditStatus'] };
const DOCUMENTS = { entity: ['creditNote', 'incomingPayment', 'invoice', 'order'] };
const DATED = ['businessPartner', 'creditNote', 'invoice', 'item', 'order'];
const SNAPSHOTS = ['creditStatus', 'priceList', 'profitCenter'];
const SHAPED = { entity: [...PARTNERS.entity, ...DOCUMENTS.entity, 'item'] };

/** The autumn hour comes twice, and commits come late: two hours. */
const LOOKBACK_MINUTES = 120;
/** Payments carry a date of posting only, which may lie back in an open period. */
const PAYMENT_LOOKBACK_MINUTES = 35 * 24 * 60;

export class SapBusinessOneTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SAP Business One Trigger',
		name: 'sapBusinessOneTrigger',
		icon: { light: 'file:sapBusinessOne.svg', dark: 'file:sapBusinessOne.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ businessPartner: "Business Partner", creditNote: "Credit Note", creditStatus: "Credit Status", incomingPayment: "Incoming Payment", invoice: "Invoice", item: "Item", order: "Sales Order", priceList: "Price List", profitCenter: "Profit Center" })[$parameter["entity"]] }}',
		description: 'Starts the workflow with records that changed in SAP Business One',
		defaults: { name: 'SAP Business One Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'erpSapBusinessOneApi', required: true }],
		properties: [
			{
				displayName: 'Trigger On',
				name: 'entity',
				type: 'options',
				noDataExpression: true,
				default: 'businessPartner',
				options: [
					{
						name: 'Business Partner',
						value: 'businessPartner',
						action: 'On changed business partner',
						description: 'Customers, suppliers and leads with addresses and contact persons',
					},
					{
						name: 'Credit Note',
						value: 'creditNote',
						action: 'On changed credit note',
						description: 'A/R credit notes with their lines',
					},
					{
						name: 'Credit Status',
						value: 'creditStatus',
						action: 'On changed credit status',
						description:
							'Limits and balances of customers, compared at each poll because they change without a date',
					},
					{
						name: 'Incoming Payment',
						value: 'incomingPayment',
						action: 'On changed incoming payment',
						description: 'Payments of customers by their date of posting',
					},
					{
						name: 'Invoice',
						value: 'invoice',
						action: 'On changed invoice',
						description: 'A/R invoices with their lines',
					},
					{
						name: 'Item',
						value: 'item',
						action: 'On changed item',
						description: 'Items with prices and stock',
					},
					{
						name: 'Price List',
						value: 'priceList',
						action: 'On changed price list',
						description: 'Price lists, compared at each poll',
					},
					{
						name: 'Profit Center',
						value: 'profitCenter',
						action: 'On changed profit center',
						description: 'Profit centers, compared at each poll',
					},
					{
						name: 'Sales Order',
						value: 'order',
						action: 'On changed sales order',
						description: 'Sales orders with their lines',
					},
				],
			},
			...startProperties,
			...shownFor(PARTNERS, partnerFilterProperties),
			...shownFor({ entity: ['item'] }, itemFilterProperties),
			...shownFor(DOCUMENTS, documentFilterProperties),
			...shownFor(SHAPED, [...valueProperties, outputProperty]),
			readingProperty,
			...pollPropertiesFor(
				{ entity: DATED, lookbackMinutes: LOOKBACK_MINUTES },
				{ entity: ['incomingPayment'], lookbackMinutes: PAYMENT_LOOKBACK_MINUTES },
				{ entity: SNAPSHOTS, without: WITHOUT_WINDOW },
			),
		],
	};

	methods = { loadOptions: codeLists };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollSource(this, async () => await planOf(this));
	}
}

/** Another company, entity or filter is another scope: it starts with a checkpoint of its own. */
async function planOf(context: IPollFunctions): Promise<PollPlan<B1Record>> {
	const read: Parameters = (name, fallback) => context.getNodeParameter(name, fallback as string);
	const connection = await openConnection(context);
	const service = openServiceLayer(context, connection, pollDeadline(context));
	const entity = String(read('entity', 'businessPartner')) as EntityName;
	const { pageSize = 500, keysPerRequest = 40 } = read('reading', {}) as {
		pageSize?: number;
		keysPerRequest?: number;
	};
	const settings = sourceSettings(read, entity, connection.scope, { pageSize, keysPerRequest });
	const { root, version, companyDb, zone } = connection;
	// The same data in either version: changing it goes on where it was.
	const host = root.slice(0, -version.length);
	const output = String(read('output', 'erpRecord'));
	return {
		source: new B1Source(service, settings),
		scope: fingerprintOf({ host, companyDb, entity, filter: settings.filter }),
		zone,
		toItem: (record) => toItem(record, output),
		defaults: {
			lookbackMinutes: entity === 'incomingPayment' ? PAYMENT_LOOKBACK_MINUTES : LOOKBACK_MINUTES,
		},
	};
}
