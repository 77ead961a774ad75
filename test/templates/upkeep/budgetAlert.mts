/** What changed for the worse or the better, told once. */
import { AUDIT_TABLE, columns, createTable, equals, getRows, replaceRows } from '../tables.mts';
import { setJson, splitOut } from '../nodes.mts';
import { note, type Template } from '../workflow.mts';

export const budgetAlert: Template = {
	file: 'budget-alert',
	name: 'ERP alerts: budget, failures, silence, set aside',
	nodes: [
		note(
			'Overview',
			`## Alerts

Every quarter of an hour, and whenever a run fails: **what changed for the worse or for the better, told once**.

\`budget, runs, failures → states → is it news? → your e-mail or chat\`

* **Budget**: 75 % of what may be spent; updates wait for tomorrow; nothing is left; a new day began
* **Failed runs**, with the reason and the execution
* **Silence**: a sync that delivered nothing for 24 hours (Saturday and Sunday do not count)
* **Set aside**: more than 5 % of the records of the last 24 hours
* **Persons that the ERP blocked or archived** and Pipedrive holds: one message with all of them

\`erp_alerts\` holds what was told last: no alert comes twice for the same state. Reading the budget costs no tokens.`,
			{ position: [-20, -440], width: 800, height: 390, color: 4 },
		),
		note(
			'Setup',
			`### Set up

1. Open **Budget** and choose the Pipedrive credential.
2. Replace **Connect E-Mail or Chat Here** by your node (Send Email, Slack, Teams, ...). Subject and message: \`{{ $json.text }}\`.
3. In the settings of each sync, and of **retry-set-aside**: *Error Workflow* → this workflow.
4. Publish.

### Change if you like

* *When to Tell*: the lines. Silence counts for syncs that delivered on at least two of the last four days

If telling fails, nothing is remembered: the next run tells again. The budget is the one of the n8n process that runs this: with several workers it is that worker's share.`,
			{ position: [800, -440], width: 860, height: 390, color: 7 },
		),
		{
			name: 'Every 15 Minutes',
			type: 'n8n-nodes-base.scheduleTrigger',
			typeVersion: 1.2,
			position: [0, 200],
			parameters: { rule: { interval: [{ field: 'minutes', minutesInterval: 15 }] } },
		},
		{
			name: 'A Run Failed',
			type: 'n8n-nodes-base.errorTrigger',
			typeVersion: 1,
			position: [0, 380],
			parameters: {},
		},
		{
			name: 'When to Tell',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			position: [220, 290],
			parameters: {
				assignments: {
					assignments: [
						{
							id: '1d22d573-0bd5-5724-b28b-fb377cea205e',
							name: 'warnPercent',
							value: 75,
							type: 'number',
						},
						{
							id: 'd2091b0d-a63d-59ea-8aae-92c50a93cafd',
							name: 'silentHours',
							value: 24,
							type: 'number',
						},
						{
							id: 'b0eb1a31-c59a-5951-ba34-8bc9c2f17e8b',
							name: 'setAsidePercent',
							value: 5,
							type: 'number',
						},
						{
							id: 'df4993de-0e2c-5359-9e1b-ab2b7496df52',
							name: 'fewestRecords',
							value: 20,
							type: 'number',
						},
					],
				},
				options: {},
			},
		},
		createTable('Create Audit Table', [460, 10], AUDIT_TABLE),
		createTable(
			'Create Alert Table',
			[680, 10],
			'erp_alerts',
			columns('alertKey state text toldAt'),
		),
		{
			name: 'Budget',
			type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
			typeVersion: 1,
			position: [460, 180],
			parameters: { authentication: 'apiToken', resource: 'budget', operation: 'get' },
			executeOnce: true,
			alwaysOutputData: true,
			onError: 'continueRegularOutput',
		},
		getRows(
			'Runs',
			[460, 340],
			AUDIT_TABLE,
			{
				matchType: 'allConditions',
				conditions: [
					equals('action', 'sealed'),
					{
						keyName: 'readAt',
						condition: 'gt',
						keyValue: '={{ $now.minus({ days: 4 }).toUTC().toISO() }}',
					},
				],
			},
			{ returnAll: true },
			{ executeOnce: true, alwaysOutputData: true },
		),
		getRows(
			'Told Before',
			[460, 500],
			'erp_alerts',
			{ matchType: 'anyCondition', conditions: [] },
			{ returnAll: true },
			{ executeOnce: true, alwaysOutputData: true },
		),
		getRows(
			'Blocked Persons',
			[460, 660],
			AUDIT_TABLE,
			{
				matchType: 'allConditions',
				conditions: [
					equals('action', 'personBlocked'),
					{
						keyName: 'createdAt',
						condition: 'gt',
						keyValue: '={{ $now.minus({ days: 4 }).toUTC().toISO() }}',
					},
				],
			},
			{ returnAll: true },
			{ executeOnce: true, alwaysOutputData: true },
		),
		{
			name: 'All Known',
			type: 'n8n-nodes-base.merge',
			typeVersion: 3.2,
			position: [720, 290],
			parameters: {
				mode: 'chooseBranch',
				numberInputs: 4,
				chooseBranchMode: 'waitForAll',
				output: 'specifiedInput',
				useDataOfInput: 1,
			},
		},
		setJson(
			'Budget State',
			[960, 130],
			"={{ ((budget, lines) => { if (!(budget.perDay > 0)) return { states: [] }; const spendable = Math.max(1, budget.perDay - budget.reserve); const used = Math.round(100 * (1 - budget.left / spendable)); const state = budget.resetsAt || budget.left <= 0 ? 'spent' : budget.left <= budget.kept ? 'updatesWait' : used >= lines.warnPercent ? 'warning' : 'ok'; const left = Math.floor(budget.left) + ' of ' + spendable + ' tokens are left.'; const texts = { spent: 'Pipedrive tokens: nothing is left for the sync today. Records wait and come by themselves' + (budget.resetsAt ? ' after ' + budget.resetsAt : '') + '.', updatesWait: 'Pipedrive tokens: updates wait for the next day, new records go on. ' + left, warning: 'Pipedrive tokens: ' + used + ' % of what the sync may spend today is used. ' + left, ok: 'Pipedrive tokens: a new day, the sync goes on. ' + left }; return { states: [{ alertKey: 'budget', state, text: texts[state] }] }; })($('Budget').first().json, $('When to Tell').first().json) }}",
			{ executeOnce: true },
		),
		setJson(
			'Run States',
			[960, 290],
			"={{ ((runs, lines) => { const ids = [...new Set(runs.map(run => run.workflowId))]; const weekdayHours = from => { let hours = 0; for (let at = DateTime.fromISO(from); at < $now; at = at.plus({ hours: 1 })) if (at.weekday < 6) hours += 1; return hours; }; return { states: ids.flatMap(id => { const mine = runs.filter(run => run.workflowId === id); const last = mine.map(run => run.readAt).sort().at(-1); const days = new Set(mine.map(run => run.readAt.slice(0, 10))); const isSilent = days.size > 1 && weekdayHours(last) > lines.silentHours; const name = 'The sync of ' + (mine[0].system || 'the ERP') + ' (workflow ' + id + ')'; const counts = mine.filter(run => DateTime.fromISO(run.readAt) > $now.minus({ hours: 24 })).filter(run => !String(run.reason).startsWith('Dry run')).map(run => /(\\d+) created, (\\d+) updated, (\\d+) unchanged, (\\d+) set aside/.exec(run.reason)).filter(found => found); const aside = counts.reduce((sum, found) => sum + Number(found[4]), 0); const all = counts.reduce((sum, found) => sum + Number(found[1]) + Number(found[2]) + Number(found[3]) + Number(found[4]), 0); const isMany = all >= lines.fewestRecords && aside * 100 > all * lines.setAsidePercent; return [{ alertKey: 'silent ' + id, state: isSilent ? 'silent' : 'ok', text: isSilent ? name + ' delivered nothing since ' + last + '.' : name + ' delivers again.' }, { alertKey: 'setAside ' + id, state: isMany ? 'many' : 'ok', text: isMany ? name + ' set ' + aside + ' of ' + all + ' records aside in the last 24 hours: see erp_setaside_items.' : name + ' sets no more records aside than usual.' }]; }) }; })($('Runs').all().map(run => run.json).filter(run => run.workflowId), $('When to Tell').first().json) }}",
			{ executeOnce: true },
		),
		setJson(
			'Failure States',
			[960, 450],
			"={{ ((failed, told, runs) => { const back = told.filter(one => one.alertKey.startsWith('failed ') && one.state !== 'ok' && runs.some(run => 'failed ' + run.workflowId === one.alertKey && run.readAt > one.toldAt)).map(one => ({ alertKey: one.alertKey, state: 'ok', text: 'Runs again. Before: ' + one.text })); if (!failed) return { states: back }; const error = failed.execution?.error ?? failed.trigger?.error ?? {}; const message = String(error.message ?? 'no message').slice(0, 300); return { states: [...back.filter(one => one.alertKey !== 'failed ' + failed.workflow.id), { alertKey: 'failed ' + failed.workflow.id, state: message, text: '\"' + failed.workflow.name + '\" failed: ' + message + (error.description ? ' ' + String(error.description).slice(0, 300) : '') + (failed.execution?.url ? ' ' + failed.execution.url : '') }] }; })($('A Run Failed').isExecuted ? $('A Run Failed').first().json : undefined, $('Told Before').all().map(one => one.json).filter(one => one.alertKey), $('Runs').all().map(run => run.json).filter(run => run.workflowId)) }}",
			{ executeOnce: true },
		),
		setJson(
			'Person States',
			[960, 610],
			"={{ ((rows, told) => { const cameAt = row => new Date(row.createdAt).toISOString(); const before = told.find(one => one.alertKey === 'blockedPersons')?.state ?? 'ok'; const news = rows.filter(row => before === 'ok' || cameAt(row) > before); const persons = [...new Set(news.map(row => row.externalId + ' (Pipedrive person ' + row.pipedriveId + ')'))]; if (persons.length === 0) return { states: [] }; const count = persons.length + (persons.length === 1 ? ' person' : ' persons') + ' that Pipedrive holds'; return { states: [{ alertKey: 'blockedPersons', state: news.map(cameAt).sort().at(-1), text: 'The ERP blocked or archived ' + count + '. Decide whether to erase (template erase-person): ' + persons.slice(0, 100).join(', ') + (persons.length > 100 ? ' and more, see erp_audit_rows.' : '.'), kept: 'The ERP blocked or archived ' + count + '.' }] }; })($('Blocked Persons').all().map(row => row.json).filter(row => row.externalId), $('Told Before').all().map(one => one.json).filter(one => one.alertKey)) }}",
			{ executeOnce: true },
		),
		{
			name: 'All States',
			type: 'n8n-nodes-base.merge',
			typeVersion: 3.2,
			position: [1200, 290],
			parameters: { mode: 'append', numberInputs: 4 },
		},
		splitOut('Each State', [1400, 290], 'states'),
		{
			name: 'Is It News',
			type: 'n8n-nodes-base.filter',
			typeVersion: 2.2,
			position: [1600, 290],
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
					conditions: [
						{
							id: '21b68183-41a8-50b6-9c03-704d649cd6ea',
							leftValue:
								"={{ $json.state !== ($('Told Before').all().find(one => one.json.alertKey === $json.alertKey)?.json.state ?? 'ok') }}",
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
			name: 'Connect E-Mail or Chat Here',
			type: 'n8n-nodes-base.noOp',
			typeVersion: 1,
			position: [1840, 180],
			parameters: {},
		},
		setJson(
			'What Was Told',
			[1840, 400],
			'={{ { alertKey: $json.alertKey, state: $json.state, text: $json.kept ?? $json.text, toldAt: $now.toUTC().toISO() } }}',
		),
		replaceRows('Remember', [2060, 400], 'erp_alerts', ['alertKey']),
	],
	wires: {
		'Every 15 Minutes': [['When to Tell']],
		'A Run Failed': [['When to Tell']],
		'When to Tell': [['Create Audit Table', 'Budget', 'Runs', 'Told Before', 'Blocked Persons']],
		'Create Audit Table': [['Create Alert Table']],
		Budget: [['All Known']],
		Runs: [[['All Known', 1]]],
		'Told Before': [[['All Known', 2]]],
		'Blocked Persons': [[['All Known', 3]]],
		'All Known': [['Budget State', 'Run States', 'Failure States', 'Person States']],
		'Budget State': [['All States']],
		'Run States': [[['All States', 1]]],
		'Failure States': [[['All States', 2]]],
		'Person States': [[['All States', 3]]],
		'All States': [['Each State']],
		'Each State': [['Is It News']],
		'Is It News': [['Connect E-Mail or Chat Here', 'What Was Told']],
		'What Was Told': [['Remember']],
	},
};
