import { CoreError } from '../../../core/http/errors';
import { fingerprintOf } from '../../../core/record/fingerprint';
import { isRow, plainFlatRow, plainRow, type Row } from './values';

/** One change in Pipedrive, the same for webhook versions 1.0 and 2.0. */
export interface PipedriveEvent {
	/** The same for every attempt to deliver this event. */
	id: string;
	action: 'create' | 'change' | 'delete';
	/** `deal`, `organization`, `person`, `product`, `activity`, `note` … */
	entity: string;
	/** A number; leads have a UUID. */
	entityId: number | string;
	userId: number | null;
	/** ISO instant. */
	at: string;
	/** '' where Pipedrive does not tell. */
	source: 'app' | 'api' | '';
	/** 1 to 4. */
	attempt: number;
	/** Of a deletion that was a merge: the record that stays (webhook version 2.0). */
	mergedToId?: number;
	/** Of a change that was a merge: the record that went. */
	mergedFromId?: number;
}

export interface ReadEvent {
	event: PipedriveEvent;
	/** Owner of the webhook; only version 2.0 tells. */
	hookOwnerId?: number;
	/** `custom_fields` by key, values as `plainValue` in values.ts gives them. `null` after a deletion. */
	current: Row | null;
	/** After a change only what changed, as it was before; after a deletion the last state; else `null`. */
	previous: Row | null;
}

const V1_ACTIONS: ReadonlyMap<unknown, PipedriveEvent['action']> = new Map([
	['added', 'create'],
	['updated', 'change'],
	['deleted', 'delete'],
	// Told by the record that stays.
	['merged', 'change'],
] as const);

/**
 * Payloads: https://pipedrive.readme.io/docs/guide-for-webhooks (1.0) and
 * https://pipedrive.readme.io/docs/guide-for-webhooks-v2 (2.0).
 * @throws CoreError `protocol` for anything else
 */
export function readEvent(body: unknown): ReadEvent {
	const { meta } = (body ?? {}) as { meta?: unknown };
	if (!isRow(body) || !isRow(meta)) throw unreadable('it has no "meta"');
	return 'entity' in meta ? readV2(body, meta) : readV1(body, meta);
}

function readV2(body: Row, meta: Row): ReadEvent {
	const { action, entity } = meta;
	if (action !== 'create' && action !== 'change' && action !== 'delete') {
		throw unreadable(`its action is "${String(action)}"`);
	}
	const event: PipedriveEvent = {
		id: '',
		action,
		entity: String(entity),
		entityId: idOf(meta.entity_id),
		...originOf(meta),
		at: instantOf(meta.timestamp),
		attempt: Number(meta.attempt ?? 1) || 1,
		...mergeOf('mergedToId', meta.merged_to_id),
		...mergeOf('mergedFromId', meta.merged_from_id),
	};
	event.id =
		typeof meta.id === 'string' && meta.id !== ''
			? meta.id
			: composedId(meta, [body.data, body.previous]);
	const owner = Number(meta.webhook_owner_id);
	const current = rowOf(body.data);
	return {
		event,
		...(Number.isInteger(owner) && owner > 0 ? { hookOwnerId: owner } : {}),
		current: current && plainRow(current),
		previous: previousOf(event, current, rowOf(body.previous), plainRow),
	};
}

function readV1(body: Row, meta: Row): ReadEvent {
	const action = V1_ACTIONS.get(meta.action);
	if (!action) throw unreadable(`its action is "${String(meta.action)}"`);
	const current = rowOf(body.current);
	const before = rowOf(body.previous);
	const isMerge = meta.action === 'merged';
	const gone = isMerge && before && before.id !== meta.id ? before.id : undefined;
	const event: PipedriveEvent = {
		id: '',
		action,
		entity: String(meta.object),
		entityId: idOf(meta.id),
		...originOf(meta),
		at: instantOf(meta.timestamp),
		attempt: (Number(body.retry ?? 0) || 0) + 1,
		...mergeOf('mergedFromId', gone),
	};
	event.id = composedId(meta, [body.current, body.previous]);
	// The other record's values are no earlier values of this one.
	const previous = isMerge ? {} : before;
	return {
		event,
		current: current && plainFlatRow(current),
		previous: previousOf(event, current, previous, plainFlatRow),
	};
}

function previousOf(
	{ action }: PipedriveEvent,
	current: Row | null,
	previous: Row | null,
	plain: (row: Row) => Row,
): Row | null {
	if (action === 'create' || !previous) return null;
	const before = plain(previous);
	return action === 'delete' || !current ? before : changedKeys(plain(current), before);
}

/** Version 1.0 repeats the whole record: what stayed the same is left out. */
function changedKeys(current: Row, before: Row): Row {
	const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
	const { custom_fields: fieldsBefore, ...others } = before;
	const now = (current.custom_fields ?? {}) as Row;
	const changed = Object.entries(others).filter(([key, was]) => !isSame(was, current[key]));
	const fields = Object.entries((fieldsBefore ?? {}) as Row).filter(
		([key, was]) => !isSame(was, now[key]),
	);
	return {
		...Object.fromEntries(changed),
		...(fields.length > 0 ? { custom_fields: Object.fromEntries(fields) } : {}),
	};
}

function originOf(meta: Row): Pick<PipedriveEvent, 'userId' | 'source'> {
	const userId = Number(meta.user_id ?? NaN);
	const { change_source: source } = meta;
	return {
		userId: Number.isInteger(userId) && userId > 0 ? userId : null,
		source: source === 'app' || source === 'api' ? source : '',
	};
}

function mergeOf<K extends string>(key: K, value: unknown): Partial<Record<K, number>> {
	const id = Number(value ?? NaN);
	return (Number.isInteger(id) && id > 0 ? { [key]: id } : {}) as Partial<Record<K, number>>;
}

/** What stays the same in every attempt; two changes within one tick of the clock differ in what they tell. */
function composedId(meta: Row, told: readonly unknown[]): string {
	return fingerprintOf([{ ...meta, attempt: undefined }, ...told]);
}

function idOf(value: unknown): number | string {
	const text = String(value ?? '');
	if (/^\d{1,15}$/.test(text)) return Number(text);
	if (text === '') throw unreadable('it names no record');
	return text;
}

/** ISO text; the documents also speak of ten digits, seconds since 1970. */
function instantOf(value: unknown): string {
	const text = String(value ?? '');
	const seconds = /^\d{10}(\d{3})?$/.test(text) ? Number(text.padEnd(13, '0')) : Date.parse(text);
	if (Number.isNaN(seconds)) throw unreadable(`its time is "${text.slice(0, 40)}"`);
	return new Date(seconds).toISOString();
}

/** Events about users carry a list of one. */
function rowOf(value: unknown): Row | null {
	const row: unknown = Array.isArray(value) ? value[0] : value;
	return isRow(row) ? row : null;
}

function unreadable(why: string): CoreError {
	return new CoreError('protocol', `What arrived is no event of a Pipedrive webhook: ${why}.`, {
		remedy:
			'Let only Pipedrive send to this address; if it did, choose the other Webhook Version in the node.',
	});
}
