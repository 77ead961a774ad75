/** Event subscriptions and their deliveries, as the Service Layer and its messenger do them. To loopback addresses only. */
import { createHmac, randomUUID } from 'node:crypto';
import type { Row } from './filter.mts';
import { badRequest, Refusal } from './refusal.mts';

export type Transaction = 'Created' | 'Updated' | 'Deleted' | 'Closed' | 'Cancelled' | 'Reopened';

export interface SentEvents {
	webhookId: string;
	events: Row[];
	/** 0: no answer. */
	status: number;
	/** Until the answer, by the real clock. */
	ms: number;
}

export interface Forgery {
	body?: string;
	/** Absent: the right one; '' = no header. */
	signature?: string;
	secret?: string;
}

const OBJECTS = [
	'BusinessPartners',
	'Items',
	'Orders',
	'Invoices',
	'CreditNotes',
	'DeliveryNotes',
	'Returns',
	'IncomingPayments',
];
const MOST_WEBHOOKS = 16;
const RETRIES = 3;

export class Events {
	/** Whether this server is new enough and webhooks are switched on for the company. */
	isOn = true;
	/** How signatures are spelled. */
	encoding: 'base64' | 'hex' = 'base64';
	/** Whether single events come without an array around them. */
	sendsSingle = false;
	readonly sent: SentEvents[] = [];
	readonly handshakes: number[] = [];
	private readonly subscriptions = new Map<string, Row>();
	private waiting: Row[] = [];
	private doubled = false;

	constructor(
		private readonly companyDb: () => string,
		private readonly now: () => number,
	) {}

	list(): Row[] {
		return [...this.subscriptions.values()].map(shown);
	}

	async answer(
		method: string,
		key: string | undefined,
		action: string | undefined,
		body: Row,
	): Promise<{ status: number; body?: object }> {
		if (!this.isOn) {
			throw new Refusal(404, -2028, "Resource not found for the segment 'EventSubscriptions'");
		}
		if (key === undefined && method === 'GET') return { status: 200, body: { value: this.list() } };
		if (key === undefined && method === 'POST') {
			return { status: 201, body: shown(await this.create(body)) };
		}
		const row = this.subscriptions.get(key ?? '');
		if (!row) throw new Refusal(404, -2028, 'No matching records found (ODBC -2028)');
		if (method === 'POST' && action === 'Pause') {
			if (row.State !== 'Active') throw new Refusal(400, -10, 'The webhook is not active');
			row.State = 'Inactive';
			return { status: 204 };
		}
		if (method === 'DELETE' && action === undefined) {
			if (row.State === 'Active') throw new Refusal(400, -10, 'Pause the webhook first');
			this.subscriptions.delete(key ?? '');
			return { status: 204 };
		}
		throw new Refusal(400, -5006, 'This action is not supported for this object');
	}

	/** Something happened; it is sent by `flush`. */
	happened(object: string, transaction: Transaction, key: string | number, keyName: string): void {
		const event = {
			id: randomUUID(),
			specversion: '1.0',
			source: `/default/sap.b1/${this.companyDb()}`,
			type: `sap.b1.${object}.${transaction}.v1`,
			subject: String(key),
			time: new Date(this.now()).toISOString(),
			datacontenttype: 'application/json',
			data: { [keyName]: String(key) },
		};
		// What nobody subscribed to is not kept.
		if ([...this.subscriptions.values()].some((row) => wants(row, event))) this.waiting.push(event);
	}

	/** The next delivery comes twice. */
	twice(): void {
		this.doubled = true;
	}

	/** Sends what waits to every active subscription, all in one, with the retries that a refusal brings. */
	async flush(): Promise<void> {
		const events = this.waiting.splice(0);
		for (const row of this.subscriptions.values()) {
			const wanted = events.filter((event) => wants(row, event));
			if (row.State !== 'Active' || wanted.length === 0) continue;
			const isSingle = this.sendsSingle && wanted.length === 1;
			const body = JSON.stringify(isSingle ? wanted[0] : wanted);
			const times = this.doubled ? 2 : 1;
			this.doubled = false;
			for (let time = 0; time < times; time++) await this.deliver(row, wanted, body);
		}
	}

	/** Somebody who knows the address sends something. Gives the status of the answer. */
	async forge(webhookId: string, { body, signature, secret }: Forgery = {}): Promise<number> {
		const row = this.subscriptions.get(webhookId);
		if (!row) throw new Error(`There is no webhook ${webhookId}`);
		const text = body ?? JSON.stringify(this.sent.at(-1)?.events ?? []);
		const right = this.sign(secret === undefined ? row : withKey(row, secret), text);
		return await post(String(row.WebhookURL), text, signature ?? right);
	}

	/** The server switches a subscription off, as it does after too many failures. */
	fail(webhookId: string): void {
		const row = this.subscriptions.get(webhookId);
		if (row) row.State = 'Exceptional';
	}

	private async deliver(row: Row, events: Row[], body: string): Promise<void> {
		for (let attempt = 0; attempt <= RETRIES; attempt++) {
			const started = performance.now();
			const status = await post(String(row.WebhookURL), body, this.sign(row, body));
			const ms = Math.round(performance.now() - started);
			this.sent.push({ webhookId: String(row.WebhookID), events, status, ms });
			if (status !== 0 && status < 500 && status !== 408 && status !== 429) return;
		}
	}

	private async create(body: Row): Promise<Row> {
		const url = String(body.WebhookURL ?? '');
		const id = String(body.WebhookID ?? '');
		const isLocal = /^http:\/\/(127\.0\.0\.1|localhost):/.test(url);
		if (!isLocal) throw badRequest(`The sandbox sends to loopback only, not to ${url}`);
		if (id === '' || id.length > 40 || url.length > 254) throw badRequest('Value too long');
		if (this.subscriptions.size >= MOST_WEBHOOKS) throw new Refusal(400, -10, 'Too many webhooks');
		const isTaken = [...this.subscriptions.values()].some(
			(row) => row.WebhookID === id || row.WebhookURL === url,
		);
		if (isTaken) throw new Refusal(400, -2035, 'This entry already exists (ODBC -2035)');
		const events = (body.EventCollection ?? []) as Row[];
		for (const { BusinessObject } of events) {
			if (!OBJECTS.includes(String(BusinessObject))) {
				throw new Refusal(400, -10, `Unknown business object ${String(BusinessObject)}`);
			}
		}
		if (events.length === 0) throw new Refusal(400, -10, 'No events');
		keyOf(body);
		const row = { ...body, State: 'Active' };
		if (body.Handshake !== 'tNO' && !(await this.shakesHands(row))) {
			throw new Refusal(400, -10, 'Webhook handshake failed');
		}
		this.subscriptions.set(id, row);
		return row;
	}

	private async shakesHands(row: Row): Promise<boolean> {
		const token = randomUUID();
		const headers = {
			'X-B1-Webhook-Token': token,
			'X-B1-Webhook-Signature': this.sign(row, token),
		};
		const answer = await fetch(String(row.WebhookURL), { headers }).catch(() => undefined);
		this.handshakes.push(answer?.status ?? 0);
		if (answer?.status !== 200) return false;
		const told = (await answer.json().catch(() => ({}))) as { Challenge?: string };
		return told.Challenge === token;
	}

	private sign(row: Row, text: string): string {
		const { Key, Algorithm } = keyOf(row);
		const algorithm = Algorithm.replace(/^hmac/i, '').toLowerCase();
		return createHmac(algorithm, Key).update(text).digest(this.encoding);
	}
}

function keyOf(row: Row): { Key: string; Algorithm: string } {
	const { Key, Algorithm } = JSON.parse(String(row.AuthenticationCred)) as Record<string, string>;
	if (!Key || !/^hmacsha(256|384|512)$/i.test(Algorithm ?? '')) {
		throw new Refusal(400, -10, 'Invalid authentication credentials');
	}
	return { Key, Algorithm };
}

function withKey(row: Row, Key: string): Row {
	return { ...row, AuthenticationCred: JSON.stringify({ ...keyOf(row), Key }) };
}

function wants({ EventCollection }: Row, { type }: Row): boolean {
	return ((EventCollection ?? []) as Row[]).some(
		(one) => type === `sap.b1.${String(one.BusinessObject)}.${String(one.TransactionType)}.v1`,
	);
}

/** Nobody is shown a key. */
function shown({ AuthenticationCred: _, ...row }: Row): Row {
	return row;
}

async function post(url: string, body: string, signature: string): Promise<number> {
	const headers: Record<string, string> = { 'content-type': 'application/json' };
	if (signature !== '') headers['X-B1-Webhook-Signature'] = signature;
	const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
	await answer?.arrayBuffer();
	return answer?.status ?? 0;
}
