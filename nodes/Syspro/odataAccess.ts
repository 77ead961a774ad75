import { DateTime } from 'luxon';
import { jsonOf } from '../../core/http/body';
import { createClient, type HttpClient } from '../../core/http/client';
import { CoreError } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';
import { createSessionCache, type SessionCache } from '../../core/http/session';
import { classifyOData } from '../../core/odata/errors';
import { odataUrl } from '../../core/odata/query';
import { v4 } from '../../core/odata/v4';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { ODataConnection } from './connection';
import type { AccessOptions } from './enetAccess';
import { schemaIn, type Schema } from './odataSchema';
import type { Condition, TableAccess, TablePage, TableQuery, TableRow } from './tableAccess';

const schemas = createSessionCache<Schema>();
const SCHEMA_MS = 3_600_000;

const refusal = classifyOData({
	system: 'SYSPRO',
	login: '"User" and "Password" in the credential',
	baseUrl: '"Base URL" in the credential',
	servicePath: '"Base URL" in the credential',
});

/**
 * SYSPRO's own OData V4 service: read only, at most 5000 rows an answer, entity sets named like the tables.
 * Which columns there are, and of which type, is read from its `$metadata`: versions differ.
 */
export class ODataAccess implements TableAccess {
	private readonly client: HttpClient;

	constructor(
		private readonly connection: ODataConnection,
		private readonly options: AccessOptions,
		private readonly cache: SessionCache<Schema> = schemas,
	) {
		const { transport, ports, deadline } = options;
		const classify = (response: HttpResponse, { url }: { url: string }) =>
			url.endsWith('/$metadata') && response.status === 200 ? undefined : refusal(response);
		this.client = createClient({ transport, ports, deadline, classify });
	}

	async find(query: TableQuery): Promise<TablePage> {
		const { table } = query;
		const schema = await this.schema();
		const types = schema.typesOf(table);
		const select = query.columns.filter((column) => types.has(column));
		const filter = query.where.map((one) => term(table, types, one)).join(' and ');
		const url = odataUrl(v4, this.connection.baseUrl, table, {
			shape: { select },
			...(filter !== '' && { filter }),
			orderBy: query.orderBy,
			top: query.rows,
		});
		const response = await this.get(url, v4.headers);
		const { rows } = v4.collection(jsonOf(response, table), table);
		return {
			rows: rows.map((row) => rowOf(row, select)),
			serverNow: this.localTime(response.headers.date),
		};
	}

	/** There is no session to give back. */
	async close(): Promise<void> {}

	private async schema(): Promise<Schema> {
		const { baseUrl, user, password } = this.connection;
		const { ports } = this.options;
		const key = fingerprintOf({ baseUrl, user, password });
		return await this.cache.get(key, ports.now(), async () => {
			const response = await this.get(`${baseUrl}/$metadata`, { accept: 'application/xml' });
			return { value: schemaIn(response), expiresAt: ports.now() + SCHEMA_MS };
		});
	}

	private async get(url: string, headers: Readonly<Record<string, string>>): Promise<HttpResponse> {
		const { user, password } = this.connection;
		const authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
		return await this.client.send({ method: 'GET', url, headers: { ...headers, authorization } });
	}

	private localTime(httpDate: string | undefined): string | undefined {
		const at = DateTime.fromHTTP(httpDate ?? '');
		return at.isValid
			? at.setZone(this.connection.zone).toFormat("yyyy-MM-dd'T'HH:mm:ss")
			: undefined;
	}
}

function term(
	table: string,
	types: ReadonlyMap<string, string>,
	{ column, is, value }: Condition,
): string {
	const type = types.get(column);
	if (type === undefined) {
		throw new CoreError('configuration', `SYSPRO's OData service has no ${table}.${column}.`, {
			remedy:
				'This version cannot be read by OData: use e.net, or ask for the column to be published.',
		});
	}
	return `${column} ${is.toLowerCase()} ${literal(type, value)}`;
}

function literal(type: string, value: string): string {
	switch (type) {
		case 'Edm.Date':
			return v4.literal.date(value);
		case 'Edm.DateTimeOffset':
			return v4.literal.dateTimeOffset(value);
		case 'Edm.String':
			return v4.literal.string(value);
		default:
			return v4.literal.number(value);
	}
}

function rowOf(row: Record<string, unknown>, columns: readonly string[]): TableRow {
	return Object.fromEntries(
		columns.map((column) => {
			const value = row[column];
			return [column, value === null || value === undefined ? '' : String(value).trim()];
		}),
	);
}
