/** Open orders of SYSPRO against the deals of Pipedrive: says what differs and changes nothing. */
import { columns, createTable, deleteRows, insertRows } from '../tables.mts';
import { setJson } from '../nodes.mts';
import { note, type Template, type TemplateNode } from '../workflow.mts';

const TABLE = 'erp_backlog';
const COLUMNS = columns(
	'externalId orderNumber customer finding erpStatus erpTotal:number currency pipedriveTotal:number dealId:number dealUrl detail executionId checkedAt',
);
const ORDERS = 'Sales Orders';
const COMPARE = 'Compare with Deals';
const FINDINGS = 'Findings';
/** Closed orders of this time are looked at, because their deal may still be open. */
const DAYS = 400;

const order = `$('${ORDERS}').item.json.deal`;
const isClosed = `['completed', 'cancelled'].includes(${order}.state)`;
// The map below has two fields: what is written to them tells them apart in every language of Pipedrive.
const statusChange = "$json.changes.find(({ to }) => ['won', 'lost'].includes(to))";
const totalChange = "$json.changes.find(({ to }) => typeof to === 'number')";
// One that is set aside has no deal of its own: deleted, or only a candidate.
const isMissing = "($json.pipedriveId === null || $json.outcome === 'setAside')";
// Pipedrive keeps prices with two decimals: a deal whose lines are rounded so is as it should be.
const inCents = `${order}.lines.reduce((sum, line) => sum + Math.round(line.unitPrice * 100) / 100 * line.quantity - (line.discountType === 'amount' ? Number(line.discount) : 0), 0)`;
const isOff = (from: string, most: string) =>
	`Math.abs(Number(${totalChange}?.from ?? 0) - (${from})) > ${most}`;
const isFarOff = `!!${totalChange} && ${isOff(`${totalChange}.to`, '0.01')} && ${isOff(inCents, `0.01 * (${order}.lines.length + 1)`)}`;

const finding = [
	`${isMissing} ? (${isClosed} ? '' : 'noDeal')`,
	`: ${statusChange} ? 'openInPipedriveOnly'`,
	`: !${isClosed} && ${isFarOff} ? 'totalDiffers' : ''`,
].join(' ');

const assignments: Array<[name: string, type: 'string' | 'number', value: string]> = [
	['externalId', 'string', '$json.externalId'],
	['orderNumber', 'string', `${order}.number`],
	['customer', 'string', `${order}.organizationExternalId.split(':').pop()`],
	['finding', 'string', finding],
	['erpStatus', 'string', `${order}.status`],
	['erpTotal', 'number', `Number(${order}.value)`],
	['currency', 'string', `${order}.currency`],
	['pipedriveTotal', 'number', `${isMissing} ? 0 : Number(${totalChange}?.from ?? ${order}.value)`],
	['dealId', 'number', `${isMissing} ? 0 : $json.pipedriveId`],
	['dealUrl', 'string', `${isMissing} ? '' : ($json.url ?? '')`],
	['detail', 'string', "[$json.reason, ...$json.warnings].filter(Boolean).join(' ')"],
	['executionId', 'string', '$execution.id'],
	['checkedAt', 'string', '$now.toUTC().toISO()'],
];

const numbersOf = (kind: string) =>
	`$('${FINDINGS}').all().filter(({ json }) => json.finding === '${kind}').map(({ json }) => json.orderNumber)`;
const summary = [
	`orders: $('${FINDINGS}').all().length`,
	`asTheyShouldBe: $('${FINDINGS}').all().filter(({ json }) => json.finding === '').length`,
	`noDeal: ${numbersOf('noDeal')}`,
	`totalDiffers: ${numbersOf('totalDiffers')}`,
	`openInPipedriveOnly: ${numbersOf('openInPipedriveOnly')}`,
	'checkedAt: $now.toUTC().toISO()',
];

const nodes: TemplateNode[] = [
	note(
		'Overview',
		[
			'## SYSPRO backlog against Pipedrive',
			'Every morning the orders of SYSPRO are compared with the deals that stand for them. **Nothing is written to Pipedrive.**',
			'`orders → dry run against the deals → what differs → table and one summary`',
			[
				'* **noDeal**: open in SYSPRO and not in Pipedrive',
				'* **totalDiffers**: the deal is worth something else than the order, beyond what rounding prices to two decimals explains',
				'* **openInPipedriveOnly**: completed or cancelled in SYSPRO, still open in Pipedrive',
			].join('\n'),
			'**erp_backlog** holds the findings of the last check, one row per order. The last node gives one item with counts and order numbers: put e-mail or chat behind it.',
		].join('\n\n'),
		{ position: [-20, -410], width: 720, height: 360, color: 4 },
	),
	note(
		'Setup',
		[
			'### Set up',
			[
				'1. Have **syspro-customers**, **syspro-stock** and **syspro-orders-to-deals** running: their fields and records are what is compared.',
				`2. Open **${ORDERS}** and choose the credential. Use the same filters as in syspro-orders-to-deals.`,
				`3. Open **${COMPARE}** and choose the Pipedrive credential.`,
				'4. Publish.',
			].join('\n'),
			'### Change if you like',
			[
				'* *Every Morning*: when',
				`* *Since* in ${ORDERS}: open orders are read whatever their age, closed ones of the last ${DAYS} days`,
			].join('\n'),
			'It costs the reading of all deals and organizations: 10 tokens for each 500. A deal whose lines could not be written, or that a person changed, is what "totalDiffers" is made for. A deal that was deleted in Pipedrive is told up to a day later.',
		].join('\n\n'),
		{ position: [740, -410], width: 920, height: 360, color: 7 },
	),
	{
		name: 'Every Morning',
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		position: [0, 160],
		parameters: {
			rule: {
				interval: [{ field: 'days', daysInterval: 1, triggerAtHour: 6, triggerAtMinute: 15 }],
			},
		},
	},
	createTable('Create Backlog Table', [220, 160], TABLE, COLUMNS),
	{
		name: ORDERS,
		type: 'n8n-nodes-erp-pipedrive.syspro',
		typeVersion: 1,
		position: [440, 160],
		parameters: {
			authentication: 'odata',
			resource: 'salesOrder',
			operation: 'getAll',
			since: `={{ $now.minus({ days: ${DAYS} }).toISODate() }}`,
			returnAll: true,
		},
		executeOnce: true,
	},
	{
		name: COMPARE,
		type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
		typeVersion: 1,
		position: [660, 160],
		parameters: {
			authentication: 'apiToken',
			resource: 'erpRecord',
			operation: 'upsert',
			// Without its lines the order's total is held against the deal's own value.
			record: '={{ { ...$json, deal: { ...$json.deal, lines: [] } } }}',
			whenSetAside: 'output',
			dryRun: true,
			fieldMaps: ['deal'],
			dealMap: { rows: [mapRow('deal.value', 'Value'), mapRow('deal.state', 'Status')] },
			options: { dealLines: 'leave', link: 'never' },
		},
	},
	{
		name: 'All Orders',
		type: 'n8n-nodes-base.merge',
		typeVersion: 3.2,
		position: [900, 160],
		parameters: {},
	},
	{
		name: FINDINGS,
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		position: [1120, 160],
		parameters: {
			assignments: {
				assignments: assignments.map(([name, type, value]) => ({
					id: name,
					name,
					value: `={{ ${value} }}`,
					type,
				})),
			},
			options: {},
		},
	},
	{
		name: 'What Differs',
		type: 'n8n-nodes-base.filter',
		typeVersion: 2.2,
		position: [1340, 50],
		parameters: {
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
				conditions: [
					{
						id: 'finding',
						leftValue: '={{ $json.finding }}',
						rightValue: '',
						operator: { type: 'string', operation: 'notEmpty', singleValue: true },
					},
				],
				combinator: 'and',
			},
			options: {},
		},
	},
	insertRows('Write Backlog', [1560, 50], TABLE),
	deleteRows('Forget Last Check', [1340, 210], TABLE, [
		{ keyName: 'executionId', condition: 'neq', keyValue: '={{ $execution.id }}' },
	]),
	setJson('Summary', [1340, 370], `={{ { ${summary.join(', ')} } }}`, { executeOnce: true }),
];

function mapRow(erpField: string, pipedriveField: string) {
	return { erpField, pipedriveField, policy: 'erpWins', isActive: true };
}

export const sysproBacklog: Template = {
	file: 'syspro-backlog',
	name: 'SYSPRO backlog against Pipedrive deals',
	nodes,
	wires: {
		'Every Morning': [['Create Backlog Table']],
		'Create Backlog Table': [[ORDERS]],
		[ORDERS]: [[COMPARE]],
		[COMPARE]: [['All Orders'], [['All Orders', 1]]],
		'All Orders': [[FINDINGS]],
		[FINDINGS]: [['What Differs', 'Forget Last Check', 'Summary']],
		'What Differs': [['Write Backlog']],
	},
};
