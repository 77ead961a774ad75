/** Searches over the index, which lags behind the records. */
import { invalid } from './apiError.mts';
import type { Row } from './collection.mts';
import type { FieldEntity } from './fieldDefinitions.mts';
import { decodeCursor, pagingQuery, sees } from './listing.mts';
import type { Call, Operation, QueryParameter, Reply } from './operation.mts';
import {
	itemOf,
	searchableTypes,
	textsOf,
	textsOfField,
	types,
	type ItemType,
} from './searchHits.mts';
import type { World } from './world.mts';

const itemTypes = Object.keys(types) as ItemType[];
/** Declared by the document; the sandbox holds no records of these kinds. */
const otherTypes = ['lead', 'file', 'mail_attachment', 'project'];

const base = { version: 'v2', method: 'GET', cost: 20, kind: 'search' } as const;

function searchQuery(fields: string[], maxLimit = 500): Record<string, QueryParameter> {
	return {
		term: { type: 'string', required: true },
		fields: { type: 'list', enum: fields },
		exact_match: { type: 'boolean' },
		...pagingQuery(maxLimit),
	};
}

const extras: Record<ItemType, Record<string, QueryParameter>> = {
	organization: {},
	person: {
		organization_id: { type: 'integer' },
		include_fields: { type: 'list', enum: ['person.picture'] },
	},
	deal: {
		person_id: { type: 'integer' },
		organization_id: { type: 'integer' },
		status: { type: 'string', enum: ['open', 'won', 'lost'] },
		include_fields: { type: 'list', enum: ['deal.cc_email'] },
	},
	product: { include_fields: { type: 'list', enum: ['product.price'] } },
};

export const searchOperations: Operation[] = [
	...itemTypes.map(
		(type): Operation => ({
			...base,
			path: `/${types[type].entity}/search`,
			query: { ...searchQuery(types[type].fields), ...extras[type] },
			run: (call) => searchItems(call, [type]),
		}),
	),
	{
		...base,
		path: '/itemSearch',
		query: {
			...searchQuery(
				[
					'address',
					'code',
					'custom_fields',
					'email',
					'name',
					'notes',
					'phone',
					'title',
					'description',
				],
				100,
			),
			item_types: { type: 'list', enum: [...itemTypes, ...otherTypes] },
			search_for_related_items: { type: 'boolean' },
			include_fields: {
				type: 'list',
				enum: ['deal.cc_email', 'person.picture', 'product.price'],
			},
		},
		run: (call) => {
			const asked = call.query.item_types as string[] | undefined;
			const wanted = itemTypes.filter((type) => !asked || asked.includes(type));
			const reply = searchItems(call, wanted);
			if (call.query.search_for_related_items === true) {
				Object.assign(reply.data as object, { related_items: [] });
			}
			return reply;
		},
	},
	{
		...base,
		path: '/itemSearch/field',
		query: {
			term: { type: 'string', required: true },
			entity_type: { type: 'string', required: true, enum: [...itemTypes, 'lead', 'project'] },
			match: { type: 'string', enum: ['exact', 'beginning', 'middle'] },
			field: { type: 'string', required: true },
			...pagingQuery(),
		},
		run: searchField,
	},
];

function* indexed(call: Call, type: ItemType): Generator<Row> {
	const { world, user } = call;
	const moment = world.options.now() - world.options.searchLagSeconds * 1000;
	for (const row of world.collections[types[type].entity].indexedAt(moment)) {
		if (!row.is_deleted && sees(user, row)) yield row;
	}
}

function searchItems(call: Call, wanted: ItemType[]): Reply {
	const { query } = call;
	const exact = query.exact_match === true;
	const term = termOf(call, exact).toLowerCase();
	const hits: Array<{ result_score: number; item: unknown }> = [];
	for (const type of wanted) {
		const fields = ((query.fields as string[] | undefined) ?? types[type].fields).filter((field) =>
			types[type].fields.includes(field),
		);
		for (const row of indexed(call, type)) {
			if (!narrows(query, type, row)) continue;
			const found = fields.flatMap((field) => textsOf(call.world, type, row, field));
			const matches = found.filter(({ text }) => {
				const candidate = text.toLowerCase();
				return exact ? candidate === term : candidate.includes(term);
			});
			if (matches.length === 0) continue;
			const custom = matches.filter((match) => match.custom).map((match) => match.text);
			hits.push({ result_score: 0.5, item: itemOf(call.world, type, row, custom) });
		}
	}
	const { rows, next } = slice(call, hits);
	return { data: { items: rows }, additionalData: { next_cursor: next } };
}

function narrows(query: Record<string, unknown>, type: ItemType, row: Row): boolean {
	if (query.organization_id !== undefined && row.org_id !== query.organization_id) return false;
	if (query.person_id !== undefined && row.person_id !== query.person_id) return false;
	return type !== 'deal' || query.status === undefined || row.status === query.status;
}

function searchField(call: Call): Reply {
	const { query, world } = call;
	const match = (query.match as string | undefined) ?? 'exact';
	const term = termOf(call, match === 'exact');
	const type = query.entity_type as ItemType;
	if (!itemTypes.includes(type)) return { data: [], additionalData: { next_cursor: null } };
	const field = world.fields[type as FieldEntity].find(({ code }) => code === query.field);
	if (!field || !searchableTypes.includes(field.type)) {
		throw invalid(`field: '${String(query.field)}' is not a searchable field of ${type}`);
	}
	const hits: unknown[] = [];
	for (const row of indexed(call, type)) {
		const found = textsOfField(field, row).some((text) => {
			if (match === 'exact') return text === term;
			return match === 'beginning' ? text.startsWith(term) : text.includes(term);
		});
		if (found) hits.push(fieldHit(world, type, row));
	}
	const { rows, next } = slice(call, hits);
	return { data: rows, additionalData: { next_cursor: next } };
}

function fieldHit(world: World, type: ItemType, row: Row) {
	const name = type === 'deal' ? { title: row.title } : { name: row.name };
	if (world.options.fieldSearchShape === 'idName') return { id: row.id, ...name };
	return { result_score: 0.5, item: { id: row.id, type, ...name } };
}

function termOf(call: Call, exact: boolean): string {
	const term = call.query.term as string;
	const minimum = exact ? 1 : 2;
	if (term.length < minimum) throw invalid(`term: must have at least ${minimum} character(s)`);
	return term;
}

function slice<T>(call: Call, hits: T[]): { rows: T[]; next: string | null } {
	const limit = (call.query.limit as number | undefined) ?? 100;
	const start = call.query.cursor ? decodeCursor(call.query.cursor as string).id : 0;
	const end = start + limit;
	const marker = JSON.stringify({ field: 'score', id: end });
	const next = end < hits.length ? Buffer.from(marker).toString('base64') : null;
	return { rows: hits.slice(start, end), next };
}
