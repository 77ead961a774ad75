import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { outputProperty, shownFor, toItem } from '../../core/n8n/output';
import { pollDeadline, pollSource, type PollPlan } from '../../core/n8n/poll';
import {
	pollPropertiesFor,
	startProperties,
	WITHOUT_SWEEP,
	WITHOUT_WINDOW,
} from '../../core/n8n/pollProperties';
import { realPorts } from '../../core/n8n/ports';
import type { ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { openAccess, type Opened } from './open';
import {
	authenticationProperty,
	credentialUses,
	customerProperties,
	invoiceProperties,
	orderProperties,
	stockProperties,
} from './properties';
import { readerFor } from './readers';
import type { Entity, Parameters } from './settings';

const WEEK_MINUTES = 7 * 24 * 60;

export class SysproTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SYSPRO Trigger',
		name: 'sysproTrigger',
		icon: { light: 'file:syspro.svg', dark: 'file:syspro.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ customer: "Customer", invoice: "Invoice", salesOrder: "Sales Order", stock: "Stock by Warehouse", stockCode: "Stock Code" })[$parameter["entity"]] }}',
		description: 'Starts the workflow with records that changed in SYSPRO',
		defaults: { name: 'SYSPRO Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialUses,
		properties: [
			authenticationProperty,
			{
				displayName: 'Trigger On',
				name: 'entity',
				type: 'options',
				noDataExpression: true,
				default: 'customer',
				options: [
					{
						name: 'Customer',
						value: 'customer',
						action: 'On changed customer',
						description: 'Compared whole at every poll: SYSPRO puts no date on a change',
					},
					{
						name: 'Invoice',
						value: 'invoice',
						action: 'On changed invoice',
						description: 'Invoices, credit and debit notes by their date',
					},
					{
						name: 'Sales Order',
						value: 'salesOrder',
						action: 'On changed sales order',
						description: 'New orders by entry date, and every open one until it is closed',
					},
					{
						name: 'Stock by Warehouse',
						value: 'stock',
						action: 'On changed stock by warehouse',
						description: 'Stock codes with what is on hand, allocated and available',
					},
					{
						name: 'Stock Code',
						value: 'stockCode',
						action: 'On changed stock code',
						description: 'Products, compared whole at every poll',
					},
				],
			},
			...startProperties,
			...shownFor({ entity: ['customer'] }, customerProperties),
			...shownFor({ entity: ['salesOrder'] }, orderProperties),
			...shownFor({ entity: ['stock', 'stockCode'] }, stockProperties),
			...shownFor({ entity: ['invoice'] }, invoiceProperties),
			outputProperty,
			...pollPropertiesFor(
				{ entity: ['customer', 'stock', 'stockCode'], without: WITHOUT_WINDOW },
				{
					entity: ['invoice', 'salesOrder'],
					lookbackMinutes: WEEK_MINUTES,
					without: WITHOUT_SWEEP,
				},
			),
		],
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const opened: Opened[] = [];
		try {
			return await pollSource(this, async () => await planOf(this, opened));
		} finally {
			// An operator has one session, and every session takes a licence.
			for (const { access } of opened) await access.close();
		}
	}
}

/** Another host, company, entity or filter is another scope: it starts with a checkpoint of its own. */
async function planOf(context: IPollFunctions, opened: Opened[]): Promise<PollPlan<ErpRecord>> {
	const read: Parameters = (name, fallback) => context.getNodeParameter(name, fallback as string);
	const one = await openAccess(context, read('authentication', 'odata'), pollDeadline(context));
	opened.push(one);
	const { connection, access } = one;
	const entity = read('entity', 'customer') as Entity;
	const reader = readerFor(entity, access, connection, read, realPorts);
	const { baseUrl: base, company, zone } = connection;
	const output = read('output', 'erpRecord');
	return {
		source: reader.source,
		scope: fingerprintOf({ base, company, entity, filter: reader.filter }),
		zone,
		toItem: (record) => toItem(record, output),
		defaults: { lookbackMinutes: WEEK_MINUTES },
	};
}
