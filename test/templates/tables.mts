/** The Data Tables that the templates share, and the nodes that make, read and fill them. */
import { AUDIT_COLUMNS } from '../../core/audit/auditEvent';
import type { TemplateNode } from './workflow.mts';

export interface Column {
	name: string;
	type: 'string' | 'number' | 'date';
}

export const AUDIT_TABLE = 'erp_audit_rows';
export const SET_ASIDE_TABLE = 'erp_setaside_items';
export const ID_TABLE = 'erp_known_ids';
export const SUPPRESSION_TABLE = 'erp_suppressed';

export const TABLES: Readonly<Record<string, readonly Column[]>> = {
	[AUDIT_TABLE]: AUDIT_COLUMNS.map(({ name, type }) => ({ name, type })),
	[SET_ASIDE_TABLE]: columns(
		'externalId system entity erpKey pipedriveType reasonCode reason retryAt attempt:number status runId payload setAsideAt',
	),
	[ID_TABLE]: columns(
		'recordExternalId externalId pipedriveType pipedriveId:number digests writtenAt',
	),
	[SUPPRESSION_TABLE]: columns('hash secretId addedAt'),
};

export function columns(text: string): Column[] {
	return text.split(' ').map((word) => {
		const [name, type = 'string'] = word.split(':');
		return { name, type: type as Column['type'] };
	});
}

type Position = TemplateNode['position'];

export interface Condition {
	keyName: string;
	condition: string;
	keyValue?: string;
}

export interface Filter {
	matchType: 'allConditions' | 'anyCondition';
	conditions: Condition[];
}

function dataTable(
	name: string,
	position: Position,
	parameters: Record<string, unknown>,
	switches: Partial<TemplateNode> = {},
): TemplateNode {
	const type = 'n8n-nodes-base.dataTable';
	return { name, type, typeVersion: 1.1, position, parameters, ...switches };
}

/** Runs once, whatever comes in: a table that is there stays as it is. */
export function createTable(
	name: string,
	position: Position,
	table: string,
	column: readonly Column[] = TABLES[table],
): TemplateNode {
	return dataTable(
		name,
		position,
		{
			resource: 'table',
			operation: 'create',
			tableName: table,
			columns: { column },
			options: { createIfNotExists: true },
		},
		{ executeOnce: true },
	);
}

const tableNamed = (value: string) => ({ __rl: true, mode: 'name', value });

export function getRows(
	name: string,
	position: Position,
	table: string,
	filter: Filter,
	paging: Record<string, unknown>,
	switches: Partial<TemplateNode>,
): TemplateNode {
	return dataTable(
		name,
		position,
		{
			resource: 'row',
			operation: 'get',
			dataTableId: tableNamed(table),
			matchType: filter.matchType,
			filters: { conditions: filter.conditions },
			...paging,
		},
		switches,
	);
}

/** Keys of the items are columns. */
export function insertRows(
	name: string,
	position: Position,
	table: string,
	switches: Partial<TemplateNode> = {},
): TemplateNode {
	return dataTable(
		name,
		position,
		{
			resource: 'row',
			operation: 'insert',
			dataTableId: tableNamed(table),
			columns: { mappingMode: 'autoMapInputData', value: null },
			options: { optimizeBulk: true },
		},
		switches,
	);
}

/** One row per value of these columns, the newest. */
export function replaceRows(
	name: string,
	position: Position,
	table: string,
	keys: readonly string[],
	switches: Partial<TemplateNode> = {},
): TemplateNode {
	return dataTable(
		name,
		position,
		{
			resource: 'row',
			operation: 'upsert',
			dataTableId: tableNamed(table),
			matchType: 'allConditions',
			filters: { conditions: keys.map((key) => equals(key, `={{ $json.${key} }}`)) },
			columns: { mappingMode: 'autoMapInputData', value: null },
			options: {},
		},
		switches,
	);
}

export function deleteRows(
	name: string,
	position: Position,
	table: string,
	conditions: Condition[],
	switches: Partial<TemplateNode> = { executeOnce: true, alwaysOutputData: true },
): TemplateNode {
	return dataTable(
		name,
		position,
		{
			resource: 'row',
			operation: 'deleteRows',
			dataTableId: tableNamed(table),
			matchType: 'allConditions',
			filters: { conditions },
			options: {},
		},
		switches,
	);
}

/** @param value texts by column; the other columns stay */
export function updateRows(
	name: string,
	position: Position,
	table: string,
	{ matchType, conditions }: Filter,
	value: Readonly<Record<string, string>>,
	switches: Partial<TemplateNode> = {},
): TemplateNode {
	const schema = Object.keys(value).map((id) => ({
		id,
		displayName: id,
		required: false,
		defaultMatch: false,
		display: true,
		type: 'string',
		readOnly: false,
		removed: false,
	}));
	return dataTable(
		name,
		position,
		{
			resource: 'row',
			operation: 'update',
			dataTableId: tableNamed(table),
			matchType,
			filters: { conditions },
			columns: { mappingMode: 'defineBelow', value, matchingColumns: [], schema },
			options: {},
		},
		switches,
	);
}

export function equals(keyName: string, keyValue: string): Condition {
	return { keyName, condition: 'eq', keyValue };
}

/** Each item is written into the row of its `id`. */
export function updateById(name: string, position: Position, table: string): TemplateNode {
	return dataTable(name, position, {
		resource: 'row',
		operation: 'update',
		dataTableId: tableNamed(table),
		matchType: 'allConditions',
		filters: { conditions: [equals('id', '={{ $json.id }}')] },
		columns: { mappingMode: 'autoMapInputData', value: null },
		options: {},
	});
}

/** The row that sealed the workflow's last run: the next run goes on from there. */
export function lastAuditRun(position: Position): TemplateNode {
	return getRows(
		'Last Audit Run',
		position,
		AUDIT_TABLE,
		{
			matchType: 'allConditions',
			conditions: [
				equals('workflowId', '={{ $workflow.id }}'),
				{ keyName: 'lastHash', condition: 'isNotEmpty' },
			],
		},
		{
			returnAll: false,
			limit: 1,
			orderBy: true,
			orderByColumn: 'runNumber',
			orderByDirection: 'DESC',
		},
		{ executeOnce: true, alwaysOutputData: true, onError: 'continueRegularOutput' },
	);
}
