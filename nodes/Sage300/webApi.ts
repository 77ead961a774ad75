import { DateTime } from 'luxon';
import { excerptOf, jsonOf } from '../../core/http/body';
import { createClient } from '../../core/http/client';
import { asCoreError, CoreError } from '../../core/http/errors';
import type { Ports, Transport } from '../../core/http/ports';
import { TYPE_THE_NAME } from '../../core/n8n/names';
import { entitySetNamesIn } from '../../core/odata/entitySetNames';
import { odataUrl } from '../../core/odata/query';
import { v4 } from '../../core/odata/v4';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { Connection } from './connection';
import { dateFormFor, formMemory, isAboutFilter, type FormMemory } from './dateFilter';
import type { Row } from './fields';
import { oneAtATime } from './oneAtATime';
import { classifierFor } from './refusal';
import { withSessionCookies } from './sessionCookies';

export interface ListQuery {
	/** The properties to read. */
	select: readonly string[];
	filter?: string;
	orderBy?: readonly string[];
	top?: number;
}

export interface ApiPage {
	rows: Row[];
	/** Rows of the list up to the end of this page: where to go on with `walk`. */
	end: number;
	/** The server's present in the company's local time, `''` when it does not say. */
	serverNow: string;
}

/** The Web API of one company, for reading. */
export interface WebApi {
	readonly connection: Connection;
	readonly ports: Ports;
	/** All pages of a resource such as `AR/ARCustomers`, behind the first `from` rows. */
	walk(resource: string, query: ListQuery, from?: number): AsyncGenerator<ApiPage>;
	/** One record by the text inside the parentheses of its address: `'1200'`. */
	record(resource: string, key: string, select: readonly string[]): Promise<Row>;
	/** Names of the endpoints of a module, `AR`, from its `$metadata`. */
	endpoints(module: string): Promise<string[]>;
	/** A condition for "on or after this day", in the form this server understands. */
	since(resource: string, property: string, day: string): Promise<string>;
}

export interface WebApiOptions {
	connection: Connection;
	transport: Transport;
	ports: Ports;
	/** Epoch milliseconds no request may outlive. */
	deadline?: () => number;
	/** Default: what this process knows. */
	memory?: WebApiMemory;
}

/** What is kept between polls, in the process only. */
export interface WebApiMemory {
	forms: FormMemory;
	cookies?: Map<string, string>;
}

/** The site sleeps when idle, and its first answer then takes tens of seconds. */
const ATTEMPT_TIMEOUT_MS = 120_000;
const TOTAL_TIMEOUT_MS = 300_000;

export function createWebApi(options: WebApiOptions): WebApi {
	const { connection, ports, memory = { forms: formMemory } } = options;
	const { companyUrl, user, password } = connection;
	const account = fingerprintOf({ companyUrl, user, password });
	const client = createClient({
		transport: connection.reusesSession
			? withSessionCookies(options.transport, account, memory.cookies)
			: options.transport,
		ports,
		gate: oneAtATime(companyUrl),
		attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
		totalTimeoutMs: TOTAL_TIMEOUT_MS,
		deadline: options.deadline,
		classify: classifierFor(connection),
	});
	const login = Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
	const headers = {
		accept: 'application/json',
		// Without it even a read is answered with HTTP 500.
		'content-type': 'application/json',
		authorization: `Basic ${login}`,
	};

	async function pageAt(url: string, resource: string): Promise<ApiPage & { link?: string }> {
		const response = await client.send({ method: 'GET', url, headers });
		const body = jsonOf(response, resource);
		const { rows, nextLink } = v4.collection(body, resource);
		const older = (body as Record<string, unknown>)['odata.nextLink'];
		const link = nextLink ?? (typeof older === 'string' && older !== '' ? older : undefined);
		const serverNow = localTime(response.headers.date, connection.zone);
		return { rows: rows.map(withoutProtocol), end: 0, serverNow, link };
	}

	const address = (resource: string, query: Partial<ListQuery>, skip = 0) => {
		const { select, ...rest } = query;
		const slash = resource.indexOf('/');
		const moduleUrl = `${companyUrl}/${resource.slice(0, slash)}`;
		return odataUrl(v4, moduleUrl, resource.slice(slash + 1), {
			...rest,
			shape: select && { select },
			skip: skip || undefined,
		});
	};

	async function* walk(resource: string, query: ListQuery, from = 0): AsyncGenerator<ApiPage> {
		let url = address(resource, query, from);
		let end = from;
		let isLinked = false;
		let firstSize: number | undefined;
		let before = '';
		for (;;) {
			const { link, ...page } = await pageAt(url, resource);
			const content = page.rows.length === 0 ? '' : fingerprintOf(page.rows);
			if (content !== '' && content === before) throw samePage(resource);
			before = content;
			end += page.rows.length;
			yield { ...page, end };
			if (query.top !== undefined && end - from >= query.top) return;
			if (link !== undefined) {
				isLinked = true;
				const next = rebased(link, companyUrl, resource);
				if (next === url) throw samePage(resource);
				url = next;
				continue;
			}
			firstSize ??= page.rows.length;
			// Builds without next links tell the end only by a page that is shorter than the first one.
			if (isLinked || page.rows.length === 0 || page.rows.length < firstSize) return;
			url = address(resource, query, end);
		}
	}

	async function firstRow(resource: string, select: string[], filter?: string) {
		const query = { select, filter, top: 1 };
		const { rows } = await pageAt(address(resource, query), resource);
		return rows[0];
	}

	return {
		connection,
		ports,
		async *walk(resource, query, from) {
			try {
				yield* walk(resource, query, from);
			} catch (error) {
				const core = asCoreError(error);
				// The server may have been updated to another form of dates: it is looked for anew next time.
				if (query.filter !== undefined && isAboutFilter(core)) memory.forms.delete(companyUrl);
				throw core;
			}
		},
		async record(resource, key, select) {
			const url = address(`${resource}(${key})`, { select });
			const response = await client.send({ method: 'GET', url, headers });
			return withoutProtocol(v4.entity(jsonOf(response, resource), resource));
		},
		async endpoints(module) {
			const response = await client.send({
				method: 'GET',
				url: `${companyUrl}/${module}/$metadata`,
				headers: { ...headers, accept: 'application/xml' },
			});
			return entitySetNamesIn(response, `$metadata of the module ${module}`, TYPE_THE_NAME);
		},
		async since(resource, property, day) {
			const form = await dateFormFor(memory.forms, companyUrl, property, async (filter) =>
				firstRow(resource, [property], filter),
			);
			return form.since(property, day);
		},
	};
}

/** A link may name the server by an inner host: only its query is taken, and only for the same resource. */
function rebased(link: string, companyUrl: string, resource: string): string {
	const [path, query] = link.split('?');
	const name = resource.slice(resource.lastIndexOf('/') + 1);
	const isSame = decodeURIComponent(path).toLowerCase().endsWith(name.toLowerCase());
	if (isSame && query) return `${companyUrl}/${resource}?${query}`;
	throw new CoreError('protocol', `Sage 300 linked to another place: ${excerptOf(link, 120)}`, {
		remedy: 'Check that "Web API URL" leads to the Web API itself.',
	});
}

function samePage(resource: string): CoreError {
	return new CoreError(
		'protocol',
		`${resource}: the same page came twice, so the list has no end.`,
		{ remedy: 'Check that no proxy in front of the Web API drops $skip from the address.' },
	);
}

/** A row without `@odata.*` and `odata.*` members. */
function withoutProtocol(row: Row): Row {
	const own = Object.entries(row).filter(
		([name]) => !name.includes('@') && !name.startsWith('odata.'),
	);
	return Object.fromEntries(own);
}

/** An HTTP date as `2026-11-20T10:12:30` in a zone. */
function localTime(httpDate: string | undefined, zone: string): string {
	const at = DateTime.fromHTTP(httpDate ?? '');
	return at.isValid ? at.setZone(zone).toFormat("yyyy-MM-dd'T'HH:mm:ss") : '';
}
