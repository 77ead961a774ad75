import { asCoreError } from '../../core/http/errors';
import { folded } from '../../core/record/matchKeys';
import type { FieldDefinition } from './api';
import { PLANS } from './company';
import { ENTITIES, KINDS, type EntityName } from './entities';
import { DOUBLED_REMEDY, doubledText, type Field } from './fields';
import { typeNameOf } from './fieldTypeNames';
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

/** What is there of these fields and what is missing; nothing is written. */
export async function survey(
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
			const keys = same.map((one) => one.field_code);
			report.warnings.push(doubledWarning(field, keys));
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
		const [{ field_code: key, field_type: type, options }] = same;
		enterExisting(report, field, { key, type, options: options ?? [] });
	}
	const own = [...definitions.values()].flat();
	const all = [...own, ...(await others(environment, report, definitions))];
	report.needed = report.created.length;
	report.used = all.filter((field) => field.is_custom_field).length;
	report.fits = report.needed <= report.limit - report.used;
	return report;
}

/** Enters a field that is there, with the options that it lacks. */
export function enterExisting(
	report: FieldReport,
	wanted: WantedField,
	found: Pick<Field, 'key' | 'type' | 'options'>,
): void {
	const { entity } = wanted;
	report.existing.push({ entity, name: wanted.name, type: found.type, key: found.key });
	if (found.type !== wanted.type) {
		report.warnings.push(
			`The ${entity} field "${wanted.name}" is of type ${typeNameOf(found.type)}, the map expects ${typeNameOf(wanted.type)}: values that do not fit are left out. Pipedrive cannot change a type; rename the old field to have a new one created.`,
		);
		return;
	}
	const labels = new Set(found.options.map(({ label }) => folded(label)));
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

export function doubledWarning(
	{ entity, name }: Pick<WantedField, 'entity' | 'name'>,
	keys: readonly string[],
): string {
	return `${doubledText(entity, name, keys)} ${DOUBLED_REMEDY}`;
}

export function isField(
	field: Pick<WantedField, 'entity' | 'name'>,
	entity: EntityName,
	name: string,
): boolean {
	return field.entity === entity && folded(field.name) === folded(name);
}

function named(field: FieldDefinition, name: string): boolean {
	return folded(field.field_name) === folded(name);
}
