import { DateTime } from 'luxon';
import { excerptOf, jsonOf, textOf } from '../../core/http/body';
import { createClient } from '../../core/http/client';
import { asCoreError, CoreError } from '../../core/http/errors';
import { followPages } from '../../core/http/paging';
import type { HttpResponse, Ports, Transport } from '../../core/http/ports';
import { TYPE_THE_NAME } from '../../core/n8n/names';
import type { ODataCollection } from '../../core/odata/dialect';
import { propertiesIn, type EntityProperty } from '../../core/odata/entityProperties';
import { entitySetNamesIn } from '../../core/odata/entitySetNames';
import { classifyDescription, classifyOData } from '../../core/odata/errors';
import { odataUrl, type ODataQuery } from '../../core/odata/query';
import { v2 } from '../../core/odata/v2';
import { languageAndClient, localTime } from './caller';
import type { Connection } from './connection';

export interface GatewayPage extends ODataCollection {
	/** The server's present in the ERP's local time, `''` when it does not say. */
	serverNow: string;
}

/** One OData V2 service of SAP Gateway, for reading. */
export interface GatewayService {
	/** A page of an entity set and all that follow it by the server's next links. */
	pages(entitySet: string, query: ODataQuery): AsyncGenerator<GatewayPage>;
	/** The properties of an entity set, from the service's own description. */
	propertiesOf(entitySet: string): Promise<EntityProperty[]>;
	/** Names of the entity sets, from the service document. */
	entitySets(): Promise<string[]>;
	/** The ERP's local date and time now, by our clock. */
	localNow(): string;
	readonly ports: Ports;
}

export interface GatewayOptions {
	connection: Connection;
	/** With a slash at the beginning and none at the end. */
	servicePath: string;
	transport: Transport;
	ports: Ports;
	/** Epoch milliseconds no request may outlive. */
	deadline?: () => number;
}

/** Not acceptable, unsupported media type: older systems write the service document as Atom only. */
const NO_JSON = [406, 415];

export function createGateway(options: GatewayOptions): GatewayService {
	const { connection, servicePath, ports } = options;
	const serviceUrl = connection.baseUrl + servicePath;
	const extra = languageAndClient(connection);
	const credentials = Buffer.from(`${connection.user}:${connection.password}`, 'utf8');
	const authorization = `Basic ${credentials.toString('base64')}`;
	const names = {
		system: 'SAP ECC',
		login: '"User" and "Password", and "SAP Client", in the credential',
		baseUrl: '"Base URL" in the credential',
		servicePath: '"Service Path"',
	};
	const transport = options.transport;
	const deadline = options.deadline;
	const client = createClient({ transport, ports, deadline, classify: classifyOData(names) });
	const classify = classifyDescription(names);
	const describing = createClient({ transport, ports, deadline, classify });

	const get = async (url: string): Promise<HttpResponse> =>
		await client.send({ method: 'GET', url, headers: { ...v2.headers, authorization } });

	async function describe(resource: string, accept: string): Promise<HttpResponse> {
		const query = new URLSearchParams(extra).toString();
		const url = `${serviceUrl}/${resource}${query && `?${query}`}`;
		return await describing.send({ method: 'GET', url, headers: { accept, authorization } });
	}

	async function fetchPage(url: string, what: string) {
		const response = await get(url);
		const collection = v2.collection(jsonOf(response, what), what);
		const { nextLink } = collection;
		const next = nextLink === undefined ? undefined : absolute(nextLink);
		return { ...collection, next, serverNow: localTime(response.headers.date, connection.zone) };
	}

	/** A proxy may not rewrite links, and the login must not travel to another host: the configured address stays. */
	function absolute(link: string): string {
		const at = link.indexOf(`${servicePath}/`);
		if (at < 0 && /^([a-z]+:)?\/\//i.test(link)) {
			throw new CoreError(
				'protocol',
				`The service linked to another place: ${excerptOf(link, 120)}`,
				{
					remedy: 'Check that "Base URL" and "Service Path" are those the system itself uses.',
				},
			);
		}
		const rest = at >= 0 ? link.slice(at + servicePath.length + 1) : link.replace(/^\/+/, '');
		const missing = Object.entries(extra).filter(([name]) => !rest.includes(`${name}=`));
		const added = missing.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
		const url = `${serviceUrl}/${rest}`;
		return added === '' ? url : `${url}${rest.includes('?') ? '&' : '?'}${added}`;
	}

	return {
		ports,
		async *pages(entitySet, query) {
			const first = odataUrl(v2, serviceUrl, entitySet, {
				...query,
				extra: { ...query.extra, ...extra },
			});
			const fetch = async (link: string | undefined) => await fetchPage(link ?? first, entitySet);
			yield* followPages(fetch, () => endlessPaging(entitySet));
		},
		async propertiesOf(entitySet) {
			const response = await describe('$metadata', 'application/xml');
			return propertiesIn(textOf(response), entitySet, '"Entity Set"');
		},
		async entitySets() {
			const what = 'the service document';
			try {
				return entitySetNamesIn(await describe('', 'application/json'), what, TYPE_THE_NAME);
			} catch (caught) {
				const error = asCoreError(caught);
				if (!NO_JSON.includes(error.status ?? 0)) throw error;
				return entitySetNamesIn(await describe('', 'application/atomsvc+xml'), what, TYPE_THE_NAME);
			}
		},
		localNow: () =>
			DateTime.fromMillis(ports.now(), { zone: connection.zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss"),
	};
}

function endlessPaging(what: string): CoreError {
	return new CoreError('protocol', `${what}: the same next link came twice, the list has no end.`);
}
