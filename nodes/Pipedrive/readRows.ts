import { CoreError } from '../../core/http/errors';
import {
	ENTITY_ENDPOINTS,
	MOST_FIELD_KEYS,
	MOST_IDS,
	type PipedriveApi,
	type PipedriveRow,
} from './api';
import type { EntityName } from './entities';
import type { IndexShape } from './recordStore';

/**
 * More than 15 keys do not fit one `custom_fields=`. Without the list the same page costs the same 10 tokens
 * and only more bytes, while each further pass costs all pages again: so never several passes.
 */
export function listedKeys(shape: IndexShape): readonly string[] | undefined {
	return shape.customKeys.length <= MOST_FIELD_KEYS ? shape.customKeys : undefined;
}

/** Cheapest way to read these records: one by one, or up to 100 in one list. */
export function costOfReading(entity: EntityName, count: number): number {
	const { get, list } = ENTITY_ENDPOINTS[entity];
	const lists = Math.floor(count / MOST_IDS) * list.cost;
	return lists + Math.min((count % MOST_IDS) * get.cost, list.cost);
}

/** Reads exactly these records. Ids that are gone, or that the token's user may not see, are missing in the answer. */
export async function readRows(
	api: PipedriveApi,
	shape: IndexShape,
	ids: readonly number[],
): Promise<PipedriveRow[]> {
	const { get, list } = ENTITY_ENDPOINTS[shape.entity];
	const rows: PipedriveRow[] = [];
	for (let start = 0; start < ids.length; start += MOST_IDS) {
		const some = ids.slice(start, start + MOST_IDS);
		if (some.length * get.cost < list.cost) {
			const read = await Promise.all(some.map(async (id) => await readRow(api, shape, id)));
			rows.push(...read.filter((row) => row !== undefined));
		} else {
			const page = await api.list(shape.entity, { ids: some, customFieldKeys: listedKeys(shape) });
			rows.push(...page.rows);
		}
	}
	return rows.filter((row) => !row.is_deleted);
}

/** `undefined` when it was deleted or merged away. */
export async function readRow(
	api: PipedriveApi,
	shape: IndexShape,
	id: number,
): Promise<PipedriveRow | undefined> {
	try {
		const row = await api.get(shape.entity, id, listedKeys(shape));
		return row.is_deleted ? undefined : row;
	} catch (error) {
		return absentOrThrow(error);
	}
}

function absentOrThrow(error: unknown): undefined {
	if (error instanceof CoreError && error.kind === 'notFound') return undefined;
	throw error;
}
