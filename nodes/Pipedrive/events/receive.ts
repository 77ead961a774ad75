import { parseJson } from '../../../core/http/body';
import type { Ports } from '../../../core/http/ports';
import type { Duplicates } from '../../../core/webhook/duplicates';
import type { Delivery } from '../../../core/webhook/signature';
import type { Environment } from '../run';
import { isAuthentic, type Secrets } from './authentication';
import { isOwnEcho, passes, type EventFilter } from './filter';
import { readEvent } from './payload';
import { itemOf, type EventItem } from './records';

export interface ReceiveSettings {
	filter: EventFilter;
	/** Drop what the integration did itself. */
	ignoresOwn: boolean;
	/** 0: the owner of the webhook, who is the user of the token. */
	integrationUserId: number;
	/** Owner of the webhook as told when it was registered; only needed for version 1.0. */
	registeredOwnerId?: number;
	readAgain: boolean;
	/** Tells one trigger from another: the same event may come to several. */
	triggerKey: string;
}

export type Receipt =
	| { outcome: 'refused' }
	/** An earlier attempt with the same event is not decided. */
	| { outcome: 'underWay' }
	| { outcome: 'dropped'; why: 'duplicate' | 'filtered' | 'own change' }
	| { outcome: 'emitted'; item: EventItem; eventKey: string };

/**
 * One delivery, from the bytes to the item. Nothing of a delivery that does not prove where it comes from is
 * even read, nor any setting for it. What is emitted stays under way until the caller tells `duplicates` how it ended.
 * @throws CoreError `protocol` where an authentic sender sends no Pipedrive event
 */
export async function receive(
	delivery: Delivery & { body: unknown },
	secrets: Secrets,
	settingsOf: () => ReceiveSettings,
	tools: { duplicates: Duplicates; ports: Ports; open: () => Promise<Environment> },
): Promise<Receipt> {
	if (!isAuthentic(delivery, secrets)) return { outcome: 'refused' };
	const read = readEvent(bodyOf(delivery));
	const settings = settingsOf();
	if (!passes(read, settings.filter)) return { outcome: 'dropped', why: 'filtered' };
	if (settings.ignoresOwn) {
		const owner = settings.integrationUserId || read.hookOwnerId || settings.registeredOwnerId;
		if (isOwnEcho(read.event, owner)) return { outcome: 'dropped', why: 'own change' };
	}
	const eventKey = `${settings.triggerKey}|${read.event.id}`;
	if (tools.duplicates.isUnderWay(eventKey, tools.ports.now())) return { outcome: 'underWay' };
	if (!tools.duplicates.take(eventKey, tools.ports.now())) {
		return { outcome: 'dropped', why: 'duplicate' };
	}
	const { readAgain } = settings;
	const sleep = async (ms: number) => await tools.ports.sleep(ms);
	const item = await itemOf(read, tools.open, { readAgain, sleep }).catch((error: unknown) => {
		tools.duplicates.forget(eventKey);
		throw error;
	});
	return { outcome: 'emitted', item, eventKey };
}

/** What was signed is what is read. */
function bodyOf({ rawBody, body }: Delivery & { body: unknown }): unknown {
	return rawBody ? parseJson(rawBody.toString('utf8')) : body;
}
