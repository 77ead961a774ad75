import {
	NodeConnectionTypes,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { outputProperty, shownFor, toItem } from '../../core/n8n/output';
import { pollDeadline, pollSource, type PollPlan } from '../../core/n8n/poll';
import { pollPropertiesFor, startProperties, WITHOUT_SWEEP } from '../../core/n8n/pollProperties';
import type { ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { CustomerReader } from './customerReader';
import { CustomerSource } from './customerSource';
import { getCustomerGroups } from './lists';
import { openWebApi } from './open';
import { customerReading, customerSettings, postedSettings, type Parameters } from './parameters';
import type { PostedEntity } from './posted';
import { PostedSource } from './postedSource';
import {
	customerReadingProperty,
	customerValuesProperty,
	documentReadingProperty,
	documentValuesProperty,
	filtersProperty,
	partsProperty,
} from './properties';

const CUSTOMER = { entity: ['customer'] };
const POSTED = { entity: ['invoice', 'receipt'] };

/** Session dates are dated back at month end, and a row that was delivered costs nothing to read again. */
const LOOKBACK_MINUTES = 35 * 24 * 60;
const WEEK_HOURS = 7 * 24;
const USUAL = { lookbackMinutes: LOOKBACK_MINUTES };

export class Sage300Trigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sage 300 Trigger',
		name: 'sage300Trigger',
		icon: { light: 'file:sage300.svg', dark: 'file:sage300.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ customer: "Customer", invoice: "Invoice", receipt: "Receipt" })[$parameter["entity"]] }}',
		description:
			'Starts the workflow with customers, invoices or receipts that changed in Sage 300',
		defaults: { name: 'Sage 300 Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'erpSage300Api', required: true }],
		properties: [
			{
				displayName: 'Trigger On',
				name: 'entity',
				type: 'options',
				noDataExpression: true,
				default: 'customer',
				options: [
					{
						name: 'AR Customer',
						value: 'customer',
						action: 'On changed AR customer',
						description: 'Customers with address, contact, credit limit and balance',
					},
					{
						name: 'AR Invoice',
						value: 'invoice',
						action: 'On changed AR invoice',
						description: 'Posted invoices, credit and debit notes with the amount due',
					},
					{
						name: 'AR Receipt',
						value: 'receipt',
						action: 'On changed AR receipt',
						description: 'Posted receipts of customers',
					},
				],
			},
			...startProperties,
			{
				displayName:
					'Every poll reads the last 35 days again unless "Lookback" says otherwise: Sage 300 dates changes by the day of the session, which people set back at month end.',
				name: 'lookbackNotice',
				type: 'notice',
				default: '',
			},
			...shownFor(CUSTOMER, [
				partsProperty,
				filtersProperty,
				customerValuesProperty,
				customerReadingProperty,
			]),
			...shownFor(POSTED, [documentValuesProperty, documentReadingProperty]),
			outputProperty,
			...pollPropertiesFor(
				{ ...CUSTOMER, ...USUAL },
				{ entity: ['invoice'], ...USUAL, sweepEveryHours: WEEK_HOURS },
				{ entity: ['receipt'], ...USUAL, without: WITHOUT_SWEEP },
			),
		],
	};

	methods = { loadOptions: { getCustomerGroups } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollSource(this, async () => await planOf(this));
	}
}

/** Another server, company, entity or filter is another scope: it starts with a checkpoint of its own. */
async function planOf(context: IPollFunctions): Promise<PollPlan<ErpRecord>> {
	const read: Parameters = (name, fallback) => context.getNodeParameter(name, fallback as string);
	const api = await openWebApi(context, pollDeadline(context));
	const { companyUrl, zone, scope: alias } = api.connection;
	const entity = String(read('entity', 'customer'));
	const output = String(read('output', 'erpRecord'));
	const toRecordItem = (record: ErpRecord): IDataObject => toItem(record, output);
	if (entity !== 'customer') {
		const source = new PostedSource(api, entity as PostedEntity, postedSettings(read));
		const scope = fingerprintOf({ companyUrl, alias, entity });
		const defaults = { lookbackMinutes: LOOKBACK_MINUTES, sweepEveryHours: WEEK_HOURS };
		return { source, scope, zone, toItem: toRecordItem, defaults };
	}
	const settings = customerSettings(read, alias);
	const source = new CustomerSource(new CustomerReader(api, settings), customerReading(read));
	const scope = fingerprintOf({ companyUrl, alias, entity, groups: settings.groups });
	const defaults = { lookbackMinutes: LOOKBACK_MINUTES };
	return { source, scope, zone, toItem: toRecordItem, defaults };
}
