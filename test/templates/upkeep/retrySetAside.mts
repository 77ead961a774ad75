/** Takes rows of set-aside records whose time has come, or that a person asked for. */
import {
	AUDIT_TABLE,
	ID_TABLE,
	SET_ASIDE_TABLE,
	SUPPRESSION_TABLE,
	createTable,
	equals,
	getRows,
	insertRows,
	lastAuditRun,
	updateById,
} from '../tables.mts';
import { setJson, splitOut } from '../nodes.mts';
import { note, type Template } from '../workflow.mts';

export const retrySetAside: Template = {
	file: 'retry-set-aside',
	name: 'ERP retry of set-aside records',
	nodes: [
		note(
			'Overview',
			`## Retry what was set aside

Records that could not be written wait in \`erp_setaside_items\`. This workflow **tries them again when their time has come**, with growing pauses, and **gives up loudly**.

\`due rows → is it the newest? → known IDs → Pipedrive Upsert → status of the row\`

| status | what happens |
|---|---|
| **open** | tried at *retryAt*; without *retryAt* it waits for a person |
| **retry** | you set it: tried at the next run, with the *payload* as you edited it |
| **ask** | you asked for a retry, but the ERP has a newer version that is written already |
| **retry anyway** | you set it: your payload is written over the newer version |
| **solved** | written, or nothing left to write |
| **superseded** | a later version of the record was written or waits itself: never old over new |
| **given up** | tried *mostAttempts* times. The run ends with an error that names it |

No position of a trigger moves. The audit names attempt and first run.`,
			{ position: [-20, -510], width: 880, height: 460, color: 4 },
		),
		note(
			'Setup',
			`### Set up

1. Open **Pipedrive Upsert** and choose the credential.
2. Did you change **Pipedrive Upsert** in your sync (field maps, options)? Set the same here: records are written by the settings of this node.
3. Workflow settings → *Error Workflow*: the template **budget-alert**, so that giving up reaches you.
4. Publish. One such workflow serves all syncs that write with the same settings.

### Mend one record

Data tables → erp_setaside_items: correct *payload* or Pipedrive, set *status* to \`retry\`. At the next run only what is due and that record are written.

### Change if you like

* *How Often*: attempts, pauses, records per run; *onlySystem* for one workflow per ERP (s4hana, ecc, b1, syspro, sage300)
* **Read Again Here**: see the note above it

Sage 300 records run apart, and are never matched to foreign records.`,
			{ position: [900, -510], width: 980, height: 460, color: 7 },
		),
		note(
			'Where to Read Again',
			`### Read Again Here

As imported, this place is empty: **a record is written as it was set aside**, unless a newer one waits or was written.

To write what the ERP says now:

1. Replace this node by the node of your ERP and keep its name: *Get*, Number \`={{ $json.erpKey }}\`, Output *ERP Record*; in its settings *On Error: Continue*.
2. Set *onlySystem* in **How Often** to that ERP.

A payload that you edited (status \`retry\` or \`retry anyway\`) stays yours. What the ERP does not give is written as it was set aside.`,
			{ position: [1700, 450], width: 560, height: 300, color: 7 },
		),
		{
			name: 'Every 15 Minutes',
			type: 'n8n-nodes-base.scheduleTrigger',
			typeVersion: 1.2,
			position: [0, 290],
			parameters: { rule: { interval: [{ field: 'minutes', minutesInterval: 15 }] } },
		},
		{
			name: 'How Often',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			position: [220, 290],
			parameters: {
				assignments: {
					assignments: [
						{
							id: '9d712919-9a88-5888-bf01-0f43d1a7a40c',
							name: 'mostAttempts',
							value: 8,
							type: 'number',
						},
						{
							id: '15f68107-7214-5e10-a35b-bae2f2516174',
							name: 'firstPauseMinutes',
							value: 15,
							type: 'number',
						},
						{
							id: 'cf04b133-01b9-5978-b3b2-b801329d9415',
							name: 'longestPauseHours',
							value: 24,
							type: 'number',
						},
						{
							id: '44571035-0dcc-59fc-8827-b5bf840c4fa2',
							name: 'mostRecords',
							value: 500,
							type: 'number',
						},
						{
							id: 'b0a42850-218a-565b-8d93-ffd16c9f181b',
							name: 'onlySystem',
							value: '',
							type: 'string',
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
		getRows(
			'Suppressed',
			[1340, 10],
			SUPPRESSION_TABLE,
			{ matchType: 'anyCondition', conditions: [] },
			{ returnAll: true },
			{ executeOnce: true, alwaysOutputData: true },
		),
		lastAuditRun([1560, 10]),
		getRows(
			'Asked by a Person',
			[460, 200],
			SET_ASIDE_TABLE,
			{
				matchType: 'anyCondition',
				conditions: [equals('status', 'retry'), equals('status', 'retry anyway')],
			},
			{ returnAll: true },
			{ executeOnce: true, alwaysOutputData: true },
		),
		getRows(
			'Due by Now',
			[460, 380],
			SET_ASIDE_TABLE,
			{
				matchType: 'allConditions',
				conditions: [
					equals('status', 'open'),
					{ keyName: 'retryAt', condition: 'isNotEmpty' },
					{ keyName: 'retryAt', condition: 'lte', keyValue: '={{ $now.toUTC().toISO() }}' },
				],
			},
			{
				returnAll: false,
				limit: "={{ $('How Often').first().json.mostRecords }}",
				orderBy: true,
				orderByColumn: 'retryAt',
				orderByDirection: 'ASC',
			},
			{ executeOnce: true, alwaysOutputData: true },
		),
		{
			name: 'Both',
			type: 'n8n-nodes-base.merge',
			typeVersion: 3.2,
			position: [700, 290],
			parameters: { mode: 'append' },
		},
		{
			name: 'To Be Tried',
			type: 'n8n-nodes-base.filter',
			typeVersion: 2.2,
			position: [900, 290],
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
					conditions: [
						{
							id: '45bdb53a-17ae-5add-a4de-0992f8eb5ee8',
							leftValue:
								"={{ $json.id > 0 && ['', $json.system].includes($('How Often').first().json.onlySystem) && ($json.system !== 'sage300' || $('Both').all().every(row => !row.json.id || row.json.system === 'sage300')) }}",
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
		getRows(
			'Later Rows',
			[1120, 180],
			SET_ASIDE_TABLE,
			{
				matchType: 'allConditions',
				conditions: [
					equals('externalId', '={{ $json.externalId }}'),
					{ keyName: 'id', condition: 'gt', keyValue: '={{ $json.id }}' },
				],
			},
			{ returnAll: true },
			{ alwaysOutputData: true },
		),
		getRows(
			'Known IDs',
			[1120, 345],
			ID_TABLE,
			{
				matchType: 'anyCondition',
				conditions: [
					equals('recordExternalId', '={{ $json.externalId }}'),
					{
						keyName: 'externalId',
						condition: 'eq',
						keyValue:
							'={{ String($json.payload).match(/"organizationExternalId"\\s*:\\s*"([^"]+)"/)?.[1] || $json.externalId }}',
					},
					{
						keyName: 'externalId',
						condition: 'eq',
						keyValue:
							'={{ (String($json.payload).match(/"organizationExternalId"\\s*:\\s*"([^"]+)"/)?.[1] || $json.externalId) + \':documents\' }}',
					},
				],
			},
			{ returnAll: true },
			{ alwaysOutputData: true },
		),
		{
			name: 'With Both',
			type: 'n8n-nodes-base.merge',
			typeVersion: 3.2,
			position: [1360, 290],
			parameters: {
				mode: 'chooseBranch',
				numberInputs: 3,
				chooseBranchMode: 'waitForAll',
				output: 'specifiedInput',
				useDataOfInput: 1,
			},
		},
		{
			name: 'Is the Newest',
			type: 'n8n-nodes-base.if',
			typeVersion: 2.2,
			position: [1560, 290],
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
					conditions: [
						{
							id: 'aaa528af-15f8-514f-8861-fa24c585cfd6',
							leftValue:
								"={{ !$json.externalId || !$('Later Rows').all().some(row => row.json.externalId === $json.externalId && row.json.id > $json.id) }}",
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
			'Overtaken',
			[1800, 110],
			"={{ { id: $json.id, status: 'superseded', reason: 'A later version of this record waits or was tried itself. ' + $json.reason } }}",
		),
		updateById('Close Overtaken', [2020, 110], SET_ASIDE_TABLE),
		{
			name: 'Read Again Here',
			type: 'n8n-nodes-base.noOp',
			typeVersion: 1,
			position: [1800, 290],
			parameters: {},
		},
		setJson(
			'Record',
			[2020, 290],
			"={{ (row => ({ id: row.id, status: row.status, externalId: row.externalId, system: row.system, attempt: row.attempt, runId: row.runId, record: $json.erp && row.status === 'open' ? JSON.stringify($json) : row.status === 'retry anyway' ? row.payload.replace(/\"readAt\"\\s*:\\s*\"[^\"]*\"/, '\"readAt\":\"' + $now.toUTC().toISO() + '\"') : row.payload }))($('Is the Newest').item.json) }}",
		),
		{
			name: 'Pipedrive Upsert',
			type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
			typeVersion: 1,
			position: [2240, 290],
			parameters: {
				authentication: 'apiToken',
				resource: 'erpRecord',
				operation: 'upsert',
				record: '={{ $json.record }}',
				whenSetAside: 'output',
				knownIds: "={{ $('Known IDs').all().map(row => row.json).filter(row => row.externalId) }}",
				suppressionList:
					"={{ $('Suppressed').all().map(row => row.json).filter(row => row.hash) }}",
				options: {
					createMissingFields: true,
					auditEachUnchanged: true,
					link: "={{ $json.system === 'sage300' ? 'never' : 'match' }}",
					lastAuditRun: "={{ $('Last Audit Run').first().json }}",
				},
			},
		},
		splitOut('Audit Rows', [2500, 50], 'audit'),
		insertRows('Write Audit', [2740, 50], AUDIT_TABLE, { onError: 'continueRegularOutput' }),
		splitOut('ID Rows', [2500, 210], 'idRows'),
		{
			name: 'Write IDs',
			type: 'n8n-nodes-base.dataTable',
			typeVersion: 1.1,
			position: [2740, 210],
			parameters: {
				resource: 'row',
				operation: 'upsert',
				dataTableId: { __rl: true, mode: 'name', value: 'erp_known_ids' },
				matchType: 'allConditions',
				filters: {
					conditions: [
						equals('externalId', '={{ $json.externalId }}'),
						equals('pipedriveType', '={{ $json.pipedriveType }}'),
						{
							keyName: 'recordExternalId',
							condition: 'like',
							keyValue:
								"={{ ['note', 'activity'].includes($json.pipedriveType) ? '%' : $json.recordExternalId }}",
						},
					],
				},
				columns: { mappingMode: 'autoMapInputData', value: null },
				options: {},
			},
			onError: 'continueRegularOutput',
		},
		setJson(
			'Solved',
			[2500, 370],
			"={{ (row => ({ id: row.id, status: $json.reasonCode !== 'superseded' ? 'solved' : row.status === 'open' ? 'superseded' : 'ask', retryAt: '', attempt: row.attempt + 1, reason: $json.reasonCode === 'superseded' && row.status !== 'open' ? 'A newer version of this record was written meanwhile. To write this payload all the same, set status to \"retry anyway\"; to drop it, to \"superseded\".' : $json.reason ?? '' }))($('Record').item.json) }}",
		),
		updateById('Close Solved', [2740, 370], SET_ASIDE_TABLE),
		setJson(
			'Next Try',
			[2500, 530],
			"={{ ((row, often) => { const attempt = row.attempt + ($json.reasonCode === 'deferred' ? 0 : 1); const again = Boolean($json.retryAt) || ['failed', 'deferred'].includes($json.reasonCode); const pause = Math.min(often.firstPauseMinutes * 2 ** (attempt - 1), often.longestPauseHours * 60); const later = $now.plus({ minutes: pause }).toUTC().toISO(); const isOver = again && $json.reasonCode !== 'deferred' && attempt >= often.mostAttempts; return { id: row.id, status: isOver ? 'given up' : 'open', attempt, reasonCode: $json.reasonCode, reason: $json.reason, retryAt: isOver || !again ? '' : $json.retryAt > later || $json.reasonCode === 'deferred' ? ($json.retryAt ?? later) : later, externalId: row.externalId }; })($('Record').item.json, $('How Often').first().json) }}",
		),
		updateById('Write Next Try', [2740, 530], SET_ASIDE_TABLE),
		{
			name: 'Given Up',
			type: 'n8n-nodes-base.filter',
			typeVersion: 2.2,
			position: [2740, 690],
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
					conditions: [
						{
							id: 'b5ffc192-06d5-5bbe-a2f1-791a1ca7275a',
							leftValue: "={{ $json.status === 'given up' }}",
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
			name: 'Give Up Loudly',
			type: 'n8n-nodes-base.stopAndError',
			typeVersion: 1,
			position: [2980, 690],
			parameters: {
				errorMessage:
					"={{ $('Given Up').all().length }} records were given up after {{ $('How Often').first().json.mostAttempts }} attempts and wait in erp_setaside_items: {{ $('Given Up').all().slice(0, 5).map(row => row.json.externalId + ' (' + row.json.reason + ')').join(' | ') }}",
			},
			executeOnce: true,
		},
	],
	wires: {
		'Every 15 Minutes': [['How Often']],
		'How Often': [['Create Audit Table', 'Asked by a Person', 'Due by Now']],
		'Create Audit Table': [['Create Set-Aside Table']],
		'Create Set-Aside Table': [['Create ID Table']],
		'Create ID Table': [['Create Suppression List']],
		'Create Suppression List': [['Suppressed']],
		Suppressed: [['Last Audit Run']],
		'Asked by a Person': [['Both']],
		'Due by Now': [[['Both', 1]]],
		Both: [['To Be Tried']],
		'To Be Tried': [['Later Rows', 'With Both', 'Known IDs']],
		'Later Rows': [[['With Both', 1]]],
		'Known IDs': [[['With Both', 2]]],
		'With Both': [['Is the Newest']],
		'Is the Newest': [['Read Again Here'], ['Overtaken']],
		Overtaken: [['Close Overtaken']],
		'Read Again Here': [['Record']],
		Record: [['Pipedrive Upsert']],
		'Pipedrive Upsert': [
			['Audit Rows', 'ID Rows', 'Solved'],
			['Audit Rows', 'Next Try'],
		],
		'Audit Rows': [['Write Audit']],
		'ID Rows': [['Write IDs']],
		Solved: [['Close Solved']],
		'Next Try': [['Write Next Try', 'Given Up']],
		'Given Up': [['Give Up Loudly']],
	},
};
