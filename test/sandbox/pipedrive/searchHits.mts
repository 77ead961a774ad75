/** What a search reads of a record and what it shows of one. */
import type { Row } from './collection.mts';
import type { FieldDefinition } from './fieldDefinitions.mts';
import type { EntityName, World } from './world.mts';

export const searchableTypes = [
	'address',
	'varchar',
	'text',
	'varchar_auto',
	'double',
	'monetary',
	'phone',
];

export type ItemType = 'organization' | 'person' | 'deal' | 'product';
export const types: Record<ItemType, { entity: EntityName; fields: string[] }> = {
	organization: { entity: 'organizations', fields: ['address', 'custom_fields', 'notes', 'name'] },
	person: { entity: 'persons', fields: ['custom_fields', 'email', 'notes', 'phone', 'name'] },
	deal: { entity: 'deals', fields: ['custom_fields', 'notes', 'title'] },
	product: { entity: 'products', fields: ['code', 'custom_fields', 'name'] },
};
interface Text {
	text: string;
	custom: boolean;
}

export function textsOf(world: World, type: ItemType, row: Row, field: string): Text[] {
	const plain = (values: unknown[]): Text[] =>
		values.filter((v) => typeof v === 'string').map((v) => ({ text: v as string, custom: false }));
	if (field === 'custom_fields') {
		return world
			.customFieldsOf(type)
			.filter((definition) => searchableTypes.includes(definition.type))
			.flatMap((definition) => textsOfField(definition, row))
			.map((text) => ({ text, custom: true }));
	}
	if (field === 'email') return plain(values(row.emails));
	if (field === 'phone') return plain(values(row.phones));
	if (field === 'address') return plain([(row.address as { value?: string } | null)?.value]);
	if (field === 'notes') return plain(notesOf(world, type, row));
	return plain([row[field]]);
}

function notesOf(world: World, type: ItemType, row: Row): unknown[] {
	const link = { organization: 'org_id', person: 'person_id', deal: 'deal_id', product: '' }[type];
	if (link === '') return [];
	const found: unknown[] = [];
	for (const note of world.collections.notes.all()) {
		if (!note.is_deleted && note[link] === row.id) found.push(note.content);
	}
	return found;
}

function values(list: unknown): string[] {
	return ((list as Array<{ value: string }> | undefined) ?? []).map((entry) => entry.value);
}

export function textsOfField(field: FieldDefinition, row: Row): string[] {
	const value = field.custom ? row.custom_fields?.[field.code] : row[field.code];
	if (value === null || value === undefined) return [];
	if (Array.isArray(value)) return values(value);
	if (typeof value === 'object') return [String((value as { value: unknown }).value)];
	return [String(value)];
}

export function itemOf(world: World, type: ItemType, row: Row, custom: string[]) {
	const head = { id: row.id, type };
	const tail = { visible_to: row.visible_to, owner: { id: row.owner_id }, custom_fields: custom };
	const org = world.living('organizations', row.org_id);
	const organization = org ? { id: org.id, name: org.name, address: addressOf(org) } : null;
	switch (type) {
		case 'organization':
			return { ...head, name: row.name, address: addressOf(row), ...tail, notes: [] };
		case 'person': {
			const contact = { phones: values(row.phones), emails: values(row.emails) };
			return { ...head, name: row.name, ...contact, ...tail, organization, notes: [] };
		}
		case 'deal': {
			const stage = world.living('stages', row.stage_id);
			const person = world.living('persons', row.person_id);
			const links = {
				stage: { id: row.stage_id, name: stage?.name ?? '' },
				person: person ? { id: person.id, name: person.name } : null,
				organization,
				is_archived: row.is_archived,
			};
			const money = { value: row.value, currency: row.currency, status: row.status };
			return { ...head, title: row.title, ...money, ...links, ...tail, notes: [] };
		}
		case 'product':
			return { ...head, name: row.name, code: row.code, ...tail };
	}
}

function addressOf(row: Row): string | null {
	return (row.address as { value: string } | null)?.value ?? null;
}
