/** Signed deliveries of events to the node's own receiving end. */
import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { Transport } from '../../../core/http/ports';
import { createDuplicates } from '../../../core/webhook/duplicates';
import { eventsOf, type EventEntity } from '../../../nodes/SapBusinessOne/events/objects';
import {
	receive,
	type EventSettings,
	type Receipt,
} from '../../../nodes/SapBusinessOne/events/receive';
import { eventSecretsOf } from '../../../nodes/SapBusinessOne/events/secrets';
import { sourceSettings } from '../../../nodes/SapBusinessOne/parameters';
import type { Setup, TestSystem } from './system.mts';

export const SECRET = 'i1mGRbx8DaYZQ6p7RJywYD1IauI+HyTj4TjyKSYv8sI=';

/** `Orders(91)` was changed, as the vendor documents it: the key in `data`. */
export const event = (object: string, key: unknown, more: object = {}) => ({
	id: `${object}-${String(key)}`,
	specversion: '1.0',
	type: `sap.b1.${object}.Created.v1`,
	source: '/default/sap.b1/SBODEMODE',
	time: '2026-11-20T08:00:00Z',
	data: { DocEntry: key },
	...more,
});

export interface Office {
	deliver(body: unknown, more?: OfficeOptions): Promise<Receipt>;
	/** The items of a delivery that was emitted. */
	items(body: unknown, more?: OfficeOptions): Promise<IDataObject[]>;
	/** Counts of parts that were no events. */
	skipped: number[];
}

export interface OfficeOptions extends Setup {
	entity?: EventEntity;
	fails?: boolean;
	secret?: string;
	/** Comes before every read of the company. */
	opening?: () => Promise<void>;
	settings?: () => Promise<EventSettings>;
}

export function openOffice(system: TestSystem): Office {
	const duplicates = createDuplicates();
	const secrets = eventSecretsOf({ signingSecret: SECRET }, 'sha256');
	const office: Office = {
		skipped: [],
		async deliver(body, more = {}) {
			const { entity = 'order', fails = false, secret = SECRET } = more;
			const rawBody = Buffer.from(JSON.stringify(body));
			const signature = createHmac('sha256', secret).update(rawBody).digest('base64');
			const read = (_name: string, fallback: unknown) => fallback;
			const reading = { pageSize: 500, keysPerRequest: 40 };
			const settings: EventSettings = {
				source: { ...sourceSettings(read, entity, 'SBODEMODE', reading), entity },
				events: eventsOf(entity, ['Created', 'Updated', 'Deleted'], entity === 'order'),
				output: 'erpRecord',
				failsUnread: fails,
				triggerKey: 'T',
			};
			return await receive(
				{ headers: { 'x-b1-webhook-signature': signature }, rawBody },
				secrets,
				more.settings ?? (async () => settings),
				{
					duplicates,
					ports: system.clock,
					open: async () => {
						await more.opening?.();
						return system.service(more);
					},
					onSkipped: (count) => office.skipped.push(count),
				},
			);
		},
		async items(body, more) {
			const receipt = await office.deliver(body, more);
			if (receipt.outcome !== 'emitted') throw new Error(`The delivery was ${receipt.outcome}`);
			for (const key of receipt.eventKeys) duplicates.done(key);
			return receipt.items;
		},
	};
	return office;
}

/** Counts requests whose address has `part` in it. */
export function counting(part: string, transport: Transport): { transport: Transport; n: number } {
	const counter = {
		n: 0,
		transport: (async (request) => {
			if (decodeURIComponent(request.url).includes(part)) counter.n++;
			return await transport(request);
		}) as Transport,
	};
	return counter;
}
