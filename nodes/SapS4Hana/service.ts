import { DateTime } from 'luxon';
import { excerptOf, jsonOf } from '../../core/http/body';
import { createClient, type HttpClient } from '../../core/http/client';
import { asCoreError, CoreError } from '../../core/http/errors';
import { followPages } from '../../core/http/paging';
import type { HttpResponse, Ports, Transport } from '../../core/http/ports';
import type { ODataCollection, ODataDialect, ODataRow } from '../../core/odata/dialect';
import { classifyDescription, classifyOData } from '../../core/odata/errors';
import { odataUrl, type ODataQuery } from '../../core/odata/query';
import type { Connection } from './connection';
import type { Login } from './login';

export interface ServicePage extends ODataCollection {
	/** The server's present in the ERP's local time, `''` when it does not say. */
	serverNow: string;
}

/** One OData service of the system, for reading. */
export interface ODataService {
	readonly dialect: ODataDialect;
	readonly connection: Connection;
	readonly ports: Ports;
	/** One page of an entity set. */
	page(
		entitySet: string,
		query: ODataQuery,
		headers?: Record<string, string>,
	): Promise<ServicePage>;
	/** A page and all that follow it by the server's next links. */
	pages(
		entitySet: string,
		query: ODataQuery,
		headers?: Record<string, string>,
	): AsyncGenerator<ServicePage>;
	/** A next or delta link and the pages behind it. */
	follow(link: string, what: string): AsyncGenerator<ServicePage>;
	/** One entity by its path, `A_Set('1')`. */
	entity(path: string, query: ODataQuery): Promise<ODataRow>;
	/** How the service describes itself: `$metadata`, or `''` for its service document. */
	description(resource: string, accept: string): Promise<HttpResponse>;
	/** The ERP's local date and time now, by our clock. */
	localNow(): string;
}

export interface ServiceOptions {
	connection: Connection;
	/** Default: the business-partner service of the connection. */
	servicePath?: string;
	/** How the setting of that path is called. */
	servicePathSetting?: string;
	dialect: ODataDialect;
	login: Login;
	transport: Transport;
	ports: Ports;
	/** Epoch milliseconds no request may outlive. */
	deadline?: () => number;
}

export function createService(options: ServiceOptions): ODataService {
	const { connection, dialect, login, ports } = options;
	const servicePath = options.servicePath ?? connection.servicePath;
	const serviceUrl = connection.baseUrl + servicePath;
	const { transport, deadline } = options;
	const names = {
		system: 'SAP S/4HANA',
		login: login.settings,
		baseUrl: '"Base URL" in the credential',
		servicePath: options.servicePathSetting ?? '"Service Path" in the credential',
	};
	const reading = createClient({ transport, ports, deadline, classify: classifyOData(names) });
	const classify = classifyDescription(names);
	const describing = createClient({ transport, ports, deadline, classify });
	const extra: Record<string, string> = {
		...(connection.sapClient !== '' && { 'sap-client': connection.sapClient }),
		...(connection.language !== '' && { 'sap-language': connection.language }),
	};

	async function send(
		url: string,
		headers: Record<string, string>,
		client: HttpClient = reading,
	): Promise<HttpResponse> {
		for (let renewed = false; ; renewed = true) {
			const authorization = await login.authorization();
			try {
				return await client.send({ method: 'GET', url, headers: { ...headers, authorization } });
			} catch (caught) {
				const error = asCoreError(caught);
				if (error.kind !== 'auth' || renewed || !login.renew(authorization)) throw error;
			}
		}
	}

	async function pageAt(
		url: string,
		what: string,
		headers?: Record<string, string>,
	): Promise<ServicePage> {
		const response = await send(url, { ...dialect.headers, ...headers });
		const collection = dialect.collection(jsonOf(response, what), what);
		return { ...collection, serverNow: localTime(response.headers.date, connection.zone) };
	}

	async function* pagesFrom(
		url: string,
		what: string,
		headers?: Record<string, string>,
	): AsyncGenerator<ServicePage> {
		const fetchPage = async (link: string | undefined) => {
			const page = await pageAt(link ?? url, what, headers);
			const next = page.nextLink === undefined ? undefined : absolute(page.nextLink);
			return { ...page, next };
		};
		yield* followPages(fetchPage, () => endlessPaging(what));
	}

	/**
	 * A server behind a proxy writes links with its inner host, and the login must not travel to another host:
	 * whatever follows the service path is kept word for word, and goes to the configured address.
	 */
	function absolute(link: string): string {
		const at = link.indexOf(`${servicePath}/`);
		const rest = at >= 0 ? link.slice(at + servicePath.length + 1) : relative(link);
		const url = `${serviceUrl}/${rest}`;
		const missing = Object.entries(extra).filter(([name]) => !rest.includes(`${name}=`));
		const added = missing.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
		return added === '' ? url : `${url}${rest.includes('?') ? '&' : '?'}${added}`;
	}

	function relative(link: string): string {
		if (!/^([a-z]+:)?\/\//i.test(link)) return link.replace(/^\/+/, '');
		throw new CoreError(
			'protocol',
			`The service linked to another place: ${excerptOf(link, 120)}`,
			{
				remedy: `Check that "Base URL" and the service path are those the system itself uses.`,
			},
		);
	}

	const address = (resource: string, query: ODataQuery) =>
		odataUrl(dialect, serviceUrl, resource, { ...query, extra: { ...query.extra, ...extra } });

	return {
		dialect,
		connection,
		ports,
		page: async (entitySet, query, headers) =>
			await pageAt(address(entitySet, query), entitySet, headers),
		pages: (entitySet, query, headers) => pagesFrom(address(entitySet, query), entitySet, headers),
		follow: (link, what) => pagesFrom(absolute(link), what),
		async entity(path, query) {
			const response = await send(address(path, query), { ...dialect.headers });
			return dialect.entity(jsonOf(response, path), path);
		},
		description: async (resource, accept) =>
			await send(address(resource, {}), { accept }, describing),
		localNow: () => localOf(DateTime.fromMillis(ports.now()), connection.zone),
	};
}

function endlessPaging(what: string): CoreError {
	return new CoreError('protocol', `${what}: the same next link came twice, the list has no end.`);
}

/** An HTTP date as `2026-11-20T10:12:30` in a zone. */
export function localTime(httpDate: string | undefined, zone: string): string {
	const at = DateTime.fromHTTP(httpDate ?? '');
	return at.isValid ? localOf(at, zone) : '';
}

function localOf(at: DateTime, zone: string): string {
	return at.setZone(zone).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}
