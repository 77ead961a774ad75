import type { IDataObject } from 'n8n-workflow';
import { asCoreError } from '../../../core/http/errors';
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
 * could not be read brings one with `error`.
 */
export async function itemsOf(
	service: ServiceLayer,
	settings: SourceSettings & { entity: EventEntity },
	events: readonly B1Event[],
	output: string,
): Promise<{ items: IDataObject[]; unread: number }> {
	const items: IDataObject[] = [];
	let unread = 0;
	const fail = (error: unknown, about: Events, key = '') => {
		unread++;
		items.push(unreadItem(settings, about, key, asCoreError(error).message, service));
	};
	const foreign = events.filter(({ company }) => isOther(company, service));
	for (const event of foreign) {
		fail(new Error(`The event is of the company database "${event.company}".`), [event]);
	}
	const byKey = byKeyOf(events.filter((one) => !foreign.includes(one) && isOwn(one, settings)));
	const linked = events.filter((one) => !foreign.includes(one) && !isOwn(one, settings));
	await followLinked(service, settings, linked, byKey).catch((error: unknown) =>
		fail(error, linked),
	);

	const source = new B1Source(service, settings);
	const keys = [...byKey.keys()];
	for (let at = 0; at < keys.length; at += KEYS_PER_READ) {
		const piece = keys.slice(at, at + KEYS_PER_READ);
		try {
			const { records, known } = await source.currentByKeys(piece);
			const recordOf = new Map(records.map((record) => [record.erp.key, record]));
			for (const key of piece) {
				const about = byKey.get(key)!;
				const record = recordOf.get(key) ?? goneRecord(settings, about, key, known, service);
				if (record) items.push({ ...toItem(record, output), event: shownEvent(about) });
				else if (!known.has(key)) {
					fail(
						new Error(`SAP Business One has no ${objectOf(settings.entity)} "${key}".`),
						about,
						key,
					);
				}
			}
		} catch (error) {
			for (const key of piece) fail(error, byKey.get(key)!, key);
		}
	}
	return { items, unread };
}

function isOwn({ object }: B1Event, { entity }: { entity: EventEntity }): boolean {
	return object === objectOf(entity);
}

function isOther(company: string, { connection }: ServiceLayer): boolean {
	return company !== '' && company.toUpperCase() !== connection.companyDb.toUpperCase();
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
	const documents = events.flatMap(({ object, key }): LinkedDocument[] =>
		isLinkedSet(object) ? [{ set: object, entry: key }] : [],
	);
	for (const order of await ordersBehind(service, linked, documents)) {
		byKey.set(order, [...events.slice(-1), ...(byKey.get(order) ?? [])]);
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
