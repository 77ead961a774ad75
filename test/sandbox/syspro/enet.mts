/** e.net REST: everything is GET, everything answers 200, the body decides. */
import type { Answer, Exchange } from '../http.mts';
import { find, FindRefusal, parsed, textOf } from './comfnd.mts';
import type { LoggedCall } from './log.mts';
import { document, element, encoded, errorDocument, rowsDocument } from './render.mts';
import type { Row, SysproStore } from './store.mts';

export interface Operator {
	password: string;
	/** Tables that the operator's security keeps from it. */
	forbidden?: string[];
}

export interface EnetOptions {
	operators: Record<string, Operator>;
	companies: Record<string, { password: string; store: SysproStore }>;
	/** Sessions at one time; the e.net licence. */
	licences: number;
	/** How the session id comes back: 34 characters and two blanks, as JSON text, or inside an element. */
	sessionForm: 'plain' | 'json' | 'element';
	version: string;
	/** Most rows in one answer, whatever was asked for; 0 for no limit. */
	rowCap: number;
}

interface Session {
	operator: string;
	company: string;
}

const LOST =
	'The supplied UserID is invalid. Either you were not logged in; or your session has expired. You will need to logon again.';
const BINARY = { 'content-type': 'application/octet-stream', server: 'Microsoft-HTTPAPI/2.0' };

export interface EnetEvents {
	unknownElement(path: string): void;
	displaced(): void;
	writeRefused(): void;
	/** The request's conditions are to be ignored. */
	ignoresWhere(): boolean;
}

export class Enet {
	private readonly sessions = new Map<string, Session>();
	private issued = 0;

	constructor(
		readonly options: EnetOptions,
		private readonly events: EnetEvents,
	) {}

	get openSessions(): number {
		return this.sessions.size;
	}

	endSessions(): void {
		this.sessions.clear();
	}

	/** Whom this call is counted against; one operator may do one thing at a time. */
	operatorOf({ query }: Exchange): string | undefined {
		return this.sessions.get((query.get('UserId') ?? '').trim())?.operator;
	}

	answer(exchange: Exchange, path: string, entry: LoggedCall): Answer {
		return { status: 200, headers: BINARY, body: this.body(exchange, path, entry) };
	}

	private body({ query }: Exchange, path: string, entry: LoggedCall): string | Buffer {
		switch (path) {
			case 'getversion':
				return this.options.version;
			case 'logon':
				return this.logon(query);
			case 'logoff':
				return this.sessions.delete((query.get('UserId') ?? '').trim()) ? '0' : LOST;
		}
		const session = this.sessions.get((query.get('UserId') ?? '').trim());
		if (!session) return LOST;
		switch (path) {
			case 'getlogonprofile':
				return profile(session);
			case 'query/query':
				return this.query(session, query, entry);
		}
		if (/^(transaction|setup)\//.test(path)) this.events.writeRefused();
		return 'ERROR: Endpoint not found.';
	}

	private logon(query: URLSearchParams): string {
		const name = (query.get('Operator') ?? '').toUpperCase();
		const operator = this.options.operators[name];
		const company = this.options.companies[query.get('CompanyId') ?? ''];
		if (!operator) return `ERROR: Operator '${name}' not found`;
		if (query.get('OperatorPassword') !== operator.password)
			return 'ERROR: Invalid operator password';
		if (!company) return `ERROR: Company '${query.get('CompanyId')}' not found`;
		if (!query.has('CompanyPassword') || query.get('CompanyPassword') !== company.password) {
			return 'ERROR: Invalid company password';
		}
		for (const [id, session] of this.sessions) {
			if (session.operator !== name) continue;
			this.sessions.delete(id);
			this.events.displaced();
		}
		if (this.sessions.size >= this.options.licences) {
			return 'ERROR: You have exceeded the number of e.net licenses';
		}
		const id = (0xabcdef000 + ++this.issued).toString(16).toUpperCase().padStart(34, '3F0C');
		this.sessions.set(id, { operator: name, company: query.get('CompanyId') ?? '' });
		if (this.options.sessionForm === 'json') return JSON.stringify(`${id}  `);
		if (this.options.sessionForm === 'element')
			return `<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/">${id}  </string>`;
		return `${id}  `;
	}

	private query(session: Session, query: URLSearchParams, entry: LoggedCall): Buffer | string {
		const { store } = this.options.companies[session.company];
		const object = query.get('BusinessObject') ?? '';
		const xmlIn = query.get('XmlIn') ?? '';
		try {
			if (object !== 'COMFND') return this.businessObject(store, object, xmlIn);
			const xml = this.events.ignoresWhere() ? xmlIn.replace(/<Where>.*<\/Where>/s, '') : xmlIn;
			const found = find(store, xml, (path) => this.events.unknownElement(path));
			entry.table = found.table.name;
			if (this.options.operators[session.operator].forbidden?.includes(found.table.name)) {
				throw new FindRefusal(
					`Operator ${session.operator} is not allowed access to ${found.table.name}`,
				);
			}
			if (this.options.rowCap > 0) found.rows = found.rows.slice(0, this.options.rowCap);
			entry.rows = found.rows.length;
			return rowsDocument(found);
		} catch (error) {
			if (!(error instanceof FindRefusal)) throw error;
			return errorDocument('Query', error.message);
		}
	}

	private businessObject(store: SysproStore, object: string, xmlIn: string): Buffer | string {
		const query = parsed(xmlIn);
		const key = query.children.find(({ name }) => name === 'Key');
		const asked = (name: string) => (key ? textOf(key, name) : '');
		const whole = (table: string, root: string, name: string) => {
			const row = store.get(table, [asked(name)]);
			if (!row) throw new FindRefusal(`${name} '${asked(name)}' not found`);
			return document(root, elementsOf(row));
		};
		if (object === 'ARSQRY') return whole('ArCustomer', 'ARStatement', 'Customer');
		if (object === 'SORQRY') return whole('SorMaster', 'SorDetail', 'SalesOrder');
		if (object === 'INVQRY') {
			const rows = store.rows('InvWarehouse').filter((row) => row.StockCode === asked('StockCode'));
			return document(
				'InvQuery',
				rows.map((row) => `<WarehouseItem>${elementsOf(row)}</WarehouseItem>`).join(''),
			);
		}
		return encoded(`ERROR: Business object ${object} not found`);
	}
}

function elementsOf(row: Row): string {
	return Object.entries(row)
		.map(([name, value]) => element(name, value))
		.join('\r\n');
}

function profile({ operator, company }: Session): Buffer {
	const fields = {
		CompanyName: 'EDU1 Outdoors (Pty) Ltd',
		OperatorCode: operator,
		CompanyId: company,
		CompanyDate: '2026-11-20',
		LocalCurrencyCode: 'R',
		DecimalFormat: '1',
		DateFormat: '01',
		SysproVersion: '8.0.041',
	};
	return document('GetLogonProfile', elementsOf(fields));
}
