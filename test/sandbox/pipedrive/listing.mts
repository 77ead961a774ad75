/** Keyset paging: an opaque cursor names the first row of the next page. */
import { invalid } from './apiError.mts';
import { compare, type Row } from './collection.mts';
import type { Call, QueryParameter, Reply } from './operation.mts';
import type { EntityName, User } from './world.mts';

interface Cursor {
	field: string;
	fieldValue: unknown;
	sortDirection: string;
	id: number;
}

export function pagingQuery(maxLimit = 500): Record<string, QueryParameter> {
	return { limit: { type: 'integer', max: maxLimit }, cursor: { type: 'string' } };
}

export function sortingQuery(...sorts: string[]): Record<string, QueryParameter> {
	return {
		sort_by: { type: 'string', enum: sorts },
		sort_direction: { type: 'string', enum: ['asc', 'desc'] },
	};
}

export const updatedQuery: Record<string, QueryParameter> = {
	updated_since: { type: 'moment' },
	updated_until: { type: 'moment' },
};

/** Private records (`visible_to` 1) show only to their owner and to admins. */
export function sees(user: User, row: Row): boolean {
	return user.admin || row.visible_to !== 1 || row.owner_id === user.id;
}

/** Living, visible rows that pass `where` and the common filters of the query. */
export function listRows(
	call: Call,
	entity: EntityName,
	project: (row: Row) => unknown,
	where: (row: Row) => boolean = (row) => !row.is_deleted,
): Reply {
	const { query, world, user } = call;
	if (query.filter_id !== undefined) throw invalid(`filter_id: Filter not found`);
	const sortBy = (query.sort_by as string | undefined) ?? 'id';
	const ids = query.ids ? new Set(query.ids as number[]) : undefined;
	const passes = (row: Row) =>
		where(row) &&
		sees(user, row) &&
		(!ids || ids.has(row.id)) &&
		(query.updated_since === undefined || row.update_time >= (query.updated_since as string)) &&
		(query.updated_until === undefined || row.update_time < (query.updated_until as string));
	const rows = world.collections[entity].sortedBy(sortBy);
	return pageOf(call, rows, sortBy, passes, project);
}

/** `rows` ascending by `sortBy`, then id. */
export function pageOf(
	call: Call,
	rows: readonly Row[],
	sortBy: string,
	passes: (row: Row) => boolean,
	project: (row: Row) => unknown,
): Reply {
	const limit = (call.query.limit as number | undefined) ?? 100;
	const direction = (call.query.sort_direction as string | undefined) ?? 'asc';
	const step = direction === 'asc' ? 1 : -1;
	let index = startOf(call, rows, sortBy, direction);
	const data: unknown[] = [];
	let next: Row | undefined;
	for (; index >= 0 && index < rows.length; index += step) {
		if (!passes(rows[index])) continue;
		if (data.length === limit) {
			next = rows[index];
			break;
		}
		data.push(project(rows[index]));
	}
	const cursor = next && encodeCursor(sortBy, next[sortBy], direction, next.id);
	return { data, additionalData: { next_cursor: cursor ?? null } };
}

function startOf(call: Call, rows: readonly Row[], sortBy: string, direction: string): number {
	if (call.query.cursor === undefined) return direction === 'asc' ? 0 : rows.length - 1;
	const cursor = decodeCursor(call.query.cursor as string);
	if (cursor.field !== sortBy || cursor.sortDirection !== direction) {
		throw invalid('cursor: was made for another sort order');
	}
	const order = (row: Row) => compare(row[sortBy], cursor.fieldValue) || row.id - cursor.id;
	let low = 0;
	let high = rows.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (order(rows[middle]) < 0) low = middle + 1;
		else high = middle;
	}
	if (direction === 'asc') return low;
	return low < rows.length && order(rows[low]) === 0 ? low : low - 1;
}

function encodeCursor(field: string, fieldValue: unknown, sortDirection: string, id: number) {
	return Buffer.from(JSON.stringify({ field, fieldValue, sortDirection, id })).toString('base64');
}

export function decodeCursor(text: string): Cursor {
	try {
		const cursor = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Cursor;
		if (typeof cursor.id === 'number' && typeof cursor.field === 'string') return cursor;
	} catch {
		// falls through to the refusal
	}
	throw invalid('cursor: is not valid');
}
