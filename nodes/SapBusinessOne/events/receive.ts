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
	| { outcome: 'dropped' }
	| { outcome: 'emitted'; items: IDataObject[]; eventKeys: string[] };

/**
 * One delivery, from the bytes to the items. Nothing of a delivery that does not prove where it comes from is even read.
 * @throws CoreError `protocol` where an authentic sender sends no events
 */
export async function receive(
	delivery: Delivery,
	secrets: EventSecrets,
	settings: EventSettings,
	tools: { duplicates: Duplicates; ports: Ports; open: () => Promise<ServiceLayer> },
): Promise<Receipt> {
	if (!delivery.rawBody || !isAuthentic(delivery, secrets)) return { outcome: 'refused' };
	const events = eventsIn(parseJson(delivery.rawBody.toString('utf8')));
	const wanted = events.filter((event) => settings.events.some((one) => isOf(event, one)));
	const { triggerKey, source, output, failsUnread } = settings;
	const keyOf = ({ id }: B1Event) => `${triggerKey}|${id}`;
	const { duplicates, ports } = tools;
	const fresh = wanted.filter((event) => duplicates.take(keyOf(event), ports.now()));
	if (fresh.length === 0) return { outcome: 'dropped' };
	const eventKeys = fresh.map(keyOf);
	try {
		const { items, unread } = await itemsOf(await tools.open(), source, fresh, output);
		if (unread > 0 && failsUnread) throw unreadError(items, unread);
		return items.length === 0 ? { outcome: 'dropped' } : { outcome: 'emitted', items, eventKeys };
	} catch (error) {
		for (const key of eventKeys) duplicates.forget(key);
		throw asCoreError(error);
	}
}

function isOf({ object, transaction }: B1Event, wanted: EventOf): boolean {
	return object === wanted.BusinessObject && transaction === wanted.TransactionType;
}

function unreadError(items: readonly IDataObject[], unread: number): CoreError {
	const first = items.find(({ error }) => error !== undefined);
	return new CoreError(
		'transient',
		`${unread} records of this delivery could not be read: ${String(first?.error)}`,
		{ remedy: 'SAP Business One sends it again a few times; the polling trigger finds the rest.' },
	);
}
