/** The family of templates that all syncs are: trigger, known IDs, Pipedrive Upsert, audit. */
import {
	AUDIT_TABLE,
	createTable,
	equals,
	getRows,
	ID_TABLE,
	insertRows,
	lastAuditRun,
	replaceRows,
	SET_ASIDE_TABLE,
	SUPPRESSION_TABLE,
	type Condition,
} from './tables.mts';
import { setJson, splitOut } from './nodes.mts';
import { note, type Template, type TemplateNode, type Wires } from './workflow.mts';

export interface SyncTemplate {
	file: string;
	name: string;
	/** As people call it. */
	erp: string;
	/** The ERP's trigger; several where several entities become one thing in Pipedrive. */
	triggers: SyncTrigger[];
	everyMinutes: number;
	/** First paragraph of the overview, in front of what every sync promises. */
	promise: string;
	/** What follows "choose the credential" in the first step. */
	credential: string;
	/** Steps between the credentials and publishing. */
	steps?: string[];
	/** "Change if you like", between *Start From* and *Dry Run*. */
	changes: string[];
	/** Beside `authentication`, of Pipedrive Upsert. */
	upsert?: Record<string, unknown>;
	options?: Record<string, unknown>;
	/** What else the table may know of the record, beside the rows that it brought itself. */
	alsoKnown?: Condition[];
	/** The id table keeps one row per record: for records that change with each of many others. */
	replacesIds?: boolean;
	/** Of both notes. */
	height?: number;
}

export interface SyncTrigger {
	name: string;
	/** Of this package. */
	type: string;
	parameters: Record<string, unknown>;
}

const OWN = 'n8n-nodes-erp-pipedrive';
const UPSERT = 'Pipedrive Upsert';
/** One record by its number: for a person who cannot wait, or who asks why. No position moves. */
const ONE = { start: 'Sync One Now', which: 'Which Record', read: 'One Record' };
/** A name of two lines and the subtitle stand below a node. */
const LANE = 200;
/** A full table stops no sync; only what is set aside has no other place. */
const STOPS_NOTHING: Partial<TemplateNode> = { onError: 'continueRegularOutput' };
const KEPT =
	'Every change follows, nothing is written twice, and what cannot be written is set aside with its reason.';

export function syncTemplate(sync: SyncTemplate): Template {
	const { file, name } = sync;
	return { file, name, nodes: nodesOf(sync), wires: wiresOf(sync) };
}

function nodesOf(sync: SyncTemplate): TemplateNode[] {
	return [
		overview(sync),
		setup(sync),
		...sync.triggers.map((_, lane) => trigger(sync, lane)),
		...oneRecord(sync),
		createTable('Create Audit Table', [240, 10], AUDIT_TABLE),
		createTable('Create Set-Aside Table', [460, 10], SET_ASIDE_TABLE),
		createTable('Create ID Table', [680, 10], ID_TABLE),
		createTable('Create Suppression List', [900, 10], SUPPRESSION_TABLE),
		suppressed(),
		lastAuditRun([1340, 10]),
		knownIds(sync),
		withKnownIds(),
		upsert(sync),
		splitOut('Audit Rows', [1260, 150], 'audit'),
		insertRows('Write Audit', [1500, 150], AUDIT_TABLE, STOPS_NOTHING),
		splitOut('ID Rows', [1260, 290], 'idRows'),
		sync.replacesIds
			? replaceRows(
					'Write IDs',
					[1500, 290],
					ID_TABLE,
					['externalId', 'pipedriveType'],
					STOPS_NOTHING,
				)
			: insertRows('Write IDs', [1500, 290], ID_TABLE, STOPS_NOTHING),
		setAsideRows(),
		insertRows('Write Set-Aside', [1500, 470], SET_ASIDE_TABLE),
	];
}

function wiresOf({ triggers }: SyncTemplate): Wires {
	const first = ['Create Audit Table', 'Known IDs', 'With Known IDs'];
	return {
		...Object.fromEntries(triggers.map(({ name }) => [name, [first]])),
		[ONE.start]: [[ONE.which]],
		[ONE.which]: [[ONE.read]],
		[ONE.read]: [first],
		'Create Audit Table': [['Create Set-Aside Table']],
		'Create Set-Aside Table': [['Create ID Table']],
		'Known IDs': [[['With Known IDs', 1]]],
		'With Known IDs': [[UPSERT]],
		[UPSERT]: [
			['Audit Rows', 'ID Rows'],
			['Set-Aside Rows', 'Audit Rows'],
		],
		'Audit Rows': [['Write Audit']],
		'ID Rows': [['Write IDs']],
		'Set-Aside Rows': [['Write Set-Aside']],
		'Create ID Table': [['Create Suppression List']],
		'Create Suppression List': [['Suppressed']],
		Suppressed: [['Last Audit Run']],
	};
}

const listed = (names: readonly string[]) =>
	names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

function overview({ erp, triggers, promise, height = 260 }: SyncTemplate): TemplateNode {
	const start = triggers.length === 1 ? triggers[0].name : `${erp} Triggers`;
	const content = [
		`## ${erp} → Pipedrive`,
		`${promise} ${KEPT}`,
		`\`${start} → known IDs → Pipedrive Upsert → audit\``,
		[
			'* **erp_audit_rows**: what was read, written and spent',
			'* **erp_setaside_items**: records that wait for a person or a retry',
			'* **erp_known_ids**: which Pipedrive record belongs to which ERP record',
		].join('\n'),
		'The trigger moves its position only after a run succeeded: a failed run is repeated.',
	].join('\n\n');
	const position: [number, number] = [-20, -50 - height];
	return note('Overview', content, { position, width: 720, height, color: 4 });
}

function setup(sync: SyncTemplate): TemplateNode {
	const { triggers, credential, steps = [], changes, height = 260 } = sync;
	const names = listed(
		[...triggers.map(({ name }) => name), ONE.read].map((name) => `**${name}**`),
	);
	const one = triggers.length === 1;
	const numbered = [
		`Open ${names} and choose the credential${credential}`,
		'Open **Pipedrive Upsert** and choose the credential. Its user should be a global admin: records it cannot see look absent.',
		...steps,
		'Publish. The tables and the Pipedrive fields are created by the first run.',
	].map((step, at) => `${at + 1}. ${step}`);
	const rest = [
		'*Start From*: everything (default), a date, or from now',
		...changes,
		'*Dry Run* in Pipedrive Upsert: see the plan and its token cost first',
		`One record now: type its number into **${ONE.which}** and execute from **${ONE.start}**. No position moves.`,
	].map((change) => `* ${change}`);
	const content = [
		'### Set up',
		numbered.join('\n'),
		'### Change if you like',
		rest.join('\n'),
		one
			? 'Do not rename the trigger once it runs: its position is kept under its name. "Rewind To" mends it.'
			: 'Do not rename a trigger once it runs: its position is kept under its name. "Rewind To" mends it.',
	].join('\n\n');
	const position: [number, number] = [740, -50 - height];
	return note('Setup', content, { position, width: 920, height, color: 7 });
}

function trigger({ triggers, everyMinutes }: SyncTemplate, lane: number): TemplateNode {
	const { name, type, parameters } = triggers[lane];
	const middle = (triggers.length - 1) / 2;
	return {
		name,
		type: `${OWN}.${type}`,
		typeVersion: 1,
		position: [0, 290 + (lane - middle) * LANE],
		parameters: {
			pollTimes: { item: [{ mode: 'everyX', value: everyMinutes, unit: 'minutes' }] },
			...parameters,
			startFrom: 'everything',
		},
	};
}

function oneRecord({ triggers }: SyncTemplate): TemplateNode[] {
	const [{ type, parameters }] = triggers;
	const { entity, ...same } = parameters;
	const y = 290 + ((triggers.length + 1) / 2) * LANE;
	return [
		{
			name: ONE.start,
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [-440, y],
			parameters: {},
		},
		{
			name: ONE.which,
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			position: [-220, y],
			parameters: {
				assignments: {
					assignments: [{ id: 'number', name: 'number', type: 'string', value: '' }],
				},
				options: {},
			},
		},
		{
			name: ONE.read,
			type: `${OWN}.${type.replace(/Trigger$/, '')}`,
			typeVersion: 1,
			position: [0, y],
			parameters: {
				...same,
				resource: entity,
				operation: 'get',
				[type === 'sapBusinessOneTrigger' ? 'key' : 'number']: '={{ $json.number }}',
			},
		},
	];
}

/** Erased persons. A list that cannot be read stops the run: nobody is brought back by mistake. */
function suppressed(): TemplateNode {
	return getRows(
		'Suppressed',
		[1120, 10],
		SUPPRESSION_TABLE,
		{ matchType: 'anyCondition', conditions: [] },
		{ returnAll: true },
		{ executeOnce: true, alwaysOutputData: true },
	);
}

function knownIds({ alsoKnown = [] }: SyncTemplate): TemplateNode {
	const own = equals('recordExternalId', '={{ $json.erp.externalId }}');
	return getRows(
		'Known IDs',
		[460, 175],
		ID_TABLE,
		{
			matchType: alsoKnown.length > 0 ? 'anyCondition' : 'allConditions',
			conditions: [own, ...alsoKnown],
		},
		{ returnAll: true },
		{ alwaysOutputData: true },
	);
}

function withKnownIds(): TemplateNode {
	return {
		name: 'With Known IDs',
		type: 'n8n-nodes-base.merge',
		typeVersion: 3.2,
		position: [760, 290],
		parameters: {
			mode: 'chooseBranch',
			chooseBranchMode: 'waitForAll',
			output: 'specifiedInput',
			useDataOfInput: 1,
		},
	};
}

function upsert({ upsert: more = {}, options = {} }: SyncTemplate): TemplateNode {
	return {
		name: UPSERT,
		type: `${OWN}.pipedriveUpsert`,
		typeVersion: 1,
		position: [1000, 290],
		parameters: {
			authentication: 'apiToken',
			resource: 'erpRecord',
			operation: 'upsert',
			record: '={{ $json }}',
			whenSetAside: 'output',
			knownIds: "={{ $('Known IDs').all().map(row => row.json).filter(row => row.externalId) }}",
			suppressionList: "={{ $('Suppressed').all().map(row => row.json).filter(row => row.hash) }}",
			...more,
			options: {
				createMissingFields: true,
				...options,
				lastAuditRun: "={{ $('Last Audit Run').first().json }}",
			},
		},
	};
}

function setAsideRows(): TemplateNode {
	const columns = [
		'externalId: $json.externalId',
		'system: $json.erp.system',
		'entity: $json.erp.entity',
		'erpKey: $json.erp.key',
		'pipedriveType: $json.pipedriveType',
		'reasonCode: $json.reasonCode',
		'reason: $json.reason',
		"retryAt: $json.retryAt ?? ''",
		'attempt: $json.attempt',
		"status: 'open'",
		"runId: $json.audit[0]?.runId ?? ''",
		'payload: JSON.stringify($json.payload)',
		'setAsideAt: $now.toUTC().toISO()',
	];
	return setJson('Set-Aside Rows', [1260, 470], `={{ { ${columns.join(', ')} } }}`);
}
