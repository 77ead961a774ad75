/** n8n's own Pipedrive node in n8n's engine, wired as a user would: search, then update or create, one after the other. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeType,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import type { ErpDealLine, ErpRecord } from '../../core/record/erpRecord';
import type { HttpMethod, Transport } from '../../core/http/ports';
import type { Bench } from '../nodes/pipedrive/support.mts';
import type { VirtualTime } from './virtualTime.mts';

const BATCH = 500;
/** Retry On Fail, at its most patient. */
const retrying = { retryOnFail: true, maxTries: 5, waitBetweenTries: 5000 };

export async function stockUpsert(
	bench: Bench,
	wire: Transport,
	clock: VirtualTime,
	records: readonly ErpRecord[],
): Promise<void> {
	waitVirtually(clock);
	const host = createRequire(join(process.cwd(), 'test', 'n8n-host', 'package.json'));
	const load = (path: string, name: string, version: number) => {
		const types = host(`n8n-nodes-base/dist/nodes/${path}`) as Record<string, new () => INodeType>;
		const type = new types[name]() as unknown as IVersionedNodeType & INodeType;
		return type.getNodeType ? type.getNodeType(version) : type;
	};
	const types: Record<string, INodeType> = {
		loop: load('SplitInBatches/SplitInBatches.node.js', 'SplitInBatches', 3),
		if: load('If/If.node.js', 'If', 2),
		lines: linesOf(bench),
		noOp: load('NoOp/NoOp.node.js', 'NoOp', 1),
		pipedrive: onWire(load('Pipedrive/Pipedrive.node.js', 'Pipedrive', 2), wire),
	};
	for (let at = 0; at < records.length; at += BATCH) {
		const batch = records.slice(at, at + BATCH);
		await execute(types, batch, batch[0].deal ? dealSteps(bench) : partnerSteps(bench));
	}
}

/** What waits in n8n (Retry On Fail) waits on the clock of the bench. */
function waitVirtually(clock: VirtualTime): void {
	const real = globalThis.setTimeout;
	const virtual = (work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
		if (ms < 200) return real(work, ms, ...args);
		void clock.sleep(ms).then(() => work(...args));
		return real(() => undefined, 0);
	};
	globalThis.setTimeout = virtual as typeof globalThis.setTimeout;
}

interface LegacyRequest {
	method: HttpMethod;
	uri: string;
	qs: Record<string, unknown>;
	body?: object;
}

/** The node's address is fixed (api.pipedrive.com): its requests are handed to the sandbox instead. */
function onWire(type: INodeType, wire: Transport): INodeType {
	const request = async (_: string, { method, uri, qs, body }: LegacyRequest) => {
		const { pathname } = new URL(uri);
		// The node searches by addresses of v1 that Pipedrive no longer documents; they are priced as those of v2 here.
		const path = pathname.replace(/^\/v1\/(\w+\/search)$/, '/api/v2/$1');
		const query = new URLSearchParams(
			Object.entries(qs).map(([name, value]) => [name, String(value)]),
		);
		const { status, body: bytes } = await wire({
			method,
			url: `http://sandbox${path}?${query.toString()}`,
			headers: { 'content-type': 'application/json' },
			...(body ? { body: JSON.stringify(body) } : {}),
			timeoutMs: 30_000,
		});
		const text = bytes.toString();
		if (status >= 400)
			throw Object.assign(new Error(`${status} - ${text}`), { httpCode: `${status}` });
		return JSON.parse(text) as unknown;
	};
	const wired = Object.create(type) as INodeType;
	wired.execute = async function (this: IExecuteFunctions) {
		const helpers = { ...this.helpers, requestWithAuthentication: request };
		const context = Object.create(this, { helpers: { value: helpers } }) as IExecuteFunctions;
		return await type.execute!.call(context);
	};
	return wired;
}

interface Step {
	name: string;
	type: string;
	version?: number;
	parameters: IDataObject;
	settings?: Partial<INode>;
	/** By output. */
	to: string[][];
}

/** Reads the record that the loop is at. */
const of = (path: string) => `={{ $('Loop').first(1).json.${path} }}`;

const isFound: IDataObject = {
	conditions: {
		combinator: 'and',
		options: { version: 2, caseSensitive: true, typeValidation: 'loose', leftValue: '' },
		conditions: [
			{
				id: '1',
				leftValue: '={{ $json.id }}',
				rightValue: '',
				operator: { type: 'number', operation: 'exists', singleValue: true },
			},
		],
	},
	options: {},
};

interface Upsert {
	resource: 'organization' | 'person' | 'deal';
	externalId: string;
	/** Hash of the field that holds it. */
	key: string;
	/** Parameters that only a create has, beside its fields. */
	create: IDataObject;
	fields: IDataObject;
	/** Node behind. */
	next: string;
}

/** Search, If, Update or Create, and a node where both ways meet. */
function upsertSteps({ resource, externalId, key, create, fields, next }: Upsert): Step[] {
	const name = (what: string) => `${what} ${resource}`;
	const whole = {
		...fields,
		customFields: { property: [{ name: key, value: of(externalId) }] },
	};
	const ways = { rawCustomFieldKeys: true };
	return [
		{
			...searchStep(resource, externalId),
			to: [[name('Is there')]],
		},
		{
			name: name('Is there'),
			type: 'if',
			version: 2.2,
			parameters: isFound,
			to: [[name('Update')], [name('Create')]],
		},
		{
			name: name('Update'),
			type: 'pipedrive',
			parameters: {
				resource,
				operation: 'update',
				[`${resource}Id`]: '={{ $json.id }}',
				updateFields: { ...whole, ...nameOf(create) },
				...ways,
			},
			settings: retrying,
			to: [[name('Written')]],
		},
		{
			name: name('Create'),
			type: 'pipedrive',
			parameters: { resource, operation: 'create', ...create, additionalFields: whole, ...ways },
			settings: retrying,
			to: [[name('Written')]],
		},
		{ name: name('Written'), type: 'noOp', parameters: {}, to: [[next]] },
	];
}

function nameOf({ name, title }: IDataObject): IDataObject {
	return name === undefined ? { title } : { name };
}

function searchStep(resource: string, externalId: string): Omit<Step, 'to'> {
	return {
		name: `Search ${resource}`,
		type: 'pipedrive',
		parameters: {
			resource,
			operation: 'search',
			term: of(externalId),
			exactMatch: true,
			limit: 1,
			additionalFields: { fields: ['custom_fields'] },
		},
		settings: { ...retrying, alwaysOutputData: true },
	};
}

function partnerSteps({ keys }: Bench): Step[] {
	const person = 'persons[0]';
	return [
		...upsertSteps({
			resource: 'organization',
			externalId: 'erp.externalId',
			key: keys.organization['ERP ID'],
			create: { name: of('organization.name') },
			fields: {},
			next: 'Search person',
		}),
		...upsertSteps({
			resource: 'person',
			externalId: `${person}.externalId`,
			key: keys.person['ERP ID'],
			create: { name: of(`${person}.name`) },
			fields: { org_id: "={{ $('Written organization').first().json.id }}" },
			next: 'Loop',
		}),
	];
}

/** A deal whose lines are added one by one; product ids are known to the user. */
function dealSteps(bench: Bench): Step[] {
	const { keys } = bench;
	const fields = {
		value: "={{ Number($('Loop').first(1).json.deal.value) }}",
		currency: of('deal.currency'),
	};
	const upsert = upsertSteps({
		resource: 'deal',
		externalId: 'erp.externalId',
		key: keys.deal['ERP ID'],
		create: {
			title: of('deal.title'),
			associateWith: 'organization',
			org_id: "={{ $('Search organization').first().json.id }}",
		},
		fields,
		next: 'Loop',
	});
	const created = upsert.find(({ name }) => name === 'Create deal')!;
	created.to = [['Lines']];
	return [
		{ ...searchStep('organization', 'deal.organizationExternalId'), to: [['Search deal']] },
		...upsert,
		{
			name: 'Lines',
			type: 'lines',
			parameters: {
				dealId: '={{ $json.id }}',
				lines: of('deal.lines'),
			},
			to: [['Add line']],
		},
		{
			name: 'Add line',
			type: 'pipedrive',
			parameters: {
				resource: 'dealProduct',
				operation: 'add',
				dealId: '={{ $json.dealId }}',
				productId: '={{ $json.productId }}',
				item_price: '={{ $json.price }}',
				quantity: '={{ $json.quantity }}',
				additionalFields: {},
			},
			settings: { onError: 'continueRegularOutput' },
			to: [['Written deal']],
		},
	];
}

const emptyDescription = {
	displayName: 'Node',
	group: ['transform' as const],
	version: 1,
	description: '',
	defaults: {},
	inputs: ['main' as const],
	outputs: ['main' as const],
	properties: [],
};

function sourceOf(records: readonly ErpRecord[]): INodeType {
	return {
		description: { ...emptyDescription, name: 'source', inputs: [] },
		execute: async () => [records.map((record) => ({ json: record as unknown as IDataObject }))],
	};
}

/** Split Out, with the id of the product that the user's own table holds. */
function linesOf(bench: Bench): INodeType {
	const ids = new Map(bench.sandbox.records('products').map(({ code, id }) => [code, id]));
	const parameter = { type: 'string' as const, default: '' };
	return {
		description: {
			...emptyDescription,
			name: 'lines',
			properties: [
				{ ...parameter, displayName: 'Deal', name: 'dealId' },
				{ ...parameter, displayName: 'Lines', name: 'lines' },
			],
		},
		async execute(this: IExecuteFunctions) {
			const dealId = this.getNodeParameter('dealId', 0) as number;
			const all = this.getNodeParameter('lines', 0) as unknown as ErpDealLine[];
			const rows = all.map(({ productCode, unitPrice, quantity }) => ({
				json: {
					dealId,
					productId: ids.get(productCode),
					price: Number(unitPrice),
					quantity: Number(quantity),
				},
			}));
			return [rows];
		},
	};
}

async function execute(
	known: Record<string, INodeType>,
	records: readonly ErpRecord[],
	steps: Step[],
): Promise<void> {
	const types: Record<string, INodeType> = { ...known, source: sourceOf(records) };
	const all: Step[] = [
		{ name: 'Source', type: 'source', parameters: {}, to: [['Loop']] },
		{
			name: 'Loop',
			type: 'loop',
			version: 3,
			parameters: { batchSize: 1, options: {} },
			to: [[], [steps[0].name]],
		},
		...steps,
	];
	const workflow = new Workflow({
		id: 'stock',
		nodes: all.map(({ name, type, version, parameters, settings }) => ({
			id: name,
			name,
			type,
			typeVersion: version ?? (type === 'pipedrive' ? 2 : 1),
			position: [0, 0],
			parameters: {
				...(type === 'pipedrive' ? { authentication: 'apiToken' } : {}),
				...parameters,
			},
			...settings,
		})) as INode[],
		connections: Object.fromEntries(
			all.map(({ name, to }) => [
				name,
				{
					main: to.map((nodes) => nodes.map((node) => ({ node, type: 'main' as const, index: 0 }))),
				},
			]),
		),
		active: false,
		nodeTypes: {
			getByName: (type) => types[type],
			getByNameAndVersion: (type) => types[type],
			getKnownTypes: () => ({}),
		},
		settings: { executionOrder: 'v1' },
	});
	const additionalData = {
		executionId: '1',
		hooks: new ExecutionLifecycleHooks('trigger', '1', { id: 'stock', nodes: [] } as never),
		currentNodeExecutionIndex: 0,
		restApiUrl: 'http://localhost/',
		instanceBaseUrl: 'http://localhost/',
		webhookBaseUrl: 'http://localhost/',
		webhookWaitingBaseUrl: 'http://localhost/',
		formWaitingBaseUrl: 'http://localhost/',
		webhookTestBaseUrl: 'http://localhost/',
		variables: {},
		setExecutionStatus: () => undefined,
		logAiEvent: () => undefined,
		credentialsHelper: {},
	} as unknown as IWorkflowExecuteAdditionalData;
	const run = await new WorkflowExecute(additionalData, 'trigger').run({
		workflow,
		startNode: workflow.getNode('Source')!,
	});
	if (run.data.resultData.error) throw run.data.resultData.error;
}
