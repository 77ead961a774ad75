/** Won deals become orders of SAP Business One: by their events, and by a look at what the events missed. */
import { createTable, equals, replaceRows, SET_ASIDE_TABLE } from '../tables.mts';
import { idOf, note, type Template, type TemplateNode, type Wires } from '../workflow.mts';

const OWN = 'n8n-nodes-erp-pipedrive';
const NUMBER_FIELD = 'ERP Order Number';
const READ = 'Read Deal Again';
const ORDER = 'SAP Business One';
const BACK = 'Write Number Back';
const WAITING_DAYS = 30;

type Position = TemplateNode['position'];

function pipedrive(
	name: string,
	position: Position,
	parameters: Record<string, unknown>,
	switches: Partial<TemplateNode> = {},
): TemplateNode {
	const type = `${OWN}.pipedriveUpsert`;
	const all = { authentication: 'apiToken', ...parameters };
	return { name, type, typeVersion: 1, position, parameters: all, ...switches };
}

function filter(name: string, position: Position, test: string): TemplateNode {
	return {
		name,
		type: 'n8n-nodes-base.filter',
		typeVersion: 2.2,
		position,
		parameters: {
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
				conditions: [
					{
						id: 'holds',
						leftValue: `={{ ${test} }}`,
						rightValue: '',
						operator: { type: 'boolean', operation: 'true', singleValue: true },
					},
				],
				combinator: 'and',
			},
			looseTypeValidation: true,
			options: {},
		},
	};
}

function row(name: string, position: Position, columns: string[]): TemplateNode {
	return {
		name,
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		position,
		parameters: { mode: 'raw', jsonOutput: `={{ { ${columns.join(', ')} } }}`, options: {} },
	};
}

function stop(name: string, position: Position, message: string): TemplateNode {
	const type = 'n8n-nodes-base.stopAndError';
	return { name, type, typeVersion: 1, position, parameters: { errorMessage: `=${message}` } };
}

const ensureField = (position: Position): TemplateNode =>
	pipedrive(
		'Ensure Order Number Field',
		position,
		{
			resource: 'field',
			operation: 'ensure',
			fieldsToEnsure: 'listed',
			listedFields: { rows: [{ entity: 'deal', name: NUMBER_FIELD, type: 'varchar' }] },
		},
		{ executeOnce: true },
	);

/** From the deal to the order and back. `source`: the node whose item names the deal. */
function tailNodes(source: string, x: number): TemplateNode[] {
	const dealId = `$('${source}').item.json.event.entityId`;
	return [
		pipedrive(
			READ,
			[x, 290],
			{
				resource: 'deal',
				operation: 'get',
				dealId: '={{ $json.event.entityId }}',
				options: {},
			},
			{ onError: 'continueErrorOutput' },
		),
		{
			name: ORDER,
			type: `${OWN}.sapBusinessOne`,
			typeVersion: 1,
			position: [x + 220, 290],
			parameters: {
				resource: 'deal',
				operation: 'createFromDeal',
				deal: '={{ $json }}',
				document: 'order',
				dueDate: '={{ $today.plus({ days: 14 }).toISODate() }}',
				reference: '=PD-{{ $json.deal.id }}',
				referenceField: 'U_PipedriveDealId',
				priceSource: 'deal',
				whenSetAside: 'output',
				dealOptions: { Comments: '=Pipedrive deal {{ $json.deal.id }}: {{ $json.deal.title }}' },
			},
			onError: 'continueErrorOutput',
		},
		filter('Has a Number', [x + 480, 110], "$json.number !== ''"),
		pipedrive(
			BACK,
			[x + 700, 110],
			{
				resource: 'deal',
				operation: 'updateById',
				dealId: '={{ Number($json.dealId) }}',
				fieldsToUpdate: { field: [{ name: NUMBER_FIELD, value: '={{ $json.number }}' }] },
			},
			{ onError: 'continueErrorOutput' },
		),
		filter('Cannot Become an Order', [x + 480, 290], "$json.outcome === 'setAside'"),
		row(
			'Solved Rows',
			[x + 960, 20],
			[`externalId: 'pipedrive:deal:' + ${dealId}`, "status: 'solved'", "retryAt: ''"],
		),
		closeRows([x + 1180, 20]),
		row(
			'Set-Aside Rows',
			[x + 960, 290],
			[
				`externalId: 'pipedrive:deal:' + ${dealId}`,
				"system: 'b1'",
				"entity: 'deal'",
				`erpKey: 'PD-' + ${dealId}`,
				"pipedriveType: 'deal'",
				"reasonCode: $json.reasonCode || 'failed'",
				'reason: $json.error?.message ?? $json.error ?? $json.reason',
				"retryAt: ''",
				'attempt: 1',
				"status: 'open'",
				'runId: $execution.id',
				`payload: JSON.stringify({ dealId: ${dealId} })`,
				'setAsideAt: $now.toUTC().toISO()',
			],
		),
		replaceRows('Write Set-Aside', [x + 1180, 290], SET_ASIDE_TABLE, ['externalId']),
		filter('A Person Has to Look', [x + 480, 470], '$json.alerts.length > 0'),
		stop(
			'Alert',
			[x + 700, 470],
			"{{ $('A Person Has to Look').all().map(({ json }) => 'Deal ' + json.dealId + ' (' + json.reference + (json.number ? ', order ' + json.number : '') + '): ' + json.alerts.join(' ')).join(' | ') }}",
		),
	];
}

function closeRows(position: Position): TemplateNode {
	return {
		name: 'Close Set-Aside',
		type: 'n8n-nodes-base.dataTable',
		typeVersion: 1.1,
		position,
		parameters: {
			resource: 'row',
			operation: 'update',
			dataTableId: { __rl: true, mode: 'name', value: SET_ASIDE_TABLE },
			matchType: 'allConditions',
			filters: { conditions: [equals('externalId', '={{ $json.externalId }}')] },
			columns: { mappingMode: 'autoMapInputData', value: null },
			options: {},
		},
		alwaysOutputData: true,
	};
}

const TAIL_WIRES: Wires = {
	// The error output comes after a node's own: Done, Set Aside, error.
	[READ]: [[ORDER], [], ['Set-Aside Rows']],
	[ORDER]: [['Has a Number', 'Cannot Become an Order', 'A Person Has to Look'], ['Set-Aside Rows']],
	'Has a Number': [[BACK]],
	[BACK]: [['Solved Rows'], [], ['Set-Aside Rows']],
	'Solved Rows': [['Close Set-Aside']],
	'Cannot Become an Order': [['Set-Aside Rows']],
	'Set-Aside Rows': [['Write Set-Aside']],
	'A Person Has to Look': [['Alert']],
};

const CHANGES = [
	`* **${ORDER}**: quotation, purchase order or by stage; due date; price source; branch, warehouse, tax code, series; an item for products without one; leads for customers who are missing`,
	'* `NumAtCard` in *Reference Field*, if you do not want a field of your own',
	`* The field that gets the number ("${NUMBER_FIELD}"): in **Ensure Order Number Field** and **${BACK}**, in both workflows`,
];

const EVENT = 'Pipedrive Event Trigger';
const CONCERNS = 'Is or Was Won';

const wonDealsToOrders: Template = {
	file: 'b1-won-deals-to-orders',
	name: 'Pipedrive won deals to SAP Business One orders',
	nodes: [
		note(
			'Overview',
			[
				'## Won deal → SAP Business One order',
				'A deal that is won becomes **one sales order**, however often the event comes: the deal is read again, customer and lines are found by their external IDs, the order is looked up by its reference before it is created. Its number goes back to the deal.',
				'`event → deal with lines → order → number on the deal`',
				[
					'* **erp_setaside_items**: deals that cannot become an order, with the reason (customer not linked, product without code, another currency, …)',
					'* **Alert**: a deal that was reopened or lost, or whose order is another or cancelled, fails the run. Nothing is cancelled or changed by itself',
				].join('\n'),
				'Events can be lost: have **b1-won-deals-reconciliation** running beside it.',
			].join('\n\n'),
			{ position: [-20, -490], width: 820, height: 440, color: 4 },
		),
		note(
			'Setup',
			[
				'### Set up',
				[
					'1. SAP Business One: User-Defined Fields - Management > Marketing Documents > Title: `PipedriveDealId`, Alphanumeric, 50. Restart the Service Layer.',
					'2. Have **b1-business-partners** and **b1-items-to-products** running: they write the external IDs.',
					`3. Choose credentials in **${EVENT}** (two: token of a global admin, and user and password for the way in) and in every Pipedrive Upsert and SAP Business One node.`,
					'4. Workflow settings → *Error Workflow*: **budget-alert**, so that alerts reach you.',
					'5. Publish. n8n must be reachable from the internet by https.',
				].join('\n'),
				'### Change if you like',
				CHANGES.join('\n'),
			].join('\n\n'),
			{ position: [820, -490], width: 980, height: 440, color: 7 },
		),
		{
			name: EVENT,
			type: `${OWN}.pipedriveEventTrigger`,
			typeVersion: 1,
			position: [0, 290],
			webhookId: idOf('b1-won-deals-to-orders/webhook'),
			parameters: {
				authentication: 'apiToken',
				object: 'deal',
				actions: ['change'],
				statuses: ['won', 'open', 'lost'],
			},
		},
		filter(
			CONCERNS,
			[220, 290],
			"$json.current?.status === 'won' || $json.previous?.status === 'won'",
		),
		createTable('Create Set-Aside Table', [440, 20], SET_ASIDE_TABLE),
		ensureField([660, 20]),
		...tailNodes(CONCERNS, 480),
	],
	wires: {
		[EVENT]: [[CONCERNS]],
		[CONCERNS]: [['Create Set-Aside Table', READ]],
		'Create Set-Aside Table': [['Ensure Order Number Field']],
		...TAIL_WIRES,
	},
};

const ALL = 'All Deals to Look At';
const WEBHOOK = 'Check Webhook';

function many(
	name: string,
	y: number,
	dealStatus: string,
	changedSince: string,
	dealFilters: Record<string, unknown>,
): TemplateNode {
	return pipedrive(
		name,
		[700, y],
		{
			resource: 'deal',
			operation: 'getMany',
			dealStatus,
			changedSince: `={{ $now.minus(${changedSince}).toISO() }}`,
			dealFilters: { valueField: NUMBER_FIELD, ...dealFilters },
		},
		{ executeOnce: true, alwaysOutputData: true },
	);
}

const RECENT = '{ hours: 2 }';
/** Each deal that waits costs 13 tokens and more to look at: old ones once a day. */
const SINCE = `$now.hour === 6 ? { days: ${WAITING_DAYS} } : { hours: 26 }`;
const WITH_ORDER = { valueState: 'filled', includeArchived: false };
const LOOKS = [
	many('Won Without Order', 20, 'won', SINCE, { valueState: 'empty' }),
	many('Won and Changed', 200, 'won', RECENT, WITH_ORDER),
	many('Reopened', 380, 'open', RECENT, WITH_ORDER),
	many('Lost', 560, 'lost', RECENT, WITH_ORDER),
];

const reconciliation: Template = {
	file: 'b1-won-deals-reconciliation',
	name: 'Pipedrive won deals without SAP Business One order',
	nodes: [
		note(
			'Overview',
			[
				'## Won deals whose event was lost',
				'Once an hour: won deals **without order number** get their order, whatever kept it from them: an event that was lost, a customer who is linked by now, an ERP that was away, a draft that was approved. The order is looked up by its reference first: nothing comes twice.',
				'`won deals without number, and what changed since → deal with lines → order → number on the deal`',
				[
					'* Deals **with** a number that were changed, reopened or lost in the last two hours are compared with their order: **Alert**, never an automatic cancel',
					'* The **webhook** of the event trigger is missing or not answered: **Webhook Alert**. Publish the event workflow again',
				].join('\n'),
				'About 70 tokens a run, and 13 and more for each deal that is looked at.',
			].join('\n\n'),
			{ position: [-20, -490], width: 820, height: 440, color: 4 },
		),
		note(
			'Setup',
			[
				'### Set up',
				[
					'1. Set up **b1-won-deals-to-orders** first, and give the nodes of both workflows the same settings.',
					'2. Choose credentials in every Pipedrive Upsert and SAP Business One node.',
					`3. Several event workflows in this n8n? Write the Production URL of the right event trigger into **${WEBHOOK}**.`,
					'4. Workflow settings → *Error Workflow*: **budget-alert**, so that alerts reach you.',
					'5. Publish.',
				].join('\n'),
				'### Change if you like',
				[
					`* **Won Without Order**: how far back. Deals that changed in the last 26 hours every hour, those of ${WAITING_DAYS} days once a day at six`,
					'* **Every Hour**: how often. More than two hours apart: change *Changed Since* of the three looks below it, too',
					...CHANGES,
				].join('\n'),
			].join('\n\n'),
			{ position: [820, -490], width: 980, height: 440, color: 7 },
		),
		{
			name: 'Every Hour',
			type: 'n8n-nodes-base.scheduleTrigger',
			typeVersion: 1.2,
			position: [0, 290],
			parameters: {
				rule: { interval: [{ field: 'hours', hoursInterval: 1, triggerAtMinute: 7 }] },
			},
		},
		createTable('Create Set-Aside Table', [220, 290], SET_ASIDE_TABLE),
		ensureField([440, 290]),
		...LOOKS,
		{
			name: ALL,
			type: 'n8n-nodes-base.merge',
			typeVersion: 3.2,
			position: [920, 290],
			parameters: { mode: 'append', numberInputs: LOOKS.length },
		},
		filter('Deals', [1120, 290], '$json.event?.entityId > 0'),
		...tailNodes('Deals', 1340),
		pipedrive(
			WEBHOOK,
			[700, 760],
			{
				resource: 'webhook',
				operation: 'checkWebhook',
				webhookAddress: "={{ $execution.resumeUrl.split('/webhook-waiting')[0] + '/webhook/' }}",
			},
			{ executeOnce: true },
		),
		filter('Webhook Is Not Well', [920, 760], "$json.state !== 'present'"),
		stop(
			'Webhook Alert',
			[1120, 760],
			"The webhook of the Pipedrive Event Trigger is {{ $json.state }}{{ $json.lastStatus ? ' (last answer ' + $json.lastStatus + ')' : '' }}: won deals come by the hourly look only. Publish b1-won-deals-to-orders again.",
		),
	],
	wires: {
		'Every Hour': [['Create Set-Aside Table']],
		'Create Set-Aside Table': [['Ensure Order Number Field']],
		'Ensure Order Number Field': [[...LOOKS.map(({ name }) => name), WEBHOOK]],
		...Object.fromEntries(
			LOOKS.map(({ name }, at): [string, Wires[string]] => [name, [[[ALL, at]]]]),
		),
		[ALL]: [['Deals']],
		Deals: [[READ]],
		...TAIL_WIRES,
		[WEBHOOK]: [['Webhook Is Not Well']],
		'Webhook Is Not Well': [['Webhook Alert']],
	},
};

export const b1WonDeals: readonly Template[] = [wonDealsToOrders, reconciliation];
