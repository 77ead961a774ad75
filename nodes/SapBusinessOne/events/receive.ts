import type { IDataObject } from 'n8n-workflow';
import { parseJson } from '../../../core/http/body';
import { asCoreError, CoreError } from '../../../core/http/errors';
import type { Ports } from '../../../core/http/ports';
import type { Duplicates } from '../../../core/webhook/duplicates';
import type { Delivery } from '../../../core/webhook/signature';
import type { ServiceLayer } from '../serviceLayer';
import type { SourceSettings } from '../source';
import type { EventEntity, EventOf } from './objects';
import { eventsIn, type B1Event } from './payload';
import { itemsOf } from './records';
import { isAuthentic, type EventSecrets } from './secrets';

export interface EventSettings {
	source: SourceSettings & { entity: EventEntity };
	/** What was subscribed to. Anything else is dropped. */
	events: readonly EventOf[];
	output: string;
	/** Fail where one record cannot be read, so that the sender tries again; else it leaves with its error. */
	failsUnread: boolean;
	/** Tells one trigger from another: the same event may come to several. */
	triggerKey: string;
}

export type Receipt =
	| { outcome: 'refused' }
	/** An earlier attempt with one of these events is not decided. */
	| { outcome: 'underWay' }
	| { outcome: 'dropped' }
	| { outcome: 'emitted'; items: IDataObject[]; eventKeys: string[] };

export interface ReceiveTools {
	duplicates: Duplicates;
	ports: Ports;
	open: () => Promise<ServiceLayer>;
	/** Told how many parts of a delivery are no events. */
	onSkipped?: (count: number) => void;
}

/**
 * One delivery, from the bytes to the items. Nothing of a delivery that does not prove where it comes from is even read.
 * What is emitted stays under way until the caller tells `duplicates` how it ended.
 * @throws CoreError `protocol` where an authentic sender sends no events
 */
export async function receive(
	delivery: Delivery,
	secrets: EventSecrets,
	settingsOf: () => Promise<EventSettings>,
	{ duplicates, ports, open, onSkipped }: ReceiveTools,
): Promise<Receipt> {
	if (!delivery.rawBody || !isAuthentic(delivery, secrets)) return { outcome: 'refused' };
	const { events, skipped } = eventsIn(parseJson(delivery.rawBody.toString('utf8')));
	if (skipped > 0) onSkipped?.(skipped);
	const settings = await settingsOf();
	const wanted = events.filter((event) => settings.events.some((one) => isOf(event, one)));
	const keyOf = (event: B1Event) => takenKey(settings, event);
	const isUnderWay = wanted.some((event) => duplicates.isUnderWay(keyOf(event), ports.now()));
	if (isUnderWay) return { outcome: 'underWay' };
	const fresh = wanted.filter((event) => duplicates.take(keyOf(event), ports.now()));
	if (fresh.length === 0) return { outcome: 'dropped' };
	const eventKeys = fresh.map(keyOf);
	try {
		const { source, output, failsUnread } = settings;
		const { items, unread } = await itemsOf(await open(), source, fresh, output);
		if (unread.length > 0 && failsUnread) throw unreadError(unread);
		if (items.length > 0) return { outcome: 'emitted', items, eventKeys };
		for (const key of eventKeys) duplicates.done(key);
		return { outcome: 'dropped' };
	} catch (error) {
		for (const key of eventKeys) duplicates.forget(key);
		throw asCoreError(error);
	}
}

/** An id alone is not enough: some senders give one to several records, and a copied company counts on from the same. */
function takenKey({ triggerKey }: EventSettings, event: B1Event): string {
	const { company, id, object, transaction, key } = event;
	return [triggerKey, company.toUpperCase(), id, object, transaction, key].join('|');
}

function isOf({ object, transaction }: B1Event, wanted: EventOf): boolean {
	return object === wanted.BusinessObject && transaction === wanted.TransactionType;
}

function unreadError(unread: readonly string[]): CoreError {
	return new CoreError(
		'transient',
		`${unread.length} records of this delivery could not be read: ${unread[0]}`,
		{ remedy: 'SAP Business One sends it again a few times; the polling trigger finds the rest.' },
	);
}
