/** What organizations, persons, deals and products share: reading, finding, owners, deletion. */
import { ApiError, invalid, notFound } from './apiError.mts';
import type { Row } from './collection.mts';
import { readCustomFields } from './customFields.mts';
import type { FieldEntity } from './fieldDefinitions.mts';
import { sees } from './listing.mts';
import { bool, int, listOf, obj, str, type Schema } from './schema.mts';
import type { Call, QueryParameter, Reply } from './operation.mts';
import { addressParts } from './fieldDefinitions.mts';
import type { EntityName, World } from './world.mts';

export const addressBody: Schema = obj(
	Object.fromEntries(addressParts.map((part) => [part, str({ clearable: true })])),
	[],
	{ clearable: true },
);

export const contactBody: Schema = listOf(obj({ value: str(), primary: bool(), label: str() }));

export const customFieldsBody: Schema = obj({}, [], { open: true });
export const labelsBody: Schema = listOf(int());

export function readingQuery(includable: readonly string[]): Record<string, QueryParameter> {
	return {
		include_fields: { type: 'list', enum: includable },
		custom_fields: { type: 'list', maxItems: 15 },
		include_option_labels: { type: 'boolean' },
		include_labels: { type: 'boolean' },
	};
}

export const bulkReadQuery: Record<string, QueryParameter> = {
	filter_id: { type: 'integer' },
	ids: { type: 'integers', maxItems: 100 },
};

/** Turns a stored row into what the API shows, honouring the reading parameters. */
export function projector(
	call: Call,
	entity: FieldEntity,
	count: (row: Row, key: string) => unknown = () => 0,
): (row: Row) => Record<string, unknown> {
	const { world, query } = call;
	const only = query.custom_fields as string[] | undefined;
	for (const code of only ?? []) {
		if (!world.customFieldsOf(entity).some((field) => field.code === code)) {
			throw invalid(`custom_fields: unknown key '${code}'`);
		}
	}
	const labels = world.fields[entity].find((field) => field.code === 'label_ids')?.options ?? [];
	return (row) => {
		const { merged_to_id: _, ...kept } = row;
		const shown: Record<string, unknown> = kept;
		for (const key of (query.include_fields as string[] | undefined) ?? []) {
			shown[key] = count(row, key);
		}
		if (query.include_labels === true) {
			const ids = (row.label_ids as number[] | undefined) ?? [];
			shown.labels = ids.map((id) => labels.find((label) => label.id === id));
		}
		const withLabels = query.include_option_labels === true;
		shown.custom_fields = readCustomFields(world, entity, row, only, withLabels);
		return shown;
	};
}

/** A row by path id. Deleted ones answer as the sandbox was told; a private one looks absent. */
export function find(call: Call, entity: EntityName, what: string, id = call.params.id): Row {
	const row = call.world.collections[entity].get(id as number);
	if (!row || !sees(call.user, row)) throw notFound(what);
	const answer = call.world.options.deletedAnswers;
	if (row.is_deleted && answer !== 200) {
		throw answer === 410 ? new ApiError(410, `${what} is deleted`, 'ERR_GONE') : notFound(what);
	}
	return row;
}

export function remove(call: Call, entity: EntityName, what: string): Reply {
	const row = call.world.collections[entity].get(call.params.id as number);
	if (!row || row.is_deleted || !sees(call.user, row)) throw notFound(what);
	call.world.put(entity, { ...row, is_deleted: true, update_time: call.world.moment() });
	return { data: { id: row.id } };
}

/** Refuses ids that name nothing: owner, labels, organization, person. */
export function checkLinks(world: World, entity: FieldEntity, body: Record<string, unknown>): void {
	const { owner_id: owner, org_id: org, person_id: person, label_ids: labels } = body;
	if (typeof owner === 'number' && !world.users.some((user) => user.id === owner && user.active)) {
		throw invalid(`owner_id: user ${owner} does not exist`);
	}
	if (typeof org === 'number' && !world.living('organizations', org)) {
		throw invalid(`org_id: organization ${org} does not exist`);
	}
	if (typeof person === 'number' && !world.living('persons', person)) {
		throw invalid(`person_id: person ${person} does not exist`);
	}
	const known = world.fields[entity].find((field) => field.code === 'label_ids')?.options ?? [];
	for (const id of (labels as number[] | undefined) ?? []) {
		if (!known.some((option) => option.id === id)) throw invalid(`label_ids: unknown label ${id}`);
	}
	checkVisibility(world, body.visible_to);
}

function checkVisibility(world: World, value: unknown): void {
	if (value === undefined) return;
	const small = world.options.plan === 'lite' || world.options.plan === 'growth';
	const allowed = small ? [1, 3] : [1, 3, 5, 7];
	if (!allowed.includes(value as number)) {
		throw invalid(`visible_to: must be one of ${allowed.join(', ')}`);
	}
}

/** Whole company. */
export function defaultVisibility(world: World): number {
	return world.options.plan === 'lite' || world.options.plan === 'growth' ? 3 : 7;
}

/** RFC 3339 in whole seconds. */
export function wholeSeconds(moment: string): string {
	return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}
