/** The sync's workflow as n8n holds it: trigger, known ids, Pipedrive Upsert, tables; and the nodes of this package, fresh. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
	NodeHelpers,
	Workflow,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeType,
} from 'n8n-workflow';
import { register } from 'tsx/cjs/api';
import type { Published } from '../orders.mts';

register();
const require = createRequire(join(process.cwd(), 'package.json'));
const OWN_MODULES = ['nodes', 'core', 'credentials'].map((folder) =>
	join(process.cwd(), folder, '/'),
);
export const WORKFLOW_ID = 'sync-under-fault';

/** A process that has just started has no memory: every module of the package is loaded again. */
export function forgetModules(): void {
	for (const file of Object.keys(require.cache)) {
		if (OWN_MODULES.some((folder) => file.startsWith(folder))) delete require.cache[file];
	}
}

function loaded(file: string): INodeType {
	const classes = require(join(process.cwd(), 'nodes', `${file}.node.ts`)) as Record<
		string,
		new () => INodeType
	>;
	return new classes[file.split('/').at(-1)!]();
}

const TYPES = {
	trigger: 'test.trigger',
	source: 'test.source',
	known: 'test.knownIds',
	records: 'test.records',
	upsert: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
	tables: 'test.tables',
};

export function nodeTypesOf({ trigger, tablesUrl }: Published): Record<string, INodeType> {
	return {
		[TYPES.trigger]: loaded(trigger.file),
		[TYPES.upsert]: loaded('Pipedrive/PipedriveUpsert'),
		[TYPES.source]: plain('source', async function () {
			return this.getInputData().map(({ json }) => json);
		}),
		[TYPES.known]: plain('knownIds', async function () {
			const ids = this.getInputData().map(({ json }) => (json.erp as IDataObject).externalId);
			return [(await toTables(this, tablesUrl, 'known', { ids })) as IDataObject];
		}),
		[TYPES.records]: plain('records', async function () {
			return this.getNodeParameter('records', 0) as IDataObject[];
		}),
		[TYPES.tables]: plain('tables', async function () {
			const items = this.getInputData().map(({ json }) => json);
			for (const table of ['audit', 'idRows', 'setAside']) {
				const rows =
					table === 'setAside'
						? items.filter(({ outcome }) => outcome === 'setAside')
						: items.flatMap((item) => (item[table] ?? []) as IDataObject[]);
				if (rows.length === 0) continue;
				await toTables(this, tablesUrl, table, { rows, executionId: this.getExecutionId() });
			}
			return items;
		}),
	};
}

async function toTables(
	context: IExecuteFunctions,
	url: string,
	table: string,
	body: object,
): Promise<unknown> {
	return (await context.helpers.httpRequest({
		method: 'POST',
		url: `${url}/${table}`,
		body: body as IDataObject,
		json: true,
	})) as unknown;
}

function plain(name: string, work: (this: IExecuteFunctions) => Promise<IDataObject[]>): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: 1,
			description: '',
			defaults: {},
			inputs: ['main'],
			outputs: ['main'],
			properties: [{ displayName: 'Records', name: 'records', type: 'json', default: '' }],
		},
		async execute() {
			return [(await work.call(this)).map((json) => ({ json, pairedItem: { item: 0 } }))];
		},
	};
}

/** A new instance, as n8n makes one for the active trigger and one for each execution. */
export function workflowOf(
	published: Published,
	types: Record<string, INodeType>,
	first: 'trigger' | 'source',
	staticData: string,
): Workflow {
	const nodes = [
		place('Start', TYPES[first], first === 'trigger' ? published.trigger.parameters : {}),
		place('Known IDs', TYPES.known),
		place('Records', TYPES.records, {
			records: "={{ $('Start').all().map((item) => item.json) }}",
		}),
		place('Pipedrive Upsert', TYPES.upsert, {
			...published.upsert,
			knownIds: "={{ $('Known IDs').first().json.rows }}",
			options: {
				...(published.upsert.options as IDataObject),
				lastAuditRun: "={{ $('Known IDs').first().json.lastAuditRun }}",
			},
		}),
		place('Tables', TYPES.tables),
		place('Tables Aside', TYPES.tables),
	];
	for (const node of nodes) {
		const { description } = types[node.type];
		node.credentials = Object.fromEntries(
			(description.credentials ?? [])
				.filter(({ name }) => name in published.credentials)
				.map(({ name }) => [name, { id: '1', name }]),
		);
		node.parameters =
			NodeHelpers.getNodeParameters(
				description.properties,
				node.parameters,
				true,
				false,
				node,
				description,
			) ?? {};
	}
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return new Workflow({
		id: WORKFLOW_ID,
		name: 'Sync',
		nodes,
		connections: {
			Start: { main: [to('Known IDs')] },
			'Known IDs': { main: [to('Records')] },
			Records: { main: [to('Pipedrive Upsert')] },
			'Pipedrive Upsert': { main: [to('Tables'), to('Tables Aside')] },
		},
		active: true,
		nodeTypes: {
			getByName: (type) => types[type],
			getByNameAndVersion: (type) => types[type],
			getKnownTypes: () => ({}),
		},
		staticData: JSON.parse(staticData) as IDataObject,
		settings: {},
	});
}

function place(name: string, type: string, parameters: IDataObject = {}): INode {
	return {
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
	};
}
