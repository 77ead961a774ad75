import { DateTime } from 'luxon';
import { createClient, type HttpClient } from '../../core/http/client';
import { CoreError } from '../../core/http/errors';
import type { HttpResponse, Ports, Transport } from '../../core/http/ports';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { XmlElement } from '../../core/xml/element';
import { comfndRequest, comfndRows } from './comfnd';
import type { EnetConnection } from './connection';
import { documentIn, refusalIn, SESSION_LOST, sessionIdIn } from './enetAnswer';
import { OperatorSeats, type OperatorSeat, type SeatUser } from './operatorSeat';
import type { TableAccess, TablePage, TableQuery } from './tableAccess';

export interface AccessOptions {
	transport: Transport;
	ports: Ports;
	/** Epoch milliseconds no request may outlive. */
	deadline?: () => number;
}

/** All nodes of this process. */
const allSeats = new OperatorSeats();

const LOGOFF_TIMEOUT_MS = 10_000;

/**
 * SYSPRO by e.net REST: everything is a GET with the session in the query string.
 * Reads only: `Query/Query` is the single call besides logon and logoff.
 */
export class EnetAccess implements TableAccess {
	private readonly client: HttpClient;
	private readonly seat: OperatorSeat;
	private readonly user: SeatUser;
	private isClosed = false;

	constructor(
		private readonly connection: EnetConnection,
		private readonly options: AccessOptions,
		seats: OperatorSeats = allSeats,
	) {
		const { transport, ports, deadline } = options;
		this.client = createClient({ transport, ports, deadline, classify: refusalIn });
		const { baseUrl, operator, operatorPassword, company, companyPassword } = connection;
		this.user = {
			account: fingerprintOf({ company, companyPassword, operatorPassword }),
			logon: async () => await this.logon(),
			logoff: async (id) => await this.logoff(id),
			isLost: (error) => error.code === SESSION_LOST,
		};
		this.seat = seats.take(`${baseUrl.toLowerCase()} ${operator.toUpperCase()}`);
	}

	async find(query: TableQuery): Promise<TablePage> {
		const response = await this.call('COMFND', comfndRequest(query));
		const root = documentIn(response, `the table ${query.table}`);
		return { rows: comfndRows(root, query), serverNow: this.localTime(response.headers.date) };
	}

	/** The XML that a business object answers with. */
	async query(businessObject: string, xmlIn: string): Promise<XmlElement> {
		return documentIn(
			await this.call(businessObject, xmlIn),
			`the business object ${businessObject}`,
		);
	}

	async close(): Promise<void> {
		if (this.isClosed) return;
		this.isClosed = true;
		await this.seat.leave();
	}

	private async call(businessObject: string, xmlIn: string): Promise<HttpResponse> {
		return await this.seat.call(this.user, async (session) => {
			const url = this.address('Query/Query', {
				UserId: session,
				BusinessObject: businessObject,
				XmlIn: xmlIn,
			});
			return await this.client.send({ method: 'GET', url });
		});
	}

	private async logon(): Promise<string> {
		const { operator, operatorPassword, company, companyPassword } = this.connection;
		const url = this.address('Logon', {
			Operator: operator,
			OperatorPassword: operatorPassword,
			CompanyId: company,
			CompanyPassword: companyPassword,
		});
		return sessionIdIn(await this.client.send({ method: 'GET', url }));
	}

	/** Whatever happened before, and without the poll's deadline: an open session keeps a licence. */
	private async logoff(session: string): Promise<void> {
		const { transport, ports } = this.options;
		const client = createClient({
			transport,
			ports,
			classify: refusalIn,
			maxAttempts: 2,
			attemptTimeoutMs: LOGOFF_TIMEOUT_MS,
			totalTimeoutMs: 2 * LOGOFF_TIMEOUT_MS,
		});
		const url = this.address('Logoff', { UserId: session });
		await client.send({ method: 'GET', url }).catch(() => undefined);
	}

	private address(path: string, query: Record<string, string>): string {
		const text = Object.entries(query)
			.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
			.join('&');
		const url = `${this.connection.baseUrl}/${path}?${text}`;
		if (url.length <= MAX_URL) return url;
		throw new CoreError(
			'invalid',
			`This query makes an address of ${url.length} characters; SYSPRO e.net takes ${MAX_URL}.`,
			{ remedy: 'Ask for fewer columns or send shorter XML.' },
		);
	}

	private localTime(httpDate: string | undefined): string | undefined {
		const at = DateTime.fromHTTP(httpDate ?? '');
		return at.isValid
			? at.setZone(this.connection.zone).toFormat("yyyy-MM-dd'T'HH:mm:ss")
			: undefined;
	}
}

/** What Windows' HTTP service takes by default (`MaxRequestBytes` 16 kB), with room for headers. */
const MAX_URL = 15_000;
