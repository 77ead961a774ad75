import { createHmac } from 'node:crypto';
import { asCoreError, CoreError } from '../../../core/http/errors';
import { canonicalJson } from '../../../core/record/fingerprint';
import { text, type Row } from '../rows';
import { keyPredicate, type ServiceLayer } from '../serviceLayer';
import type { EventOf } from './objects';
import type { HmacAlgorithm } from './secrets';

export interface WantedSubscription {
	url: string;
	events: readonly EventOf[];
	secret: string;
	algorithm: HmacAlgorithm;
	/** Whether the server asks the address for an answer before it sends anything. */
	handshake: boolean;
	verifyCertificate: boolean;
}

const SET = 'EventSubscriptions';
const LONGEST_URL = 254;
/** A company may have 16; a server gives at least one on a page. */
const MOST_PAGES = 20;
const ALGORITHMS = { sha256: 'HMACSha256', sha384: 'HMACSha384', sha512: 'HMACSha512' } as const;

/**
 * Whether the subscription of this address is there as wanted and active. Any other of the address is removed. Its id
 * says what it was registered with: the server does not show a key.
 */
export async function keepSubscription(
	service: ServiceLayer,
	wanted: WantedSubscription,
): Promise<boolean> {
	const id = subscriptionId(wanted);
	let isKept = false;
	for (const row of await ownSubscriptions(service, wanted.url)) {
		if (text(row, 'WebhookID') === id && isActive(row)) isKept = true;
		else await remove(service, text(row, 'WebhookID'));
	}
	return isKept;
}

export async function addSubscription(
	service: ServiceLayer,
	wanted: WantedSubscription,
): Promise<void> {
	if (wanted.url === '') {
		throw new CoreError('configuration', 'n8n knows no address that events could be sent to.', {
			remedy: 'Set WEBHOOK_URL of n8n.',
		});
	}
	if (wanted.url.length > LONGEST_URL) {
		throw new CoreError(
			'configuration',
			`The webhook address has ${wanted.url.length} characters; SAP Business One takes ${LONGEST_URL}.`,
			{ remedy: 'Give n8n a shorter WEBHOOK_URL.' },
		);
	}
	const json = {
		WebhookID: subscriptionId(wanted),
		WebhookURL: wanted.url,
		AuthenticationType: 'HMAC',
		AuthenticationCred: JSON.stringify({
			Key: wanted.secret,
			Algorithm: ALGORITHMS[wanted.algorithm],
		}),
		Handshake: wanted.handshake ? 'tYES' : 'tNO',
		VerifyCertificate: wanted.verifyCertificate ? 'tYES' : 'tNO',
		EventCollection: wanted.events,
	};
	await service.send({ method: 'POST', path: SET, json }).catch((caught: unknown) => {
		throw explained(asCoreError(caught), wanted.url);
	});
}

/** How many there were. */
export async function removeSubscriptions(service: ServiceLayer, url: string): Promise<number> {
	const own = await ownSubscriptions(service, url);
	for (const row of own) await remove(service, text(row, 'WebhookID'));
	return own.length;
}

async function ownSubscriptions(service: ServiceLayer, url: string): Promise<Row[]> {
	if (service.connection.version === 'v1') {
		throw new CoreError('configuration', 'Events need version 2 of the Service Layer.', {
			remedy: 'Choose v2 in "Service Layer Version" of the credential.',
		});
	}
	const rows: Row[] = [];
	let pages = 0;
	try {
		for await (const page of service.pages(SET, { pageSize: 100 })) {
			rows.push(...page.rows);
			if (++pages >= MOST_PAGES && page.next !== undefined) throw endlessList();
		}
	} catch (caught) {
		throw explained(asCoreError(caught), url);
	}
	// One without an address belongs to somebody else, also where n8n knows no address of its own.
	return rows.filter((row) => url !== '' && text(row, 'WebhookURL') === url);
}

function endlessList(): CoreError {
	return new CoreError(
		'protocol',
		`SAP Business One lists its event subscriptions on more than ${MOST_PAGES} pages, and a company may have 16.`,
		{ remedy: 'Check "Base URL" in the credential: a proxy may change the links to next pages.' },
	);
}

/** Only a paused one can be deleted, and only an active one can be paused. */
async function remove(service: ServiceLayer, id: string): Promise<void> {
	const path = `${SET}${keyPredicate(id, 'text')}`;
	await service.send({ method: 'POST', path: `${path}/Pause` }).catch((caught: unknown) => {
		const error = asCoreError(caught);
		if (error.kind !== 'invalid' && error.kind !== 'notFound') throw error;
	});
	await service.send({ method: 'DELETE', path, repeatable: true }).catch((caught: unknown) => {
		const error = asCoreError(caught);
		if (error.kind !== 'notFound') throw error;
	});
}

/** At most 40 characters. A keyed digest: whoever reads it learns nothing of the secret. */
function subscriptionId(wanted: WantedSubscription): string {
	const { secret, ...settings } = wanted;
	const digest = createHmac('sha256', secret).update(canonicalJson(settings)).digest('hex');
	return `n8n-${digest.slice(0, 32)}`;
}

/** `Active`, or the `A` of the table; what was switched off or failed too often is registered anew. */
function isActive(row: Row): boolean {
	const state = text(row, 'State');
	return state === '' || /^(ws_?)?a(ctive)?$/i.test(state);
}

/** Only the host is named: the rest of the address is what keeps strangers out. */
function explained(error: CoreError, url: string): CoreError {
	const { status, code, message } = error;
	const { protocol, host } = URL.canParse(url) ? new URL(url) : { protocol: 'https:', host: 'n8n' };
	if (error.kind === 'forbidden') {
		return new CoreError(
			'forbidden',
			'SAP Business One does not let this user subscribe to events.',
			{
				status,
				code,
				remedy: 'Give the user of the credential the authorization "Webhook Manipulation".',
			},
		);
	}
	if (error.kind === 'notFound') {
		return new CoreError('configuration', 'This Service Layer knows no event subscriptions.', {
			status,
			code,
			remedy:
				'Events need SAP Business One 10.0 FP 2602 or later, with webhooks switched on for the company. Use SAP Business One Trigger, which polls.',
		});
	}
	if (error.kind !== 'invalid') return error;
	return new CoreError(
		'configuration',
		`The subscription for ${protocol}//${host} was refused: ${message}`,
		{
			status,
			code,
			remedy:
				'The server must reach that address by https with a certificate that it trusts; webhooks must be switched on for the company; 16 subscriptions are allowed; leave out "Events" that the object does not know.',
		},
	);
}
