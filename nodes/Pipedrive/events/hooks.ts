import { asCoreError, CoreError } from '../../../core/http/errors';
import { listOf, type Caller } from '../call';
import { EVENT_ENDPOINTS } from './endpoints';

export type WebhookVersion = '1.0' | '2.0';

/** A webhook as Pipedrive lists it. */
export interface Hook {
	id: number;
	ownerId?: number;
	url: string;
	action: string;
	object: string;
	version: string;
	isActive: boolean;
	user: string | null;
	password: string | null;
	/** ISO instant of the last delivery, and what it was answered. */
	lastDelivery?: string;
	lastStatus?: number;
}

export interface WantedHook {
	url: string;
	/** `create`, `change`, `delete` or `*`. */
	action: string;
	/** `deal` … or `*`. */
	object: string;
	version: WebhookVersion;
	name: string;
	user: string;
	password: string;
}

const LONGEST_NAME = 255;

export async function listHooks(call: Caller): Promise<Hook[]> {
	const what = 'the list of webhooks';
	const { data } = await call(EVENT_ENDPOINTS.listWebhooks, what);
	return listOf(data, what).map(hookOf);
}

/**
 * The webhook of this address that is as wanted, if there is one. All others of the address are removed:
 * those with other settings, those that Pipedrive switched off, and doubles.
 */
export async function keepOne(call: Caller, wanted: WantedHook): Promise<Hook | undefined> {
	const own = (await listHooks(call)).filter(({ url }) => url === wanted.url);
	const kept = own.find((hook) => isAsWanted(hook, wanted));
	for (const hook of own) if (hook !== kept) await removeHook(call, hook.id);
	return kept;
}

function isAsWanted(hook: Hook, wanted: WantedHook): boolean {
	return (
		hook.isActive &&
		hook.action === wanted.action &&
		hook.object === wanted.object &&
		hook.version === wanted.version &&
		hook.user === wanted.user &&
		// A list that hides the password tells nothing: then it is registered anew.
		hook.password === wanted.password
	);
}

export async function addHook(call: Caller, wanted: WantedHook): Promise<Hook> {
	const what = 'the new webhook';
	const json = {
		subscription_url: wanted.url,
		event_action: wanted.action,
		event_object: wanted.object,
		name: wanted.name.slice(0, LONGEST_NAME),
		http_auth_user: wanted.user,
		http_auth_password: wanted.password,
		version: wanted.version,
	};
	const { data } = await call(EVENT_ENDPOINTS.addWebhook, what, { json }).catch(
		(error: unknown) => {
			throw explained(error, wanted.url);
		},
	);
	return hookOf(data);
}

/** Removes every webhook of this address; how many there were. */
export async function removeHooks(call: Caller, url: string): Promise<number> {
	const own = (await listHooks(call)).filter((hook) => hook.url === url);
	for (const { id } of own) await removeHook(call, id);
	return own.length;
}

async function removeHook(call: Caller, id: number): Promise<void> {
	const ids = { id: String(id) };
	await call(EVENT_ENDPOINTS.removeWebhook, `webhook ${id}`, { ids }).catch((error: unknown) => {
		// Gone is what was wanted: Pipedrive removed it already, or says so in an answer without data.
		const { kind, status = 0 } = asCoreError(error);
		if (kind === 'notFound' || (kind === 'protocol' && status >= 200 && status < 300)) return;
		throw error;
	});
}

/** Only the host is named: the rest of the address is what keeps strangers out. */
function explained(error: unknown, url: string): unknown {
	if (!(error instanceof CoreError)) return error;
	const { protocol, host } = new URL(url);
	if (error.status === 400) {
		return new CoreError(
			'configuration',
			`Pipedrive does not accept the webhook address at ${protocol}//${host}: it must be reachable from the internet by https with a valid certificate, without redirect.`,
			{
				status: 400,
				remedy: 'Set WEBHOOK_URL of n8n to its public address, then publish the workflow again.',
			},
		);
	}
	if (error.status === 422) {
		return new CoreError(
			'configuration',
			'Pipedrive refuses one more webhook: 40 are allowed for each user.',
			{
				status: 422,
				remedy: 'Remove webhooks that nobody uses in Pipedrive (Tools and apps > Webhooks).',
			},
		);
	}
	return error;
}

function hookOf(data: unknown): Hook {
	const row = (data ?? {}) as Record<string, unknown>;
	if (!Number.isInteger(row.id)) {
		throw new CoreError('protocol', "Pipedrive's answer has no webhook with an id.");
	}
	const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
	const lastStatus = Number(row.last_http_status ?? NaN);
	const lastDelivery = text(row.last_delivery_time);
	return {
		id: Number(row.id),
		...(Number.isInteger(row.owner_id) ? { ownerId: Number(row.owner_id) } : {}),
		url: String(row.subscription_url ?? ''),
		action: String(row.event_action ?? ''),
		object: String(row.event_object ?? ''),
		version: String(row.version ?? ''),
		// 0 or 1; a boolean would be no surprise.
		isActive: Boolean(row.is_active ?? true),
		user: text(row.http_auth_user),
		password: text(row.http_auth_password),
		...(lastDelivery === null ? {} : { lastDelivery }),
		...(Number.isInteger(lastStatus) ? { lastStatus } : {}),
	};
}
