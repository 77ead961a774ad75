import { asCoreError, CoreError } from '../../../core/http/errors';
import { isEntityName } from '../entities';
import type { FieldSet } from '../fields';
import type { Environment } from '../run';
import { RECORD_ENDPOINTS } from './endpoints';
import { keyedRow, namedRow } from './names';
import type { ReadEvent } from './payload';
import type { Row } from './values';

/** Pipedrive waits ten seconds; a second is what its sender should see at most. */
const NAMES_WITHIN_MS = 700;

export interface EventItem {
	event: ReadEvent['event'];
	current: Row | null;
	previous: Row | null;
	/** What this item lacks, in sentences. */
	warnings: string[];
}

/**
 * The event as an item: custom fields by name, and the record read again if asked for. What cannot be had in
 * time is left as Pipedrive sent it, with a warning: an event is worth more than a name.
 * @param open the connection to Pipedrive; may fail
 */
export async function itemOf(
	read: ReadEvent,
	open: () => Promise<Environment>,
	options: { readAgain: boolean; sleep(ms: number): Promise<void> },
): Promise<EventItem> {
	const warnings: string[] = [];
	let opening: Promise<Environment> | undefined;
	const opened = () => (opening ??= open());
	const inTime = async <T>(work: Promise<T>, without: string): Promise<T | undefined> => {
		const late = options.sleep(NAMES_WITHIN_MS).then(() => {
			throw new CoreError('transient', 'Pipedrive did not answer in time.');
		});
		return await Promise.race([work, late]).catch((error: unknown) => {
			warnings.push(`${without}: ${asCoreError(error).message}`);
			return undefined;
		});
	};
	const [fields, again] = await Promise.all([
		needsNames(read)
			? inTime(fieldsOf(opened(), read), 'Custom fields are shown by their keys')
			: undefined,
		options.readAgain && read.event.action !== 'delete'
			? inTime(recordOf(opened, read), 'The record is shown as the event told it')
			: undefined,
	]);
	const shown = (row: Row | null) => row && (fields ? namedRow(row, fields) : keyedRow(row));
	const current = again ?? read.current;
	return { event: read.event, current: shown(current), previous: shown(read.previous), warnings };
}

/** Deals also get the names of their stage and pipeline. */
function needsNames({ event, current, previous }: ReadEvent): boolean {
	const hasCustom = [current, previous].some(
		(row) => Object.keys((row?.custom_fields ?? {}) as Row).length > 0,
	);
	return event.entity === 'deal' || (hasCustom && fieldListOf(event.entity) !== undefined);
}

/** Leads have the custom fields of deals. */
function fieldListOf(entity: string) {
	const name = entity === 'lead' ? 'deal' : entity;
	return isEntityName(name) ? name : undefined;
}

async function fieldsOf(opened: Promise<Environment>, { event }: ReadEvent): Promise<FieldSet> {
	const { memory, company, api, ports } = await opened;
	const entity = fieldListOf(event.entity) ?? 'deal';
	return await memory.fields.get(company.credentialKey, entity, api, ports.now());
}

async function recordOf(opened: () => Promise<Environment>, { event }: ReadEvent): Promise<Row> {
	const what = `${event.entity} ${event.entityId}`;
	const endpoint = Object.hasOwn(RECORD_ENDPOINTS, event.entity)
		? RECORD_ENDPOINTS[event.entity]
		: undefined;
	if (!endpoint) throw new CoreError('configuration', `Pipedrive cannot be asked for ${what}.`);
	const { call } = await opened();
	const { data } = await call(endpoint, what, { ids: { id: String(event.entityId) } });
	return (data ?? {}) as Row;
}
