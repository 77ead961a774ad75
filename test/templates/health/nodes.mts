import { idOf, note, type TemplateNode } from '../workflow.mts';

/** Of about 1 kB each; n8n reads them by the thousand, and looks through the whole table each time. */
const MOST_RUNS = 5_000;
/** With their payloads. */
export const MOST_SET_ASIDE = 20;
/** Of each row what the page needs: payloads and hashes go no further. */
const KEPT = {
	runs: ['Runs', 'id runId workflowId system executionId runNumber readAt reason tokens'],
	newestRuns: ['Newest Runs', 'id workflowId system executionId runNumber readAt reason tokens'],
	newestWrites: ['Newest Writes', 'id workflowId entity readAt writtenAt'],
	setAside: [
		'Oldest Set Aside',
		'id runId system entity erpKey externalId reason status attempt retryAt setAsideAt',
	],
	budget: ['Budget', 'perDay reserve left kept resetsAt'],
} as const;

/** A table that cannot be read is told on the page. */
export const READ: Partial<TemplateNode> = {
	alwaysOutputData: true,
	onError: 'continueRegularOutput',
};
export const ONCE: Partial<TemplateNode> = { ...READ, executeOnce: true };

export function overview(): TemplateNode {
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
	return note('Overview', content, { position: [-20, -230], width: 900, height: 240, color: 4 });
}

export function setup(): TemplateNode {
	const content = [
		'### Set up',
		[
			'1. Open **Health Page** and choose a *Basic Auth* credential: the login of the page. Without one the page stays closed.',
			'2. Open **Budget** and choose the Pipedrive credential of the syncs.',
			'3. Publish, and open the *Production URL* of **Health Page** in a browser.',
		].join('\n'),
		'### Change if you like',
		[
			'* *Settings*: the address of the n8n editor, if it is not the one of the page; how many runs are read',
			'* *Path* of **Health Page**; *Authentication*: a header, for a monitor that fetches the page',
			'* *Timezone* in the settings of the workflow: days and hours follow it',
		].join('\n'),
		'One page is enough for all ERPs that share a Pipedrive company.',
	].join('\n\n');
	return note('Setup', content, { position: [900, -230], width: 900, height: 240, color: 7 });
}

export function webhook(): TemplateNode {
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
		webhookId: idOf('sync-health/webhook'),
	};
}

export function settings(): TemplateNode {
	const assignments = [
		{ id: 'editor-address', name: 'editorAddress', value: '', type: 'string' },
		{ id: 'most-runs', name: 'mostRuns', value: MOST_RUNS, type: 'number' },
	];
	return {
		name: 'Settings',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		position: [220, 290],
		parameters: { assignments: { assignments }, options: {} },
	};
}

export function budget(): TemplateNode {
	return {
		name: 'Budget',
		type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
		typeVersion: 1,
		position: [880, 290],
		parameters: { authentication: 'apiToken', resource: 'budget', operation: 'get' },
		...ONCE,
	};
}

export function allWorkflows(): TemplateNode {
	return {
		name: 'All Workflows',
		type: 'n8n-nodes-base.merge',
		typeVersion: 3.2,
		position: [1760, 290],
		parameters: { mode: 'append' },
	};
}

export function code(name: string, position: [number, number], jsCode: string): TemplateNode {
	return {
		name,
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		position,
		parameters: { mode: 'runOnceForAllItems', language: 'javaScript', jsCode },
		executeOnce: true,
	};
}

export function readings(): TemplateNode {
	const rows = Object.entries(KEPT).map(([name, [node, columns]]) => {
		const kept = [...columns.split(' '), 'error'].map((column) => `${column}: json.${column}`);
		return `${name}: $('${node}').all().map(({ json }) => ({ ${kept.join(', ')} }))`;
	});
	const rest = [
		"mostRuns: $('Settings').first().json.mostRuns",
		`mostSetAside: ${MOST_SET_ASIDE}`,
		'now: $now.toMillis()',
		'zone: $now.zoneName',
		"editorAddress: String($('Settings').first().json.editorAddress ?? '')",
	];
	return {
		name: 'Readings',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		position: [2640, 290],
		parameters: {
			mode: 'raw',
			jsonOutput: `={{ { ${[...rows, ...rest].join(', ')} } }}`,
			options: {},
		},
		executeOnce: true,
	};
}

export function answer(): TemplateNode {
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
		position: [3300, 290],
		parameters: {
			respondWith: 'text',
			responseBody: '={{ $json.html }}',
			options: { responseHeaders: { entries } },
		},
	};
}
