import type { IDataObject } from 'n8n-workflow';
import { excerptOf } from '../../../core/http/body';
import { asCoreError, CoreError } from '../../../core/http/errors';
import { toItem } from '../../../core/n8n/output';
import { ordersBehind, type LinkedDocument } from '../linkedChanges';
import { deletedRecord, identityOf, type B1Record } from '../mapping';
import type { ServiceLayer } from '../serviceLayer';
import { B1Source, type SourceSettings } from '../source';
import { isLinkedSet, objectOf, type EventEntity } from './objects';
import type { B1Event } from './payload';

const KEYS_PER_READ = 40;

/** Newest event last. */
type Events = B1Event[];

/**
 * The records that these events are about, each once, as they are now. What the filters leave out brings no item; what
 * could not be read brings one with `error` for each record, or for each event that leads to none; `unread` are the errors
 * that another attempt may mend.
 */
export async function itemsOf(
	service: ServiceLayer,
	settings: SourceSettings & { entity: EventEntity },
	events: readonly B1Event[],
	output: string,
): Promise<{ items: IDataObject[]; unread: string[] }> {
	const items: IDataObject[] = [];
	const unread: string[] = [];
	let refused: CoreError | undefined;
	const fail = (caught: unknown, about: Events, key = '') => {
		const error = asCoreError(caught);
		if (error.kind === 'auth') refused ??= error;
		unread.push(error.message);
		items.push(unreadItem(settings, about, key, error.message, service));
	};
	const readable: B1Event[] = [];
	for (const event of events) {
		const refusal = refusalOf(event, service);
		if (refusal === undefined) readable.push(event);
		// Not counted: another attempt would bring the same.
		else items.push(unreadItem(settings, [event], '', refusal, service));
	}
	const byKey = byKeyOf(readable.filter((event) => isOwn(event, settings)));
	const linked = readable.filter((event) => !isOwn(event, settings));
	await followLinked(service, settings, linked, byKey).catch((error: unknown) => {
		for (const event of linked) fail(error, [event]);
	});

	const source = new B1Source(service, settings);
	const keys = [...byKey.keys()];
	for (let at = 0; at < keys.length; at += KEYS_PER_READ) {
		const piece = keys.slice(at, at + KEYS_PER_READ);
		// Each try would be a login, and a few that are refused lock the user.
		const read = refused ?? (await source.currentByKeys(piece).catch(asCoreError));
		if (read instanceof CoreError) {
			for (const key of piece) fail(read, byKey.get(key)!, key);
			continue;
		}
		const recordOf = new Map(read.records.map((record) => [record.erp.key, record]));
		for (const key of piece) {
			const about = byKey.get(key)!;
			const record = recordOf.get(key) ?? goneRecord(settings, about, key, read.known, service);
			if (record) items.push({ ...toItem(record, output), event: shownEvent(about) });
			else if (!read.known.has(key)) {
				const what = `${objectOf(settings.entity)} "${key}"`;
				fail(new CoreError('notFound', `SAP Business One has no ${what}.`), about, key);
			}
		}
	}
	return { items, unread };
}

function isOwn({ object }: B1Event, { entity }: { entity: EventEntity }): boolean {
	return object === objectOf(entity);
}

/** Why nothing can ever be read of this event here. */
function refusalOf(event: B1Event, { connection }: ServiceLayer): string | undefined {
	const { company, isKey, key, object } = event;
	if (company !== '' && company.toUpperCase() !== connection.companyDb.toUpperCase()) {
		return `The event is of the company database "${excerptOf(company, 100)}".`;
	}
	if (isKey) return undefined;
	return `The event names no record: "${excerptOf(key, 100)}" is no key of ${object}.`;
}

function byKeyOf(events: readonly B1Event[]): Map<string, Events> {
	const byKey = new Map<string, Events>();
	for (const event of events) byKey.set(event.key, [...(byKey.get(event.key) ?? []), event]);
	return byKey;
}

/** An invoice is an event of the orders that it leads back to. */
async function followLinked(
	service: ServiceLayer,
	{ linked }: SourceSettings,
	events: Events,
	byKey: Map<string, Events>,
): Promise<void> {
	if (!linked || events.length === 0) return;
	const documents = events.flatMap((event) =>
		isLinkedSet(event.object) ? [{ set: event.object, entry: event.key, event }] : [],
	);
	const eventOf = new Map<LinkedDocument, B1Event>(documents.map((one) => [one, one.event]));
	const behind = new Map<string, Set<B1Event>>();
	await ordersBehind(service, linked, documents, (order, document) => {
		const event = eventOf.get(document);
		if (event) behind.set(order, (behind.get(order) ?? new Set()).add(event));
	});
	for (const [order, causes] of behind) {
		byKey.set(order, [...causes, ...(byKey.get(order) ?? [])]);
	}
}

function goneRecord(
	{ entity, scope }: SourceSettings,
	about: Events,
	key: string,
	known: ReadonlySet<string>,
	service: ServiceLayer,
): B1Record | undefined {
	const isDeleted = !known.has(key) && about.some(({ transaction }) => transaction === 'Deleted');
	return isDeleted ? deletedRecord(entity, key, scope, readAt(service)) : undefined;
}

function unreadItem(
	{ entity, scope }: SourceSettings,
	about: Events,
	key: string,
	error: string,
	service: ServiceLayer,
): IDataObject {
	return {
		...(key !== '' && { erp: { ...identityOf(entity, key, scope, readAt(service)) } }),
		error,
		event: shownEvent(about),
	};
}

/** The last one, and how many it stands for. */
function shownEvent(about: Events): IDataObject {
	const { id, object, transaction, key, time } = about[about.length - 1];
	return { id, object, transaction, key, time, count: about.length };
}

function readAt({ ports }: ServiceLayer): string {
	return new Date(ports.now()).toISOString();
}
