/** A form that shows who is found, then removes the person everywhere. */
import {
	AUDIT_TABLE,
	ID_TABLE,
	SET_ASIDE_TABLE,
	SUPPRESSION_TABLE,
	createTable,
	deleteRows,
	equals,
	getRows,
	replaceRows,
	updateById,
	updateRows,
} from '../tables.mts';
import { setJson, splitOut } from '../nodes.mts';
import { note, type Template } from '../workflow.mts';

export const erasePerson: Template = {
	file: 'erase-person',
	name: 'ERP erase a person',
	nodes: [
		note(
			'Overview',
			`## Erase a person

A contact asks to be forgotten. You enter the ERP ID or the e-mail; **first you only see who is found**. With *Erase* the person leaves Pipedrive, its values leave the audit, the set-aside records and the ID table, and a **suppression list** keeps the sync from bringing it back.

\`form → look → suppression list → audit, set-aside, IDs → Pipedrive\`

* **erp_suppressed** holds keyed hashes only: nobody without the *Audit Secret* can tell whom they are about
* The chain of the audit stays unbroken: values leave together with their salt
* If a step fails, submit the form again: Pipedrive comes last, so the person is found again`,
			{ position: [-20, -390], width: 820, height: 340, color: 4 },
		),
		note(
			'Setup',
			`### Set up

1. The Pipedrive credential needs an **Audit Secret**: it is the key of the hashes. Do not change it later.
2. Open **Look** and **Erase in Pipedrive** and choose that credential.
3. Open **Whom** and choose a Basic Auth credential: only who knows it may use the form.
4. Publish and open the form's production address, or run it here and use the test form.

### Change if you like

* *Erase By* in the form: deleting (Pipedrive keeps a deleted person for 30 days), or clearing all fields so that deals and activities keep their place
* Costs: 30 tokens for looking, 20 for each e-mail, 3 or 5 for erasing

What is not done here: the ERP, a Postgres copy of the audit, exports, mailboxes. docs/data-protection.md has the list.`,
			{ position: [820, -390], width: 900, height: 340, color: 7 },
		),
		{
			name: 'Whom',
			type: 'n8n-nodes-base.formTrigger',
			typeVersion: 2.1,
			position: [0, 290],
			parameters: {
				authentication: 'basicAuth',
				path: 'erp-erase-person',
				responseMode: 'responseNode',
				formTitle: 'Erase a person',
				formDescription: 'First only look; then submit again with Erase.',
				formFields: {
					values: [
						{
							fieldLabel: 'Find By',
							fieldType: 'dropdown',
							fieldOptions: {
								values: [
									{ option: 'External ID' },
									{ option: 'E-Mail' },
									{ option: 'Pipedrive ID' },
								],
							},
							requiredField: true,
						},
						{
							fieldLabel: 'Value',
							placeholder: 's4hana:100:contactPerson:0009000001',
							requiredField: true,
						},
						{
							fieldLabel: 'Erase By',
							fieldType: 'dropdown',
							fieldOptions: { values: [{ option: 'Deleting' }, { option: 'Clearing All Fields' }] },
							requiredField: true,
						},
						{
							fieldLabel: 'Do',
							fieldType: 'dropdown',
							fieldOptions: { values: [{ option: 'Only show who is found' }, { option: 'Erase' }] },
							requiredField: true,
						},
					],
				},
				options: { appendAttribution: false },
			},
			webhookId: '11b74ab4-9bfb-519c-a98c-11e593b6faf0',
		},
		setJson(
			'As Asked',
			[220, 290],
			"={{ { findBy: { 'E-Mail': 'email', 'Pipedrive ID': 'pipedriveId' }[$json['Find By']] ?? 'externalId', value: String($json.Value).trim(), eraseBy: $json['Erase By'] === 'Clearing All Fields' ? 'clear' : 'delete', isGo: $json.Do === 'Erase' } }}",
		),
		createTable('Create Audit Table', [460, 10], AUDIT_TABLE),
		createTable('Create Set-Aside Table', [680, 10], SET_ASIDE_TABLE),
		createTable('Create ID Table', [900, 10], ID_TABLE),
		createTable('Create Suppression List', [1120, 10], SUPPRESSION_TABLE),
		getRows(
			'Known IDs',
			[460, 290],
			ID_TABLE,
			{
				matchType: 'allConditions',
				conditions: [equals('externalId', '={{ $json.value }}')],
			},
			{ returnAll: true },
			{ executeOnce: true, alwaysOutputData: true },
		),
		{
			name: 'Look',
			type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
			typeVersion: 1,
			position: [680, 290],
			parameters: {
				authentication: 'apiToken',
				resource: 'person',
				operation: 'erase',
				findBy: "={{ $('As Asked').first().json.findBy }}",
				externalId: "={{ $('As Asked').first().json.value }}",
				email: "={{ $('As Asked').first().json.value }}",
				personId: "={{ Number($('As Asked').first().json.value) || 0 }}",
				eraseBy: "={{ $('As Asked').first().json.eraseBy }}",
				dryRun: true,
				knownIds: "={{ $('Known IDs').all().map(row => row.json).filter(row => row.externalId) }}",
			},
			executeOnce: true,
		},
		{
			name: 'Go On',
			type: 'n8n-nodes-base.if',
			typeVersion: 2.2,
			position: [900, 290],
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
					conditions: [
						{
							id: 'fc418911-1916-5ab5-bc6a-439fafb61bf2',
							leftValue:
								"={{ $('As Asked').first().json.isGo && ['found', 'notFound'].includes($json.outcome) }}",
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
			name: 'Nothing Changed',
			type: 'n8n-nodes-base.respondToWebhook',
			typeVersion: 1.1,
			position: [1140, 930],
			parameters: {
				respondWith: 'json',
				responseBody:
					"={{ JSON.stringify({ formSubmittedText: ({ found: 'Found, nothing was changed: ', ambiguous: 'Several persons, nothing was changed. Submit again with the Pipedrive ID of one: ', notFound: 'Nobody was found, nothing was changed.' }[$('Look').first().json.outcome] ?? ('Nothing was changed. ' + ($('Look').first().json.error ?? ''))) + ($('Look').first().json.persons ?? []).map(one => one.name + ' (Pipedrive ID ' + one.pipedriveId + (one.externalIds.length ? ', ' + one.externalIds.join(', ') : '') + (one.emails.length ? ', ' + one.emails.join(', ') : '') + ')') .join('; ') }) }}",
				options: {},
			},
		},
		splitOut('Suppression Rows', [1140, 200], 'suppressionRows'),
		replaceRows('Suppress', [1360, 200], SUPPRESSION_TABLE, ['hash']),
		setJson(
			'IDs',
			[1140, 360],
			"={{ { ids: [...new Set([...$('Look').first().json.externalIds.map(id => 'externalId ' + id), ...$('Look').first().json.persons.map(one => 'pipedriveId ' + one.pipedriveId)])] } }}",
		),
		splitOut('Each ID', [1360, 360], 'ids'),
		setJson(
			'Key',
			[1560, 360],
			"={{ { externalId: $json.ids.startsWith('externalId ') ? $json.ids.slice(11) : 'no external id', pipedriveId: $json.ids.startsWith('pipedriveId ') ? $json.ids.slice(12) : 'no id' } }}",
		),
		updateRows(
			'Empty Rows of the Person',
			[1780, 280],
			AUDIT_TABLE,
			{ matchType: 'anyCondition', conditions: [equals('externalId', '={{ $json.externalId }}')] },
			{
				erpKey: '',
				externalId: '',
				pipedriveId: '',
				identitySalt: '',
				version: '',
				reason: '',
				fieldChanges: '',
				payloadFingerprint: '',
				valueSalt: '',
			},
			{ alwaysOutputData: true },
		),
		updateRows(
			'Empty Rows by Number',
			[1780, 440],
			AUDIT_TABLE,
			{
				matchType: 'allConditions',
				conditions: [
					equals('pipedriveType', 'person'),
					equals('pipedriveId', '={{ $json.pipedriveId }}'),
				],
			},
			{
				erpKey: '',
				externalId: '',
				pipedriveId: '',
				identitySalt: '',
				version: '',
				reason: '',
				fieldChanges: '',
				payloadFingerprint: '',
				valueSalt: '',
			},
			{ alwaysOutputData: true },
		),
		deleteRows(
			'Delete IDs',
			[2000, 280],
			ID_TABLE,
			[equals('externalId', '={{ $json.externalId }}')],
			{ alwaysOutputData: true },
		),
		deleteRows(
			'Delete Set-Aside',
			[2000, 440],
			SET_ASIDE_TABLE,
			[equals('externalId', '={{ $json.externalId }}')],
			{ alwaysOutputData: true },
		),
		setJson(
			'Words',
			[1140, 600],
			"={{ { terms: [...new Set([...$('Look').first().json.externalIds, ...$('Look').first().json.persons.flatMap(one => [...one.externalIds, ...one.emails, one.name]), $('As Asked').first().json.value])].filter(term => term.length > 4) } }}",
		),
		splitOut('Each Word', [1360, 600], 'terms'),
		setJson('Term', [1560, 600], '={{ { term: $json.terms } }}'),
		updateRows(
			'Empty Rows That Tell',
			[1780, 600],
			AUDIT_TABLE,
			{
				matchType: 'anyCondition',
				conditions: [
					{ keyName: 'reason', condition: 'ilike', keyValue: '=%{{ $json.term }}%' },
					{ keyName: 'fieldChanges', condition: 'ilike', keyValue: '=%{{ $json.term }}%' },
				],
			},
			{
				version: '',
				reason: '',
				fieldChanges: '',
				payloadFingerprint: '',
				valueSalt: '',
			},
			{ alwaysOutputData: true },
		),
		getRows(
			'Set-Aside That Tell',
			[1780, 760],
			SET_ASIDE_TABLE,
			{
				matchType: 'anyCondition',
				conditions: [
					{ keyName: 'payload', condition: 'ilike', keyValue: '=%{{ $json.term }}%' },
					{ keyName: 'reason', condition: 'ilike', keyValue: '=%{{ $json.term }}%' },
				],
			},
			{ returnAll: true, options: {} },
			{},
		),
		setJson(
			'Without the Person',
			[2000, 760],
			"={{ ((ids, words) => { let payload = ''; try { const record = JSON.parse($json.payload); payload = JSON.stringify({ ...record, raw: undefined, persons: (record.persons ?? []).filter(one => !ids.includes(one.externalId) && !words.includes(String(one.email ?? '').trim().toLowerCase())) }); } catch (error) { payload = ''; } const reason = String($json.reason ?? ''); return { id: $json.id, payload, reason: words.some(word => word.length > 4 && reason.toLowerCase().includes(word)) ? 'A person of this record was erased.' : reason }; })($('Look').first().json.externalIds, $('Each Word').all().map(one => String(one.json.terms).toLowerCase())) }}",
		),
		updateById('Write Without', [2220, 760], SET_ASIDE_TABLE),
		{
			name: 'Erase in Pipedrive',
			type: 'n8n-nodes-erp-pipedrive.pipedriveUpsert',
			typeVersion: 1,
			position: [1140, 1090],
			parameters: {
				authentication: 'apiToken',
				resource: 'person',
				operation: 'erase',
				findBy: "={{ $('As Asked').first().json.findBy }}",
				externalId: "={{ $('As Asked').first().json.value }}",
				email: "={{ $('As Asked').first().json.value }}",
				personId: "={{ Number($('As Asked').first().json.value) || 0 }}",
				eraseBy: "={{ $('As Asked').first().json.eraseBy }}",
				dryRun: false,
				knownIds: "={{ $('Known IDs').all().map(row => row.json).filter(row => row.externalId) }}",
			},
			executeOnce: true,
		},
		{
			name: 'Done',
			type: 'n8n-nodes-base.respondToWebhook',
			typeVersion: 1.1,
			position: [1360, 1090],
			parameters: {
				respondWith: 'json',
				responseBody:
					"={{ JSON.stringify({ formSubmittedText: ({ deleted: 'The person was deleted in Pipedrive', cleared: 'All fields of the person were cleared in Pipedrive', notFound: 'Pipedrive has no such person' }[$('Erase in Pipedrive').first().json.outcome] ?? 'Look at the execution') + ', its values were removed from the tables, and the suppression list keeps it away.' }) }}",
				options: {},
			},
		},
	],
	wires: {
		Whom: [['As Asked']],
		'As Asked': [['Create Audit Table', 'Known IDs']],
		'Create Audit Table': [['Create Set-Aside Table']],
		'Create Set-Aside Table': [['Create ID Table']],
		'Create ID Table': [['Create Suppression List']],
		'Known IDs': [['Look']],
		Look: [['Go On']],
		'Go On': [['Suppression Rows', 'IDs', 'Words', 'Erase in Pipedrive'], ['Nothing Changed']],
		'Suppression Rows': [['Suppress']],
		IDs: [['Each ID']],
		'Each ID': [['Key']],
		Key: [['Empty Rows of the Person', 'Empty Rows by Number', 'Delete IDs', 'Delete Set-Aside']],
		Words: [['Each Word']],
		'Each Word': [['Term']],
		Term: [['Empty Rows That Tell', 'Set-Aside That Tell']],
		'Set-Aside That Tell': [['Without the Person']],
		'Without the Person': [['Write Without']],
		'Erase in Pipedrive': [['Done']],
	},
	settings: { saveDataErrorExecution: 'none', saveManualExecutions: false },
};
