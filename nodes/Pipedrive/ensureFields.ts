import { asCoreError, CoreError } from '../../core/http/errors';
import { folded } from '../../core/record/matchKeys';
import type { FieldDefinition } from './api';
import { ENTITY_ENDPOINTS } from './api';
import { PLANS } from './company';
import { ENTITIES, KINDS, type EntityName } from './entities';
import type { Environment } from './run';

export interface WantedField {
	entity: EntityName;
	name: string;
	type: string;
	/** For `enum` and `set`: missing ones are added; none is renamed or removed. */
	options?: readonly string[];
}

export interface FieldReport {
	/** Fields to create, all custom fields of the company now, and what the plan allows. */
	needed: number;
	used: number;
	limit: number;
	fits: boolean;
	created: Array<{ entity: EntityName; name: string; type: string; key: string | null }>;
	existing: Array<{ entity: EntityName; name: string; type: string; key: string }>;
	optionsAdded: Array<{ entity: EntityName; name: string; options: string[] }>;
	tokens: number;
	warnings: string[];
}

/**
 * Creates the fields that are missing. Looks first: the report of a dry run shows needed, used and limit.
 * Throws `configuration` when the plan has no room for all of them; then none is created.
 */
export async function ensureFields(
	environment: Environment,
	wanted: readonly WantedField[],
	isDryRun: boolean,
): Promise<FieldReport> {
	const work = async () => await ensured(environment, wanted, isDryRun);
	const { memory, company } = environment;
	// Of two runs that look at the same time each would create the same fields.
	return isDryRun ? await work() : await memory.alone([`${company.key}|fields`], work);
}

async function ensured(
	environment: Environment,
	wanted: readonly WantedField[],
	isDryRun: boolean,
): Promise<FieldReport> {
	const { api, memory, company, ledger } = environment;
	const spentBefore = ledger.status().spentByRun;
	const definitions = new Map<EntityName, FieldDefinition[]>();
	for (const entity of new Set(wanted.map((field) => field.entity))) {
		definitions.set(entity, await api.fields(entity));
	}
	const report = await survey(environment, wanted, definitions);
	const todo = report.created;
	if (!isDryRun) {
		if (!report.fits) throw noRoom(report);
		try {
			for (const field of todo) {
				const { options } = wanted.find((one) => isField(one, field.entity, field.name))!;
				const made = await api.addField(field.entity, { ...field, options });
				field.key = made.field_code;
			}
			for (const added of report.optionsAdded) {
				const field = definitions.get(added.entity)!.find((one) => named(one, added.name))!;
				await api.addOptions(added.entity, field.field_code, added.options);
			}
		} catch (error) {
			throw asCoreError(error);
		} finally {
			for (const entity of definitions.keys()) memory.fields.forget(company.credentialKey, entity);
		}
	}
	report.tokens = isDryRun ? foreseenTokens(report) : ledger.status().spentByRun - spentBefore;
	return report;
}

async function survey(
	environment: Environment,
	wanted: readonly WantedField[],
	definitions: ReadonlyMap<EntityName, FieldDefinition[]>,
): Promise<FieldReport> {
	const report: FieldReport = {
		needed: 0,
		used: 0,
		limit: PLANS[environment.company.budget.plan].customFields,
		fits: true,
		created: [],
		existing: [],
		optionsAdded: [],
		tokens: 0,
		warnings: [],
	};
	for (const field of wanted) {
		const same = definitions.get(field.entity)!.filter((one) => named(one, field.name));
		if (same.length > 1) {
			report.warnings.push(
				`Pipedrive has ${same.length} ${field.entity} fields named "${field.name}" (${same.map((one) => one.field_code).join(', ')}): rename all but one.`,
			);
		}
		if (same.length === 0) {
			const twice = report.created.some((one) => isField(field, one.entity, one.name));
			if (!twice)
				report.created.push({
					entity: field.entity,
					name: field.name,
					type: field.type,
					key: null,
				});
			continue;
		}
		compare(report, field, same[0]);
	}
	const own = [...definitions.values()].flat();
	const all = [...own, ...(await others(environment, report, definitions))];
	report.needed = report.created.length;
	report.used = all.filter((field) => field.is_custom_field).length;
	report.fits = report.needed <= report.limit - report.used;
	return report;
}

function compare(report: FieldReport, wanted: WantedField, found: FieldDefinition): void {
	const { entity } = wanted;
	report.existing.push({
		entity,
		name: wanted.name,
		type: found.field_type,
		key: found.field_code,
	});
	if (found.field_type !== wanted.type) {
		report.warnings.push(
			`The ${entity} field "${wanted.name}" is of type ${found.field_type}, the map expects ${wanted.type}: values that do not fit are left out. Pipedrive cannot change a type; rename the old field to have a new one created.`,
		);
		return;
	}
	const labels = new Set((found.options ?? []).map(({ label }) => folded(label)));
	const missing = (wanted.options ?? []).filter((label) => !labels.has(folded(label)));
	if (missing.length > 0) report.optionsAdded.push({ entity, name: wanted.name, options: missing });
}

/** They count against the same quota. A token without the scope for deals still may create organization fields. */
async function others(
	environment: Environment,
	report: FieldReport,
	known: ReadonlyMap<EntityName, unknown>,
): Promise<FieldDefinition[]> {
	const definitions: FieldDefinition[] = [];
	for (const entity of ENTITIES.filter((one) => !known.has(one))) {
		try {
			definitions.push(...(await environment.api.fields(entity)));
		} catch (error) {
			const core = asCoreError(error);
			if (core.kind !== 'forbidden') throw core;
			report.warnings.push(
				`The fields of ${KINDS[entity].plural} could not be counted: the right is missing.`,
			);
		}
	}
	return definitions;
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

function isField(field: WantedField, entity: EntityName, name: string): boolean {
	return field.entity === entity && folded(field.name) === folded(name);
}

function named(field: FieldDefinition, name: string): boolean {
	return folded(field.field_name) === folded(name);
}
