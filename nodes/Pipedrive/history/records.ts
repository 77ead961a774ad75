import { asCoreError, CoreError } from '../../../core/http/errors';
import { listOf, type Answer, type Caller, type CallOptions, type Endpoint } from '../call';
import type { HistoryEntity, HistoryLink } from './intents';

type HistoryAction = 'list' | 'get' | 'create' | 'update';

/** Notes have no v2. */
export const HISTORY_ENDPOINTS = {
	note: {
		list: { method: 'GET', path: '/notes', version: 1, cost: 20 },
		get: { method: 'GET', path: '/notes/{id}', version: 1, cost: 2 },
		create: { method: 'POST', path: '/notes', version: 1, cost: 10 },
		update: { method: 'PUT', path: '/notes/{id}', version: 1, cost: 10 },
	},
	activity: {
		list: { method: 'GET', path: '/activities', version: 2, cost: 10 },
		get: { method: 'GET', path: '/activities/{id}', version: 2, cost: 1 },
		create: { method: 'POST', path: '/activities', version: 2, cost: 5 },
		update: { method: 'PATCH', path: '/activities/{id}', version: 2, cost: 5 },
	},
} as const satisfies Record<HistoryEntity, Record<HistoryAction, Endpoint>>;

export const PLURALS: Readonly<Record<HistoryEntity, string>> = {
	note: 'notes',
	activity: 'activities',
};

export const PAGE_SIZE = 500;

/** A note or an activity as Pipedrive shows it. */
export interface HistoryRow {
	id: number;
	/** A note's content, an activity's note. */
	html: string;
	fields: Record<string, unknown>;
}

/** What one intent cost so far. */
export interface Meter {
	tokens: number;
	attempts: number;
}

export type Body = Record<string, unknown>;

/** Pipedrive's notes and activities as functions; all may throw a `CoreError`. */
export interface HistoryApi {
	/** `undefined` when it is gone. */
	get(entity: HistoryEntity, id: number, meter: Meter): Promise<HistoryRow | undefined>;
	/** Those of one deal, organization or person, or all of the company, page by page in the order of their ids. */
	list(
		entity: HistoryEntity,
		link: HistoryLink | undefined,
		meter: Meter,
	): AsyncGenerator<HistoryRow[]>;
	/** 0 when there is none. */
	newestId(entity: HistoryEntity, meter: Meter): Promise<number>;
	create(entity: HistoryEntity, body: Body, meter: Meter): Promise<HistoryRow>;
	update(entity: HistoryEntity, id: number, body: Body, meter: Meter): Promise<HistoryRow>;
}

export function createHistoryApi(call: Caller): HistoryApi {
	async function spend(
		endpoint: Endpoint,
		what: string,
		meter: Meter,
		options: CallOptions,
	): Promise<Answer> {
		try {
			const answer = await call(endpoint, what, options);
			meter.tokens += endpoint.cost;
			return answer;
		} catch (error) {
			const core = asCoreError(error);
			if (isLost(core)) meter.tokens += endpoint.cost;
			throw asCoreError(core);
		}
	}

	return {
		async get(entity, id, meter) {
			const what = `${entity} ${id}`;
			const options = { ids: { id: String(id) } };
			const answer = await spend(HISTORY_ENDPOINTS[entity].get, what, meter, options).catch(
				(error: unknown) => undefinedIfGone(asCoreError(error)),
			);
			const row = answer && rowOf(entity, answer.data, what);
			return row && isLiving(row) ? row : undefined;
		},
		async *list(entity, link, meter) {
			const what = `the list of ${PLURALS[entity]}`;
			let from: string | number | undefined = entity === 'note' ? 0 : undefined;
			const visited = new Set<string | number>();
			do {
				const query = { ...linkQuery(link), ...pageQuery(entity, from), limit: PAGE_SIZE };
				const page = await spend(HISTORY_ENDPOINTS[entity].list, what, meter, { query });
				yield listOf(page.data, what)
					.map((row) => rowOf(entity, row, what))
					.filter(isLiving);
				from = entity === 'note' ? page.nextStart : page.nextPageToken;
				if (from !== undefined && visited.has(from)) {
					throw new CoreError('protocol', `Pipedrive's list of ${PLURALS[entity]} has no end.`);
				}
				visited.add(from ?? '');
			} while (from !== undefined);
		},
		async newestId(entity, meter) {
			const what = `the newest ${entity}`;
			const sorting =
				entity === 'note' ? { sort: 'id DESC' } : { sort_by: 'id', sort_direction: 'desc' };
			const query = { ...sorting, limit: 1 };
			const { data } = await spend(HISTORY_ENDPOINTS[entity].list, what, meter, { query });
			const [newest] = listOf(data, what);
			return newest === undefined ? 0 : rowOf(entity, newest, what).id;
		},
		async create(entity, body, meter) {
			const what = `the new ${entity}`;
			meter.attempts++;
			const { data } = await spend(HISTORY_ENDPOINTS[entity].create, what, meter, { json: body });
			return rowOf(entity, data, what);
		},
		async update(entity, id, body, meter) {
			const what = `the changed ${entity} ${id}`;
			meter.attempts++;
			const options = { ids: { id: String(id) }, json: body };
			const { data } = await spend(HISTORY_ENDPOINTS[entity].update, what, meter, options);
			return rowOf(entity, data, what);
		},
	};
}

/** The request may have arrived although no usable answer came. */
export function isLost(error: CoreError): boolean {
	return !error.neverSent && (error.kind === 'transient' || error.kind === 'protocol');
}

function undefinedIfGone(error: CoreError): undefined {
	if (error.kind !== 'notFound') throw asCoreError(error);
	return undefined;
}

function linkQuery(link: HistoryLink = {}): Record<string, number | undefined> {
	if (link.dealId !== undefined) return { deal_id: link.dealId };
	if (link.orgId !== undefined) return { org_id: link.orgId };
	return { person_id: link.personId };
}

function pageQuery(entity: HistoryEntity, from: string | number | undefined) {
	return entity === 'note'
		? { sort: 'id ASC', start: from }
		: { sort_by: 'id', sort_direction: 'asc', cursor: from };
}

function rowOf(entity: HistoryEntity, data: unknown, what: string): HistoryRow {
	const fields = data as Record<string, unknown> | null;
	if (!fields || typeof fields !== 'object' || !Number.isInteger(fields.id)) {
		throw new CoreError('protocol', `Pipedrive's answer for ${what} has no record with an id.`);
	}
	const html = entity === 'note' ? fields.content : fields.note;
	return { id: fields.id as number, html: typeof html === 'string' ? html : '', fields };
}

/** v1 says `active_flag`, v2 `is_deleted`. */
function isLiving({ fields }: HistoryRow): boolean {
	return fields.active_flag !== false && fields.is_deleted !== true;
}
