/** Dry run, a table to decide in, then the load. */
import {
	AUDIT_TABLE,
	ID_TABLE,
	SET_ASIDE_TABLE,
	SUPPRESSION_TABLE,
	columns,
	createTable,
	getRows,
	insertRows,
	lastAuditRun,
	replaceRows,
} from '../tables.mts';
import { setJson, splitOut } from '../nodes.mts';
import { note, type Template } from '../workflow.mts';

export const initialLoad: Template = {
	file: 'initial-load',
	name: 'ERP first load: look, decide, go',
	nodes: [
		note(
			'Overview',
			`## First load: look, decide, go

Before the first sync writes anything, this shows **what would happen to every record**: created, linked to an organization that is there already, a possible match, or set aside, and what it costs. You look through \`erp_review\`, decide, set *go*, and run it again: then it is loaded.

\`ERP → dry run → erp_review and the totals → you → load\`

* **outcome**, **linkedBy**, **pipedriveId**, **reason**, **tokens**: the match report, one row per record
* **decision**: yours. \`skip\` leaves a record out, \`link\` takes the possible match

A second run of either kind is harmless: what is there is found again.`,
			{ position: [-20, -440], width: 820, height: 390, color: 4 },
		),
		note(
			'Setup',
			`### Set up

1. Open **Read Everything** and choose the credential of SAP S/4HANA. Another ERP: replace this node by the node of your ERP (*Get Many*, Return All, Output *ERP Record*) and keep its name.
2. Open **Pipedrive Upsert**, **Ensure Fields** and **Budget** and choose the Pipedrive credential. Field maps and options as in your sync.
3. Run it. Look at **Totals**, and at the table erp_review. Only the custom fields that the sync needs are created.
4. Write \`skip\` or \`link\` into *decision* where you want. Set *go* in **Go** to true and run again.
5. Publish the sync with *Start From* everything: what was loaded is unchanged and costs nothing but the lists.

### Good to know

* Set-aside records go to erp_setaside_items; what the day's tokens do not reach is loaded by **retry-set-aside**
* All records are in memory at once: from about 20,000 customers on, look here with a filter in *Read Everything*, and load by publishing the sync
* Delete the table erp_review afterwards: it holds names`,
			{ position: [820, -440], width: 980, height: 390, color: 7 },
		),
		{
			name: 'Start Here',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 400],
			parameters: {},
		},
		{
			name: 'Go',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			position: [220, 400],
			parameters: {
				assignments: {
					assignments: [
						{
							id: 'c05e4871-b0e5-5c31-931e-a337a47fc1c5',
							name: 'go',
							value: false,
							type: 'boolean',
						},
					],
				},
				options: {},
			},
		},
		createTable('Create Audit Table', [460, 10], AUDIT_TABLE),
		createTable('Create Set-Aside Table', [680, 10], SET_ASIDE_TABLE),
		createTable('Create ID Table', [900, 10], ID_TABLE),
		createTable('Create Suppression List', [1120, 10], SUPPRESSION_TABLE),
		createTable(
			'Create Review Table',
			[1340, 10],
			'erp_review',
			columns(
				'externalId erpKey name outcome linkedBy pipedriveId url persons:number reasonCode reason tokens:number decision checkedAt',
			),
		),
		getRows(
			'Suppressed',
			[460, 190],
			SUPPRESSION_TABLE,
			{ matchType: 'anyCondition', conditions: [] },
			{ returnAll: true },
			{ executeOnce: true, alwaysOutputData: true },
		),
		getRows(
			'Known IDs',
			[680, 190],
			ID_TABLE,
			{ matchType: 'anyCondition', conditions: [] },
			{ returnAll: true },
			{ executeOnce: true, alwaysOutputData: true },
		),
		getRows(
			'Decisions',
			[900, 190],
			'erp_review',
			{
				matchType: 'allConditions',
				conditions: [{ keyName: 'decision', condition: 'isNotEmpty' }],
			},
			{ returnAll: true },
			{ executeOnce: true, alwaysOutputData: true },
		),
		lastAuditRun([1120, 190]),
		{
			name: 'Ensure Fields',
			type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
			typeVersion: 1,
			position: [220, 190],
			parameters: {
				authentication: 'apiToken',
				resource: 'field',
				operation: 'ensure',
				fieldsToEnsure: 'template',
				ensureFor: ['organization', 'person'],
				dryRun: false,
			},
			executeOnce: true,
		},
		{
			name: 'Read Everything',
			type: 'n8n-nodes-erp-pipedrive.sapS4Hana',
			typeVersion: 1,
			position: [460, 400],
			parameters: {
				authentication: 'basic',
				resource: 'businessPartner',
				operation: 'getAll',
				returnAll: true,
				output: 'erpRecord',
			},
		},
		{
			name: 'Not Skipped',
			type: 'n8n-nodes-base.filter',
			typeVersion: 2.2,
			position: [680, 400],
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
					conditions: [
						{
							id: '47050077-7ce7-57c3-bf49-dcbbc9ac1887',
							leftValue:
								"={{ !$('Decisions').all().some(row => row.json.externalId === $json.erp.externalId && row.json.decision === 'skip') }}",
							rightValue: '',
							operator: { type: 'boolean', operation: 'true', singleValue: true },
						},
					],
					combinator: 'and',
				},
				looseTypeValidation: true,
				options: {},
			},
		},
		{
			name: 'Pipedrive Upsert',
			type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
			typeVersion: 1,
			position: [900, 400],
			parameters: {
				authentication: 'apiToken',
				resource: 'erpRecord',
				operation: 'upsert',
				record: '={{ $json }}',
				whenSetAside: 'output',
				dryRun: "={{ $('Go').first().json.go !== true }}",
				knownIds:
					"={{ [...$('Known IDs').all().map(row => row.json).filter(row => row.externalId), ...$('Decisions').all().map(row => row.json).filter(row => row.decision === 'link' && row.pipedriveId).map(row => ({ externalId: row.externalId, pipedriveType: 'organization', pipedriveId: row.pipedriveId, digests: '{}', writtenAt: '' }))] }}",
				suppressionList:
					"={{ $('Suppressed').all().map(row => row.json).filter(row => row.hash) }}",
				options: {
					createMissingFields: true,
					stopAbovePercent: 0,
					lastAuditRun: "={{ $('Last Audit Run').first().json }}",
				},
			},
		},
		{
			name: 'Loaded',
			type: 'n8n-nodes-base.filter',
			typeVersion: 2.2,
			position: [1160, 340],
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
					conditions: [
						{
							id: '738271f6-900f-5fce-9ad8-75e712f1df40',
							leftValue: '={{ !$json.dryRun }}',
							rightValue: '',
							operator: { type: 'boolean', operation: 'true', singleValue: true },
						},
					],
					combinator: 'and',
				},
				looseTypeValidation: true,
				options: {},
			},
		},
		splitOut('Audit Rows', [1400, 180], 'audit'),
		insertRows('Write Audit', [1620, 180], AUDIT_TABLE, { onError: 'continueRegularOutput' }),
		splitOut('ID Rows', [1400, 330], 'idRows'),
		insertRows('Write IDs', [1620, 330], ID_TABLE, { onError: 'continueRegularOutput' }),
		{
			name: 'Not Loaded',
			type: 'n8n-nodes-base.filter',
			typeVersion: 2.2,
			position: [1160, 550],
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
					conditions: [
						{
							id: 'a5a9fa07-712b-50f4-9db3-ccbdddafb208',
							leftValue: '={{ !$json.dryRun }}',
							rightValue: '',
							operator: { type: 'boolean', operation: 'true', singleValue: true },
						},
					],
					combinator: 'and',
				},
				looseTypeValidation: true,
				options: {},
			},
		},
		setJson(
			'Set-Aside Rows',
			[1400, 480],
			"={{ { externalId: $json.externalId, system: $json.erp.system, entity: $json.erp.entity, erpKey: $json.erp.key, pipedriveType: $json.pipedriveType, reasonCode: $json.reasonCode, reason: $json.reason, retryAt: $json.retryAt ?? '', attempt: $json.attempt, status: 'open', runId: $json.audit[0]?.runId ?? '', payload: JSON.stringify($json.payload), setAsideAt: $now.toUTC().toISO() } }}",
		),
		insertRows('Write Set-Aside', [1620, 480], SET_ASIDE_TABLE),
		setJson(
			'Review Rows',
			[1160, 720],
			"={{ { externalId: $json.externalId, erpKey: $json.erp.key, name: $('Not Skipped').item.json.organization?.name ?? '', outcome: $json.outcome, linkedBy: !$json.pipedriveId ? '' : $json.outcome === 'setAside' ? 'possible' : $json.changes.some(change => change.field === 'ERP ID' && !change.from) ? 'name and address' : 'ERP ID', pipedriveId: String($json.pipedriveId ?? ''), url: $json.url ?? '', persons: ($json.persons ?? []).length, reasonCode: $json.reasonCode ?? '', reason: $json.reason ?? '', tokens: $json.tokens, checkedAt: $now.toUTC().toISO() } }}",
		),
		replaceRows('Write Review', [1400, 720], 'erp_review', ['externalId']),
		{
			name: 'Budget',
			type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
			typeVersion: 1,
			position: [1620, 720],
			parameters: { authentication: 'apiToken', resource: 'budget', operation: 'get' },
			executeOnce: true,
			alwaysOutputData: true,
			onError: 'continueRegularOutput',
		},
		setJson(
			'Totals',
			[1840, 720],
			"={{ ((all, budget, isLoad) => { const count = outcome => all.filter(one => one.outcome === outcome).length; const tokens = all.reduce((sum, one) => sum + one.tokens, 0); const perDay = Math.max(1, budget.perDay - budget.reserve); const linked = all.filter(one => one.outcome !== 'setAside' && one.changes.some(change => change.field === 'ERP ID' && !change.from) && one.pipedriveId && one.outcome !== 'created').length; return { isLoad, records: all.length, created: count('created'), linked, updated: count('updated') - linked, unchanged: count('unchanged'), setAside: count('setAside'), possibleMatches: all.filter(one => one.reasonCode === 'possibleMatch').length, tokens, left: Math.floor(budget.left), days: Math.max(1, Math.ceil(tokens / perDay)), text: (isLoad ? 'Loaded: ' : 'Nothing was written yet. It would be: ') + count('created') + ' created, ' + linked + ' linked, ' + count('setAside') + ' set aside, for ' + tokens + ' tokens; ' + Math.floor(budget.left) + ' are left today.' }; })([...$('Pipedrive Upsert').all(0), ...$('Pipedrive Upsert').all(1)].map(item => item.json), $('Budget').first().json, $('Go').first().json.go === true) }}",
			{ executeOnce: true },
		),
	],
	wires: {
		'Start Here': [['Go']],
		Go: [['Create Audit Table', 'Ensure Fields', 'Read Everything']],
		'Create Audit Table': [['Create Set-Aside Table']],
		'Create Set-Aside Table': [['Create ID Table']],
		'Create ID Table': [['Create Suppression List']],
		'Create Suppression List': [['Create Review Table']],
		'Ensure Fields': [['Suppressed']],
		Suppressed: [['Known IDs']],
		'Known IDs': [['Decisions']],
		Decisions: [['Last Audit Run']],
		'Read Everything': [['Not Skipped']],
		'Not Skipped': [['Pipedrive Upsert']],
		'Pipedrive Upsert': [
			['Loaded', 'Review Rows'],
			['Not Loaded', 'Review Rows'],
		],
		Loaded: [['Audit Rows', 'ID Rows']],
		'Not Loaded': [['Audit Rows', 'Set-Aside Rows']],
		'Audit Rows': [['Write Audit']],
		'ID Rows': [['Write IDs']],
		'Set-Aside Rows': [['Write Set-Aside']],
		'Review Rows': [['Write Review']],
		'Write Review': [['Budget']],
		Budget: [['Totals']],
	},
};
