import type { Ports } from '../../core/http/ports';
import type { PipedriveApi } from './api';
import type { Caller } from './call';
import type { Company } from './company';
import type { DealSettings } from './deals/dealSettings';
import type { EntityName, PipedriveType } from './entities';
import type { DocumentSettings } from './history/documentSettings';
import type { FieldSet } from './fields';
import type { MapRow } from './fieldMap';
import { codeKey, nameKey, orderKey, personEmailKey, personNameKey } from './matchKeys';
import type { IdIndex } from './idIndex';
import type { IndexShape, RecordStore } from './recordStore';
import type { Intent } from './intents';
import type { Ledger } from './ledger';
import { matchOf, type Match, type MatchQuery, type MatchRules } from './match';
import { isRecognised } from './digests';
import type { ProcessMemory, Remembered } from './memory';
import type { PlanSettings } from './plan';
import type { Result } from './result';

export interface Environment {
	api: PipedriveApi;
	/** For endpoints that only one part of the node uses. */
	call: Caller;
	ledger: Ledger;
	company: Company;
	memory: ProcessMemory;
	ports: Ports;
	/** The user stopped the execution: what is under way ends, nothing new is sent. */
	isCancelled?: () => boolean;
}

export interface UpsertSettings {
	map: Record<EntityName, readonly MapRow[]>;
	/** Name or key of the custom field. */
	externalIdField: Record<EntityName, string>;
	link: MatchRules['link'];
	secondIdentity: MatchRules['secondIdentity'];
	isDryRun: boolean;
	/** Above it records are looked up one by one. */
	maxIndexRows: number;
	/** 0 = never. */
	stopAbovePercent: number;
	recreateDeleted: boolean;
	/** Custom fields of the map that do not exist yet are created. */
	createsMissingFields: boolean;
	/** Entities that this batch finds and does not write: their map creates no fields. */
	lookedUp?: readonly EntityName[];
	/** Options that values need and that a single or multiple option field does not have are added. */
	createsMissingOptions: boolean;
	/** E-mail or id of the owner of new records; '' = the token's user. */
	defaultOwner: string;
	isVisibleToAll: boolean;
	/** A value that does not fit its field holds the whole record back; else only the value is left out. */
	misfitsHoldBack: boolean;
	deal: DealSettings;
	documents: DocumentSettings;
	knownIds: readonly KnownId[];
}

/** A row of the durable id table. */
export interface KnownId extends Remembered {
	externalId: string;
	pipedriveType: PipedriveType;
}

export type IntentResult = Result<Intent>;

/** Why nothing more is sent in this run. */
export interface Stop {
	reasonCode: 'deferred' | 'failed' | 'rejected';
	reason: string;
	retryAt?: string;
}

/** What one entity needs in one run, and what the run has learnt so far. */
export interface EntityRun {
	entity: EntityName;
	fields: FieldSet;
	shape: IndexShape;
	index: IdIndex;
	rules: MatchRules;
	plan: PlanSettings;
	/** The index, or only the records that this run needs. */
	directory: RecordStore;
	/** Creates are refused by the plan's cap. */
	createsStopped?: Stop;
}

export interface Run {
	environment: Environment;
	settings: UpsertSettings;
	entities: Partial<Record<EntityName, EntityRun>>;
	known: ReadonlyMap<string, KnownId>;
	/** Organizations of deals that are not in the batch, by external id. */
	hosts: ReadonlyMap<string, number>;
	stop?: Stop;
	/** Failed requests in a row that got no answer. */
	silence: number;
}

export function knownIdsByKey(rows: readonly KnownId[]): Map<string, KnownId> {
	return new Map(rows.map((row) => [`${row.pipedriveType}|${row.externalId}`, row]));
}

/** The newer of what the process and the id table remember. */
export function recall(
	run: Run,
	intent: { entity: PipedriveType; externalId: string },
): Remembered | undefined {
	const { memory, company } = run.environment;
	const mine = memory.recall(company.key, intent.entity, intent.externalId);
	const table = run.known.get(`${intent.entity}|${intent.externalId}`);
	if (!mine || !table) return mine ?? table;
	return table.writtenAt > mine.writtenAt ? table : mine;
}

/** The record that is remembered; 0 stands for one that was gone from the ERP before it came to Pipedrive. */
export function rememberedIdOf(
	run: Run,
	intent: { entity: PipedriveType; externalId: string },
): number | undefined {
	return recall(run, intent)?.pipedriveId || undefined;
}

export function queryOf(run: Run, intent: Intent, orgId: number | undefined): MatchQuery {
	return {
		entity: intent.entity,
		externalId: intent.externalId,
		idField: entityRun(run, intent.entity).plan.externalIdField.name,
		webUrl: run.environment.company.webUrl,
		rememberedId: rememberedIdOf(run, intent),
		isRecognised: (row) => isRecognised(intent, row, recall(run, intent)?.digests ?? {}),
		name: intent.name,
		address: intent.address,
		email: intent.email,
		orgId,
		code: intent.code,
		orderNumbers: intent.orderNumbers,
	};
}

export function matchIntent(run: Run, intent: Intent, orgId: number | undefined): Match {
	const { directory, rules } = entityRun(run, intent.entity);
	return matchOf(queryOf(run, intent, orgId), directory, rules);
}

export function entityRun(run: Run, entity: EntityName): EntityRun {
	return run.entities[entity]!;
}

/** Two runs must not create these at the same time. */
export function lockKeysOf(run: Run, intent: Intent, orgId?: number): string[] {
	const { company } = run.environment;
	const keys = [`${company.key}|${intent.entity}|${intent.externalId}`];
	// Same name and address means the same organization, whichever ERP record comes first.
	if (intent.entity === 'organization') keys.push(`${company.key}|${nameKey(intent.name)}`);
	if (intent.code) keys.push(`${company.key}|${codeKey(intent.code)}`);
	if (orgId !== undefined) {
		const numbers = (intent.orderNumbers ?? []).map((number) => orderKey(orgId, number));
		const person =
			intent.entity === 'person'
				? [personEmailKey(orgId, intent.email ?? ''), personNameKey(orgId, intent.name)]
				: [];
		for (const key of [...numbers, ...person]) if (key !== '') keys.push(`${company.key}|${key}`);
	}
	return keys;
}
