/** The page that tells whether the syncs work: a webhook, five reads, two pieces of code, an answer. */
import {
	AUDIT_TABLE,
	createTable,
	equals,
	getRows,
	SET_ASIDE_TABLE,
	type Condition,
} from '../tables.mts';
import { note, type Template, type TemplateNode } from '../workflow.mts';
import { codeOf } from './code.mts';
import { DAYS_SHOWN } from './span.mts';

/** Of about 1 kB each. */
const MOST_RUNS = 10_000;
/** With their payloads. */
const MOST_SET_ASIDE = 20;
/** Chains begin where a workflow ran first, or where its older runs were trimmed. */
const MOST_CHAINS = 200;

const READ: Partial<TemplateNode> = { alwaysOutputData: true, onError: 'continueRegularOutput' };
const ONCE: Partial<TemplateNode> = { ...READ, executeOnce: true };
/** A row that comes in between two pages of a read makes the read fail. */
const AGAIN: Partial<TemplateNode> = { retryOnFail: true, maxTries: 3, waitBetweenTries: 500 };

export const healthTemplate: Template = {
	file: 'sync-health',
	name: 'Sync health page',
	nodes: [
		overview(),
		setup(),
		webhook(),
		settings(),
		createTable('Create Audit Table', [440, 290], AUDIT_TABLE),
		createTable('Create Set-Aside Table', [660, 290], SET_ASIDE_TABLE),
		budget(),
		getRows(
			'Runs',
			[1100, 290],
			AUDIT_TABLE,
			all([
				equals('action', 'sealed'),
				{
					keyName: 'readAt',
					condition: 'gte',
					keyValue: `={{ $now.startOf('day').minus({ days: ${DAYS_SHOWN - 1} }).toUTC().toISO() }}`,
				},
				{ keyName: 'createdAt', condition: 'lt', keyValue: '={{ $now.toUTC().toISO() }}' },
			]),
			newest(MOST_RUNS),
			{ ...ONCE, ...AGAIN },
		),
		getRows(
			'First Runs',
			[1320, 290],
			AUDIT_TABLE,
			all([equals('action', 'sealed'), equals('runNumber', '1')]),
			newest(MOST_CHAINS),
			ONCE,
		),
		getRows(
			'Trimmed Runs',
			[1540, 140],
			AUDIT_TABLE,
			all([equals('action', 'anchor')]),
			newest(MOST_CHAINS),
			ONCE,
		),
		allWorkflows(),
		getRows(
			'Newest Runs',
			[1980, 290],
			AUDIT_TABLE,
			all([ofWorkflow(), equals('action', 'sealed')]),
			newest(1),
			READ,
		),
		getRows(
			'Newest Writes',
			[2200, 290],
			AUDIT_TABLE,
			all([ofWorkflow(), { keyName: 'writtenAt', condition: 'isNotEmpty' }]),
			{ ...newest(1), orderByColumn: 'writtenAt' },
			READ,
		),
		getRows(
			'Oldest Set Aside',
			[2420, 290],
			SET_ASIDE_TABLE,
			all([differs('status', 'solved'), differs('status', 'superseded')]),
			{ ...newest(MOST_SET_ASIDE), orderByColumn: 'setAsideAt', orderByDirection: 'ASC' },
			ONCE,
		),
		code('Figures', [2640, 290], codeOf('figures', readingsCode())),
		code(
			'Page',
			[2860, 290],
			codeOf('page', 'return [{ json: { html: pageOf($input.first().json) } }];'),
		),
		answer(),
	],
	wires: {
		'Health Page': [['Settings']],
		Settings: [['Create Audit Table']],
		'Create Audit Table': [['Create Set-Aside Table']],
		'Create Set-Aside Table': [['Budget']],
		Budget: [['Runs']],
		Runs: [['First Runs']],
		'First Runs': [['Trimmed Runs', 'All Workflows']],
		'Trimmed Runs': [[['All Workflows', 1]]],
		'All Workflows': [['Newest Runs']],
		'Newest Runs': [['Newest Writes']],
		'Newest Writes': [['Oldest Set Aside']],
		'Oldest Set Aside': [['Figures']],
		Figures: [['Page']],
		Page: [['Send Page']],
	},
};

function all(conditions: Condition[]) {
	return { matchType: 'allConditions' as const, conditions };
}

function differs(keyName: string, keyValue: string): Condition {
	return { keyName, condition: 'neq', keyValue };
}

function ofWorkflow(): Condition {
	return equals('workflowId', "={{ $json.workflowId ?? '' }}");
}

function newest(limit: number) {
	return {
		returnAll: false,
		limit,
		orderBy: true,
		orderByColumn: 'readAt',
		orderByDirection: 'DESC',
	};
}

function overview(): TemplateNode {
	const content = [
		'## Sync health page',
		'One web page that tells **whether the syncs work**: last run and lag of each, what was created, updated, unchanged and set aside by day, tokens by hour against the budget and the reserve for people, and what has been waiting longest, with its reason.',
		'`browser → login → runs in erp_audit_rows, budget, erp_setaside_items → page`',
		[
			'* It reads run rows (one per run), never a record that was written well',
			'* It writes nothing, costs no token, loads nothing from elsewhere, and runs no script in the browser',
			'* What comes from the ERP is shown as text, whatever it says',
		].join('\n'),
	].join('\n\n');
	return note('Overview', content, { position: [-20, -230], width: 900, height: 300, color: 4 });
}

function setup(): TemplateNode {
	const content = [
		'### Set up',
		[
			'1. Open **Health Page** and choose a *Basic Auth* credential: the login of the page. Without one the page stays closed.',
			'2. Open **Budget** and choose the Pipedrive credential of the syncs.',
			'3. Publish, and open the *Production URL* of **Health Page** in a browser.',
		].join('\n'),
		'### Change if you like',
		[
			'* *Settings*: the address of the n8n editor, if it is not the one of the page',
			'* *Path* of **Health Page**; *Authentication*: a header, for a monitor that fetches the page',
			'* *Timezone* in the settings of the workflow: days and hours follow it',
		].join('\n'),
		'One page is enough for all ERPs that share a Pipedrive company.',
	].join('\n\n');
	return note('Setup', content, { position: [900, -310], width: 900, height: 380, color: 7 });
}

function webhook(): TemplateNode {
	return {
		name: 'Health Page',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2.1,
		position: [0, 290],
		parameters: {
			httpMethod: 'GET',
			path: 'erp-sync-health',
			authentication: 'basicAuth',
			responseMode: 'responseNode',
			options: {},
		},
		webhookId: 'erp-sync-health',
	};
}

function settings(): TemplateNode {
	const assignments = [{ id: 'editor-address', name: 'editorAddress', value: '', type: 'string' }];
	return {
		name: 'Settings',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		position: [220, 290],
		parameters: { assignments: { assignments }, options: {} },
	};
}

function budget(): TemplateNode {
	return {
		name: 'Budget',
		type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
		typeVersion: 1,
		position: [880, 290],
		parameters: { authentication: 'apiToken', resource: 'budget', operation: 'get' },
		...ONCE,
	};
}

function allWorkflows(): TemplateNode {
	return {
		name: 'All Workflows',
		type: 'n8n-nodes-base.merge',
		typeVersion: 3.2,
		position: [1760, 290],
		parameters: { mode: 'append' },
	};
}

function code(name: string, position: [number, number], jsCode: string): TemplateNode {
	return {
		name,
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		position,
		parameters: { mode: 'runOnceForAllItems', language: 'javaScript', jsCode },
		executeOnce: true,
	};
}

function readingsCode(): string {
	return `const rowsOf = (items) => items.map((item) => item.json);
return [{ json: figuresOf({
	runs: rowsOf($('Runs').all()),
	newestRuns: rowsOf($('Newest Runs').all()),
	newestWrites: rowsOf($('Newest Writes').all()),
	setAside: rowsOf($('Oldest Set Aside').all()),
	budget: rowsOf($('Budget').all()),
	mostRuns: ${MOST_RUNS},
	mostSetAside: ${MOST_SET_ASIDE},
	now: $now.toMillis(),
	zone: $now.zoneName,
	editorAddress: String($('Settings').first().json.editorAddress ?? ''),
}) }];`;
}

function answer(): TemplateNode {
	const headers = {
		'Content-Type': 'text/html; charset=utf-8',
		'Cache-Control': 'no-store',
		'Referrer-Policy': 'no-referrer',
		'X-Content-Type-Options': 'nosniff',
		'X-Frame-Options': 'DENY',
	};
	const entries = Object.entries(headers).map(([name, value]) => ({ name, value }));
	return {
		name: 'Send Page',
		type: 'n8n-nodes-base.respondToWebhook',
		typeVersion: 1.5,
		position: [3080, 290],
		parameters: {
			respondWith: 'text',
			responseBody: '={{ $json.html }}',
			options: { responseHeaders: { entries } },
		},
	};
}
