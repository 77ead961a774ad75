import {
	NodeConnectionTypes,
	type IDataObject,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { outputProperty, shownFor, toItem } from '../../core/n8n/output';
import { pollDeadline, pollSource, type PollPlan } from '../../core/n8n/poll';
import { pollPropertiesFor, startProperties } from '../../core/n8n/pollProperties';
import type { ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { GatewaySource } from './gatewaySource';
import { searchChangeFields, searchEntitySets } from './lists';
import { LOOKBACK_MINUTES } from './lookback';
import { openConnection, openGateway, openTables } from './open';
import { eccSettings, gatewaySettings, type EccEntity, type Parameters } from './parameters';
import {
	filterProperties,
	gatewayProperties,
	keysPerRequestProperty,
	pageSizeProperty,
	partProperties,
} from './properties';
import { realPorts } from '../../core/n8n/ports';
import { EccSource } from './source';

export class SapEccTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SAP ECC Trigger',
		name: 'sapEccTrigger',
		icon: { light: 'file:sapEcc.svg', dark: 'file:sapEcc.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ contactPerson: "Contact Person", customer: "Customer", entitySet: "Entity Set", supplier: "Supplier" })[$parameter["entity"]] }}',
		description: 'Starts the workflow with customers that changed in SAP ECC',
		defaults: { name: 'SAP ECC Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'erpSapEccApi', required: true }],
		properties: [
			{
				displayName: 'Trigger On',
				name: 'entity',
				type: 'options',
				noDataExpression: true,
				default: 'customer',
				options: [
					{
						name: 'Contact Person',
						value: 'contactPerson',
						action: 'On changed contact person',
						description: 'Changed contact persons, each with its company and all of its contacts',
					},
					{
						name: 'Customer',
						value: 'customer',
						action: 'On changed customer',
						description: 'Customers with addresses, terms and contact persons',
					},
					{
						name: 'OData Entity Set',
						value: 'entitySet',
						action: 'On changed row of an OData entity set',
						description: 'Rows of a SAP Gateway service, customers or anything else',
					},
					{
						name: 'Supplier',
						value: 'supplier',
						action: 'On changed supplier',
						description: 'Suppliers with addresses and terms',
					},
				],
			},
			...startProperties,
			...shownFor({ entity: ['entitySet'] }, gatewayProperties),
			...shownFor({ entity: ['customer', 'supplier'] }, partProperties),
			...onlyOfMasters([...filterProperties, outputProperty]),
			{
				displayName: 'Reading',
				name: 'reading',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{ ...keysPerRequestProperty, displayOptions: { hide: { '/entity': ['entitySet'] } } },
					pageSizeProperty,
				],
			},
			...pollPropertiesFor(
				{ entity: ['customer', 'contactPerson', 'supplier'], lookbackMinutes: LOOKBACK_MINUTES },
				{ entity: ['entitySet'] },
			),
		],
	};

	methods = { listSearch: { searchChangeFields, searchEntitySets } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollSource(this, async () => await planOf(this));
	}
}

/** Rows that are no customers are neither filtered nor shaped. */
function onlyOfMasters(properties: INodeProperties[]): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: { hide: { rowsAre: ['nothing'] } },
	}));
}

/** Another system, entity or filter is another scope: it starts with a checkpoint of its own. */
async function planOf(context: IPollFunctions): Promise<PollPlan<ErpRecord>> {
	const read: Parameters = (name, fallback) => context.getNodeParameter(name, fallback as string);
	const connection = await openConnection(context);
	const { pageSize = 500, keysPerRequest = 100 } = read('reading', {}) as {
		pageSize?: number;
		keysPerRequest?: number;
	};
	const deadline = pollDeadline(context);
	const entity = String(read('entity', 'customer'));
	const output = String(read('output', 'erpRecord'));
	const item = (record: ErpRecord): IDataObject => toItem(record, output);
	const { baseUrl, scope: client } = connection;
	if (entity === 'entitySet') {
		const settings = gatewaySettings(read, client, pageSize);
		const isInstant = settings.changeFieldType === 'dateTimeOffset';
		const zone = isInstant ? 'UTC' : connection.zone;
		const servicePath = String(read('servicePath', ''));
		const service = openGateway(context, { ...connection, zone }, servicePath, deadline);
		const source = new GatewaySource(service, settings);
		const { entitySet, changeField, filter, maps } = settings;
		const scope = fingerprintOf({
			...{ baseUrl, client, servicePath, entitySet, changeField, filter, maps },
		});
		return { source, scope, zone, toItem: item };
	}
	const settings = eccSettings(read, entity as EccEntity, client, { keysPerRequest });
	const tables = openTables(context, connection, pageSize, deadline);
	const source = new EccSource(tables, realPorts, settings);
	const scope = fingerprintOf({ baseUrl, client, entity, filter: settings.filter });
	const defaults = { lookbackMinutes: LOOKBACK_MINUTES };
	return { source, scope, zone: connection.zone, toItem: item, defaults };
}
