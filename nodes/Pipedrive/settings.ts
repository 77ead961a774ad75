import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { DEFAULT_DEAL_SETTINGS, type DealSettings } from './deals/dealSettings';
import { DEFAULT_DOCUMENT_SETTINGS } from './history/documentSettings';
import type { HistoryMode } from './history/intents';
import { ENTITIES, isEntityName, type EntityName } from './entities';
import { DEFAULT_MAP, type MapRow, type WritePolicy } from './fieldMap';
import type { KnownId, UpsertSettings } from './run';
import { parsedJson, tableRowsOf } from './tableRows';
import { EXTERNAL_ID_FIELD } from './templateFields';

/** The node's parameters as the upsert wants them. Read once per run: they are not per item. */
export function settingsOf(context: IExecuteFunctions, resource: string): UpsertSettings {
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const text = (name: string, fallback: string) =>
		String(options[name] ?? fallback).trim() || fallback;
	const number = (name: string, fallback: number) => {
		const value = Number(options[name] ?? fallback);
		return Number.isFinite(value) ? value : fallback;
	};
	const externalIdField = text('externalIdField', EXTERNAL_ID_FIELD);
	return {
		map: forEntities((entity) => (resource === 'erpRecord' ? mapOf(context, entity) : [])),
		externalIdField: forEntities(() => externalIdField),
		link: linkOf(context, options, resource),
		secondIdentity: text('secondIdentity', 'setAside') as UpsertSettings['secondIdentity'],
		isDryRun: context.getNodeParameter('dryRun', 0, false) === true,
		maxIndexRows: number('maxIndexRows', 100_000),
		stopAbovePercent: number('stopAbovePercent', 30),
		createsMissingFields: options.createMissingFields === true,
		createsMissingOptions: options.createMissingOptions === true,
		recreateDeleted: options.recreateDeleted === true,
		defaultOwner: text('defaultOwner', ''),
		isVisibleToAll: options.visibleToAll === true,
		misfitsHoldBack: options.misfits !== 'leaveOut',
		deal: dealSettingsOf(options),
		documents: {
			mode: text('documentsAs', DEFAULT_DOCUMENT_SETTINGS.mode) as HistoryMode,
			activitiesFrom: text('documentsFrom', '').slice(0, 10),
		},
		knownIds: knownIdsOf(context.getNodeParameter('knownIds', 0, '')),
	};
}

function forEntities<T>(valueOf: (entity: EntityName) => T): Record<EntityName, T> {
	return Object.fromEntries(ENTITIES.map((entity) => [entity, valueOf(entity)])) as Record<
		EntityName,
		T
	>;
}

function dealSettingsOf(options: IDataObject): DealSettings {
	const stages = (options.dealStages as { rows?: IDataObject[] } | undefined)?.rows ?? [];
	return {
		pipeline: String(options.dealPipeline ?? DEFAULT_DEAL_SETTINGS.pipeline).trim(),
		stages: stages.map(({ erpStatus, stage }) => ({
			erpStatus: String(erpStatus ?? '').trim(),
			stage: String(stage ?? '').trim(),
		})),
		writesLines: options.dealLines !== 'leave',
		removesLines: options.dealLines === 'writeAndRemove',
	};
}

function linkOf(
	context: IExecuteFunctions,
	options: IDataObject,
	resource: string,
): UpsertSettings['link'] {
	if (resource === 'erpRecord') return String(options.link ?? 'match') as UpsertSettings['link'];
	return context.getNodeParameter('link', 0, 'match') as UpsertSettings['link'];
}

function mapOf(context: IExecuteFunctions, entity: EntityName): MapRow[] {
	const parameter = context.getNodeParameter(`${entity}Map`, 0, {}) as { rows?: IDataObject[] };
	if (!parameter.rows) return [...DEFAULT_MAP[entity]];
	return parameter.rows.map((row) => ({
		erpField:
			row.erpField === 'extension'
				? `organization.extensions.${String(row.extensionName ?? '')}`
				: String(row.erpField ?? ''),
		pipedriveField: String(row.pipedriveField ?? ''),
		policy: (row.policy ?? 'erpWins') as WritePolicy,
		isActive: row.isActive !== false,
	}));
}

/** Rows of the id table. */
export function knownIdsOf(parameter: unknown): KnownId[] {
	return tableRowsOf(parameter, 'Known IDs', 'ID Table')
		.filter(
			(row) => row.externalId && isKnownRecord(row.pipedriveId) && isKnownType(row.pipedriveType),
		)
		.map((row) => ({
			externalId: String(row.externalId),
			pipedriveType: (row.pipedriveType ?? 'organization') as KnownId['pipedriveType'],
			pipedriveId: Number(row.pipedriveId),
			digests: digestsIn(row.digests),
			writtenAt: String(row.writtenAt ?? ''),
		}));
}

function isKnownType(type: unknown): boolean {
	return type === undefined || isEntityName(type) || type === 'note' || type === 'activity';
}

/** An id, or 0 for a record that was gone from the ERP before it came to Pipedrive. */
function isKnownRecord(column: unknown): boolean {
	const id = Number(column);
	return Number.isSafeInteger(id) && (id > 0 || String(column) === '0');
}

/** The table may have been edited by hand: whatever is no digest is left out. */
function digestsIn(column: unknown): KnownId['digests'] {
	const digests = typeof column === 'string' ? parsedJson(column) : column;
	if (digests === null || typeof digests !== 'object') return {};
	return Object.fromEntries(
		Object.entries(digests).filter(
			(entry): entry is [string, string] => typeof entry[1] === 'string',
		),
	);
}
