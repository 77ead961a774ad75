/** A Pipedrive sandbox with a hand-moved clock, and an address that collects what its webhooks deliver. */
import { NOW } from '../../fakes/loopback.mts';
import { startServer, type Answer, type Exchange } from '../../sandbox/http.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../../sandbox/pipedrive/server.mts';

export interface Inbox {
	url: string;
	received: Exchange[];
	/** What the next deliveries are answered; 200 by default. */
	answer: (exchange: Exchange) => Answer;
	close(): Promise<void>;
}

export async function openInbox(): Promise<Inbox> {
	const received: Exchange[] = [];
	const server = await startServer((exchange) => {
		received.push(exchange);
		return inbox.answer(exchange);
	});
	const inbox: Inbox = {
		url: server.url,
		received,
		answer: () => ({ status: 200, body: {} }),
		close: () => server.close(),
	};
	return inbox;
}

type Send = (
	method: string,
	path: string,
	body?: object,
) => Promise<Record<string, never> & { id: number }>;

export interface Crm {
	sandbox: PipedriveSandbox;
	advance(ms: number): void;
	/** `POST`, `PATCH`, `DELETE` … with the token of the integration, user 1; gives `data`. */
	send: Send;
	/** The same as user 2, another client of the API. */
	sell: Send;
	close(): Promise<void>;
}

const SALES_TOKEN = 'b2'.repeat(20);

export async function openCrm(): Promise<Crm> {
	let at = NOW;
	const sandbox = await startPipedriveSandbox({
		plan: 'ultimate',
		now: () => at,
		sleep: async () => undefined,
		tokens: { [SALES_TOKEN]: 2 },
	});
	const sendWith =
		(token: string): Send =>
		async (method, path, body) => {
			const answer = await fetch(`${sandbox.url}/api${path}`, {
				method,
				headers: { 'x-api-token': token, 'content-type': 'application/json' },
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			});
			const { data, error } = (await answer.json()) as { data: never; error?: string };
			if (error) throw new Error(error);
			return data;
		};
	return {
		sandbox,
		advance: (ms) => {
			at += ms;
		},
		send: sendWith(sandbox.token),
		sell: sendWith(SALES_TOKEN),
		close: () => sandbox.close(),
	};
}

export const hookBody = (url: string, more: object = {}) => ({
	subscription_url: url,
	event_action: '*',
	event_object: '*',
	name: 'Test',
	version: '2.0',
	http_auth_user: 'pipedrive',
	http_auth_password: 'a long password',
	...more,
});
