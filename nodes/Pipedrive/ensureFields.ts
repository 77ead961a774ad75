import { asCoreError, CoreError } from '../../core/http/errors';
import { ENTITY_ENDPOINTS, type FieldDefinition } from './api';
import type { EntityName } from './entities';
import {
	enterExisting,
	doubledWarning,
	isField,
	survey,
	type FieldReport,
	type WantedField,
} from './fieldReport';
import type { Field } from './fields';
import type { Environment } from './run';
import { yieldToOlder, type MadeField } from './twinFields';

/**
 * Creates the fields that are missing. Looks first: the report of a dry run shows needed, used and limit.
 * Throws `configuration` when the plan has no room for all of them; then none is created.
 */
export async function ensureFields(
	environment: Environment,
	wanted: readonly WantedField[],
	isDryRun: boolean,
): Promise<FieldReport> {
	if (isDryRun) return await ensured(environment, wanted, true);
	return await createFields(environment, wanted).finally(() => {
		// Who uses this by hand may create more by hand.
		forgetFields(environment, new Set(wanted.map(({ entity }) => entity)));
	});
}

/** As `ensureFields`; the lists of fields that were read at the end stay in the cache for the run that goes on. */
export async function createFields(
	environment: Environment,
	wanted: readonly WantedField[],
): Promise<FieldReport> {
	const { memory, company } = environment;
	// Of two runs that look at the same time each would create the same fields.
	return await memory.alone(
		[`${company.key}|fields`],
		async () => await ensured(environment, wanted, false),
	);
}

function forgetFields({ memory, company }: Environment, entities: ReadonlySet<EntityName>): void {
	for (const entity of entities) memory.fields.forget(company.credentialKey, entity);
}

async function ensured(
	environment: Environment,
	wanted: readonly WantedField[],
	isDryRun: boolean,
): Promise<FieldReport> {
	const { api, ledger } = environment;
	const spentBefore = ledger.status().spentByRun;
	const definitions = new Map<EntityName, FieldDefinition[]>();
	for (const entity of new Set(wanted.map((field) => field.entity))) {
		definitions.set(entity, await api.fields(entity));
	}
	const report = await survey(environment, wanted, definitions);
	if (!isDryRun) {
		if (!report.fits) throw noRoom(report);
		let fresh: ReadonlySet<EntityName> = new Set();
		try {
			fresh = await create(environment, wanted, report);
		} finally {
			const stale = [...definitions.keys()].filter((entity) => !fresh.has(entity));
			forgetFields(environment, new Set(stale));
		}
	}
	report.tokens = isDryRun ? foreseenTokens(report) : ledger.status().spentByRun - spentBefore;
	return report;
}

/** @returns the entities whose fields in the cache are those of now */
async function create(
	environment: Environment,
	wanted: readonly WantedField[],
	report: FieldReport,
): Promise<ReadonlySet<EntityName>> {
	const { api, ports } = environment;
	const made: MadeField[] = [];
	let refused: CoreError | undefined;
	try {
		for (const field of report.created) {
			const { options } = wantedOf(wanted, field);
			const { field_code: key } = await api.addField(field.entity, { ...field, options });
			field.key = key;
			made.push({ ...field, key, madeAt: ports.now() });
		}
	} catch (error) {
		refused = asCoreError(error);
	}
	await settle(environment, wanted, report, made).catch((error: unknown) => {
		refused ??= asCoreError(error);
	});
	if (refused) throw asCoreError(refused);
	const fresh = new Set(made.map(({ entity }) => entity));
	for (const { entity, name, options } of report.optionsAdded) {
		const { key } = report.existing.find((field) => isField(field, entity, name))!;
		fresh.delete(entity);
		await api.addOptions(entity, key, options);
	}
	return fresh;
}

/** Also of what was created before Pipedrive refused the rest: else every later run would find it twice. */
async function settle(
	environment: Environment,
	wanted: readonly WantedField[],
	report: FieldReport,
	made: readonly MadeField[],
): Promise<void> {
	let failed: CoreError | undefined;
	for (const entity of new Set(made.map((field) => field.entity))) {
		const mine = made.filter((field) => field.entity === entity);
		const settlement = await yieldToOlder(environment, entity, mine).catch((error: unknown) => {
			failed ??= asCoreError(error);
		});
		if (!settlement) continue;
		const { replaced, doubled } = settlement;
		for (const [own, other] of replaced) replace(report, wantedOf(wanted, own), other);
		for (const { mine: own, others } of doubled) {
			report.warnings.push(doubledWarning(own, [own.key, ...others.map(({ key }) => key)]));
		}
	}
	if (failed) throw asCoreError(failed);
}

function wantedOf(
	wanted: readonly WantedField[],
	{ entity, name }: Pick<WantedField, 'entity' | 'name'>,
): WantedField {
	return wanted.find((one) => isField(one, entity, name))!;
}

/** Somebody else was first: another process or a person. */
function replace(report: FieldReport, wanted: WantedField, other: Field): void {
	const { entity, name } = wanted;
	report.created = report.created.filter((one) => !isField(one, entity, name));
	report.warnings.push(
		`At the same moment somebody else created the ${entity} field "${name}": that one is used, and the empty one created here was removed.`,
	);
	enterExisting(report, wanted, other);
}

function noRoom(report: FieldReport): CoreError {
	return new CoreError(
		'configuration',
		`Pipedrive has no room for ${report.needed} more custom fields: ${report.used} of ${report.limit} are used.`,
		{
			remedy:
				'Delete unused fields in Pipedrive, choose fewer fields, or correct Plan in the Pipedrive credential.',
		},
	);
}

function foreseenTokens(report: FieldReport): number {
	const { addField, addOptions } = ENTITY_ENDPOINTS.organization;
	return report.created.length * addField.cost + report.optionsAdded.length * addOptions.cost;
}
