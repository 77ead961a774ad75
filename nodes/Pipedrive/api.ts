import { CoreError } from '../../core/http/errors';
import { ENTITIES, KINDS, type EntityName } from './entities';
import { listOf, type Caller, type Endpoint, type Query } from './call';

export type { EntityName };
type EntityAction = 'list' | 'get' | 'create' | 'update' | 'fields' | 'addField' | 'addOptions';

export const ENTITY_ENDPOINTS = Object.fromEntries(
	ENTITIES.map((entity) => [
		entity,
		endpointsOf(KINDS[entity].records, KINDS[entity].fieldDefinitions),
	]),
) as Record<EntityName, Record<EntityAction, Endpoint>>;

export const COMPANY_ENDPOINTS = {
	me: { method: 'GET', path: '/users/me', version: 1, cost: 2 },
	users: { method: 'GET', path: '/users', version: 1, cost: 20 },
	currencies: { method: 'GET', path: '/currencies', version: 1, cost: 20 },
	archivedDeals: { method: 'GET', path: '/deals/archived', version: 2, cost: 20 },
	pipelines: { method: 'GET', path: '/pipelines', version: 2, cost: 5 },
	stages: { method: 'GET', path: '/stages', version: 2, cost: 5 },
	findByField: { method: 'GET', path: '/itemSearch/field', version: 2, cost: 20, lane: 'search' },
	findOrganization: {
		method: 'GET',
		path: '/organizations/search',
		version: 2,
		cost: 20,
		lane: 'search',
	},
} as const satisfies Record<string, Endpoint>;

function endpointsOf(records: string, fields: string): Record<EntityAction, Endpoint> {
	return {
		list: { method: 'GET', path: records, version: 2, cost: 10 },
		get: { method: 'GET', path: `${records}/{id}`, version: 2, cost: 1 },
		create: { method: 'POST', path: records, version: 2, cost: 5, priority: 'high' },
		update: { method: 'PATCH', path: `${records}/{id}`, version: 2, cost: 5 },
		fields: { method: 'GET', path: fields, version: 2, cost: 10 },
		addField: { method: 'POST', path: fields, version: 2, cost: 5 },
		addOptions: { method: 'POST', path: `${fields}/{field_code}/options`, version: 2, cost: 5 },
	};
}

/** Largest `limit` of list endpoints, largest `ids` list, most keys in `custom_fields`. */
export const PAGE_SIZE = 500;
export const MOST_IDS = 100;
export const MOST_FIELD_KEYS = 15;

const URGENT = { priority: 'high' } as const;

/** More fields than any plan allows. */
const MOST_FIELD_PAGES = 20;

/** A record as v2 gives it. Custom fields that are not set are `null` or absent. */
export interface PipedriveRow {
	id: number;
	name: string | null;
	update_time?: string;
	is_deleted?: boolean;
	custom_fields?: Record<string, unknown>;
	[field: string]: unknown;
}

export interface RowPage {
	rows: PipedriveRow[];
	/** Pipedrive's "cursor"; absent on the last page. */
	nextPageToken?: string;
	/** The server's clock when it answered (epoch milliseconds), where it said so. */
	serverTime?: number;
}

export interface FieldDefinition {
	field_code: string;
	field_name: string;
	field_type: string;
	options?: Array<{ id: number | string; label: string }> | null;
	is_custom_field: boolean;
}

export interface ListQuery {
	pageToken?: string;
	/** ISO instant; sent in whole seconds, because v2 refuses milliseconds. */
	updatedSince?: string;
	ids?: readonly number[];
	/** Persons only: those of this organization. */
	orgId?: number;
	/** At most 15; absent = all custom fields. */
	customFieldKeys?: readonly string[];
	/** Deals only: the archived ones, which no other list shows. */
	isArchived?: boolean;
}

export interface PipedriveUser {
	id: number;
	email: string;
	name: string;
	active: boolean;
}

export interface NewField {
	name: string;
	type: string;
	options?: readonly string[];
}

/** Pipedrive's endpoints as functions. Every call may throw a `CoreError`; a lost answer to a create is `transient` with `neverSent` false. */
export interface PipedriveApi {
	list(entity: EntityName, query: ListQuery): Promise<RowPage>;
	/** `urgent`: goes on when bulk updates are deferred; the same below. */
	get(
		entity: EntityName,
		id: number,
		customFieldKeys?: readonly string[],
		urgent?: boolean,
	): Promise<PipedriveRow>;
	create(entity: EntityName, body: Record<string, unknown>): Promise<PipedriveRow>;
	update(
		entity: EntityName,
		id: number,
		body: Record<string, unknown>,
		urgent?: boolean,
	): Promise<PipedriveRow>;
	fields(entity: EntityName): Promise<FieldDefinition[]>;
	addField(entity: EntityName, field: NewField): Promise<FieldDefinition>;
	addOptions(entity: EntityName, fieldKey: string, labels: readonly string[]): Promise<void>;
	/** Ids whose field has exactly this value. The search index lags: absence proves nothing about the last minutes. */
	findByField(entity: EntityName, fieldKey: string, value: string): Promise<number[]>;
	findOrganization(name: string): Promise<number[]>;
	users(): Promise<PipedriveUser[]>;
	/** Codes of the active ones. */
	currencies(): Promise<string[]>;
	/** Whether the token's user sees all records; `undefined` when Pipedrive does not tell. */
	isGlobalAdmin(): Promise<boolean | undefined>;
	pipelines(): Promise<Array<{ id: number; name: string }>>;
	stages(): Promise<Array<{ id: number; name: string; pipeline_id: number }>>;
}

export function createPipedriveApi(call: Caller): PipedriveApi {
	const at = (entity: EntityName) => ENTITY_ENDPOINTS[entity];

	async function searchIds(endpoint: Endpoint, what: string, query: Query): Promise<number[]> {
		const { data } = await call(endpoint, what, { query });
		return hitsOf(data, what);
	}

	async function definitionsOf(endpoint: Endpoint, what: string): Promise<FieldDefinition[]> {
		const definitions: FieldDefinition[] = [];
		const followed = new Set<string>();
		let pageToken: string | undefined;
		do {
			const query = { limit: PAGE_SIZE, cursor: pageToken };
			const page = await call(endpoint, what, { query });
			for (const row of listOf(page.data, what)) definitions.push(definitionOf(row, what));
			pageToken = page.nextPageToken;
			if (pageToken === undefined) break;
			if (followed.has(pageToken) || followed.size >= MOST_FIELD_PAGES) {
				throw new CoreError('protocol', `Pipedrive's list of ${what} has no end.`);
			}
			followed.add(pageToken);
		} while (pageToken !== undefined);
		return definitions;
	}

	async function namedOf(
		endpoint: Endpoint,
		what: string,
	): Promise<Array<PipedriveRow & { name: string }>> {
		const { data } = await call(endpoint, what, { query: { limit: PAGE_SIZE } });
		return listOf(data, what)
			.map((row) => rowOf(row, what))
			.filter(({ is_deleted }) => is_deleted !== true)
			.map((row) => ({ ...row, name: String(row.name ?? '') }));
	}

	return {
		async list(entity, query) {
			const what = `the list of ${KINDS[entity].plural}`;
			const endpoint = query.isArchived ? COMPANY_ENDPOINTS.archivedDeals : at(entity).list;
			const { response, data, nextPageToken } = await call(endpoint, what, {
				query: {
					limit: query.ids ? MOST_IDS : PAGE_SIZE,
					sort_by: 'id',
					sort_direction: 'asc',
					cursor: query.pageToken,
					updated_since: query.updatedSince?.replace(/\.\d+Z$/, 'Z'),
					ids: query.ids?.join(','),
					org_id: query.orgId,
					custom_fields: query.customFieldKeys?.join(','),
				},
			});
			const serverTime = Date.parse(response.headers.date ?? '');
			return {
				rows: listOf(data, what).map((row) => rowOf(row, what)),
				...(nextPageToken === undefined ? {} : { nextPageToken }),
				...(Number.isNaN(serverTime) ? {} : { serverTime }),
			};
		},
		async get(entity, id, customFieldKeys, urgent) {
			const what = `${entity} ${id}`;
			// A single product always comes with all its fields.
			const keys = entity === 'product' ? undefined : customFieldKeys?.join(',');
			const { data } = await call(at(entity).get, what, {
				ids: { id: String(id) },
				query: { custom_fields: keys },
				...(urgent ? URGENT : {}),
			});
			return rowOf(data, what);
		},
		async create(entity, body) {
			const what = `the new ${entity}`;
			const { data } = await call(at(entity).create, what, { json: body });
			return rowOf(data, what);
		},
		async update(entity, id, body, urgent) {
			const what = `the changed ${entity} ${id}`;
			const { data } = await call(at(entity).update, what, {
				ids: { id: String(id) },
				json: body,
				...(urgent ? URGENT : {}),
			});
			return rowOf(data, what);
		},
		fields: async (entity) =>
			await definitionsOf(at(entity).fields, `the fields of ${KINDS[entity].plural}`),
		pipelines: async () => await namedOf(COMPANY_ENDPOINTS.pipelines, 'the list of pipelines'),
		stages: async () =>
			(await namedOf(COMPANY_ENDPOINTS.stages, 'the list of stages')).map((stage) => ({
				...stage,
				pipeline_id: Number(stage.pipeline_id),
			})),
		async addField(entity, field) {
			const what = `the new field ${field.name}`;
			const { data } = await call(at(entity).addField, what, {
				json: {
					field_name: field.name,
					field_type: field.type,
					...(field.options ? { options: field.options.map((label) => ({ label })) } : {}),
				},
			});
			return definitionOf(data, what);
		},
		async addOptions(entity, fieldKey, labels) {
			await call(at(entity).addOptions, `the options of field ${fieldKey}`, {
				ids: { field_code: fieldKey },
				json: labels.map((label) => ({ label })),
			});
		},
		findByField: async (entity, fieldKey, value) =>
			await searchIds(COMPANY_ENDPOINTS.findByField, `the search for ${value}`, {
				entity_type: entity,
				field: fieldKey,
				match: 'exact',
				term: value,
				limit: 100,
			}),
		findOrganization: async (name) =>
			await searchIds(COMPANY_ENDPOINTS.findOrganization, `the search for ${name}`, {
				term: name,
				fields: 'name',
				exact_match: true,
				limit: 100,
			}),
		async isGlobalAdmin() {
			const { data } = await call(COMPANY_ENDPOINTS.me, 'the user of the token');
			const { access } = (data ?? {}) as { access?: Array<{ app?: string; admin?: boolean }> };
			if (!Array.isArray(access)) return undefined;
			return access.some(({ app, admin }) => app === 'global' && admin === true);
		},
		async currencies() {
			const what = 'the list of currencies';
			const { data } = await call(COMPANY_ENDPOINTS.currencies, what);
			return listOf(data, what)
				.map((row) => row as { code?: unknown; active_flag?: unknown })
				.filter(({ active_flag }) => active_flag !== false)
				.map(({ code }) => String(code).toUpperCase());
		},
		async users() {
			const { data } = await call(COMPANY_ENDPOINTS.users, 'the list of users');
			return listOf(data, 'the list of users').map(userOf);
		},
	};
}

function rowOf(data: unknown, what: string): PipedriveRow {
	const row = data as PipedriveRow | null;
	if (row && typeof row === 'object' && Number.isInteger(row.id)) {
		// What organizations call name is a deal's title.
		return row.name === undefined ? { ...row, name: (row.title ?? null) as string | null } : row;
	}
	throw new CoreError('protocol', `Pipedrive's answer for ${what} has no record with an id.`);
}

function definitionOf(data: unknown, what: string): FieldDefinition {
	const field = data as FieldDefinition | null;
	if (field && typeof field.field_code === 'string' && typeof field.field_type === 'string') {
		return field;
	}
	throw new CoreError('protocol', `Pipedrive's answer for ${what} has no field with a field_code.`);
}

// The OpenAPI file shows `{result_score, item}` in the schema and the bare item in the example.
function hitsOf(data: unknown, what: string): number[] {
	const hits = Array.isArray(data) ? data : ((data as { items?: unknown } | null)?.items ?? data);
	return listOf(hits, what).map((hit) => {
		const item = (hit as { item?: unknown }).item ?? hit;
		return rowOf(item, what).id;
	});
}

function userOf(data: unknown): PipedriveUser {
	const user = data as Record<string, unknown>;
	return {
		id: Number(user.id),
		email: String(user.email ?? ''),
		name: String(user.name ?? ''),
		active: user.active_flag !== false,
	};
}
