/** SYSPRO 8 on loopback: e.net REST and the OData service over one company's data, harder on its clients than the real one. */
import { isControl } from '../control.mts';
import { startServer, type Answer, type Exchange } from '../http.mts';
import { controlled } from './control.mts';
import { Enet, type EnetOptions, type Operator } from './enet.mts';
import { Faults, spoiled } from './faults.mts';
import { CallLog, type LoggedCall } from './log.mts';
import { ODataService, type ODataOptions } from './odata.mts';
import { SysproStore } from './store.mts';

export const REST_PATH = '/SYSPROWCFService/Rest';
export const ODATA_PATH = '/SYSPRO8Odata/SYSPROOData';

export interface SysproOptions extends Partial<Omit<EnetOptions, 'companies'>> {
	port?: number;
	now?: () => number;
	odata?: Partial<ODataOptions>;
}

export interface SysproSandbox {
	/** `http://127.0.0.1:<port>` */
	url: string;
	restUrl: string;
	odataUrl: string;
	login: { operator: string; password: string; company: string; companyPassword: string };
	odata: ODataOptions;
	/** Company A. */
	store: SysproStore;
	/** Company B, which has the same operators. */
	otherStore: SysproStore;
	operators: Record<string, Operator>;
	enet: Enet;
	log: CallLog;
	faults: Faults;
	close(): Promise<void>;
}

export async function startSysproSandbox(options: SysproOptions = {}): Promise<SysproSandbox> {
	const system = new SysproSystem(options);
	const server = await startServer((exchange) => system.answer(exchange), { port: options.port });
	const { store, otherStore, enet, log, faults, odata } = system;
	return {
		url: server.url,
		restUrl: server.url + REST_PATH,
		odataUrl: server.url + ODATA_PATH,
		login: { operator: 'SYNC', password: 'Sync & Go 1', company: 'A', companyPassword: 'co-pass' },
		odata: odata.options,
		operators: enet.options.operators,
		...{ store, otherStore, enet, log, faults },
		close: () => server.close(),
	};
}

class SysproSystem {
	readonly store = new SysproStore();
	readonly otherStore = new SysproStore();
	readonly log = new CallLog();
	readonly faults = new Faults();
	readonly enet: Enet;
	readonly odata: ODataService;
	private readonly now: () => number;
	private readonly busy = new Set<string>();
	private fault: ReturnType<Faults['next']>;

	constructor(options: SysproOptions) {
		this.now = options.now ?? Date.now;
		const { licences = 2, sessionForm = 'plain', version = '8.0.041', rowCap = 0 } = options;
		const operators = {
			SYNC: { password: 'Sync & Go 1' },
			READER: { password: 'r', forbidden: ['ArCustomer'] },
		};
		const companies = {
			A: { password: 'co-pass', store: this.store },
			B: { password: '', store: this.otherStore },
		};
		this.enet = new Enet(
			{
				operators: options.operators ?? operators,
				companies,
				licences,
				sessionForm,
				version,
				rowCap,
			},
			{
				unknownElement: (path) => this.log.unknownElements.push(path),
				displaced: () => this.log.displaced++,
				writeRefused: () => this.log.writesRefused++,
				ignoresWhere: () => this.fault?.kind === 'ignoreWhere',
			},
		);
		this.odata = new ODataService(
			{
				user: 'sync_odata',
				password: 'O-Data!1',
				forbidden: [],
				dateType: 'Edm.DateTimeOffset',
				rowCap: 5000,
				missing: [],
				...options.odata,
			},
			this.store,
		);
	}

	async answer(exchange: Exchange): Promise<Answer> {
		if (isControl(exchange)) return controlled(this, exchange);
		const entry = this.entryOf(exchange);
		this.log.calls.push(entry);
		const operator = this.enet.operatorOf(exchange);
		if (operator !== undefined && this.busy.has(operator)) this.log.overlaps++;
		if (operator !== undefined) this.busy.add(operator);
		// Two calls that arrive together are seen to overlap.
		await new Promise((resolve) => setImmediate(resolve));
		const answer = this.served(exchange, entry);
		if (operator !== undefined) this.busy.delete(operator);
		return { ...answer, headers: { date: new Date(this.now()).toUTCString(), ...answer.headers } };
	}

	private served(exchange: Exchange, entry: LoggedCall): Answer {
		const table =
			/<TableName>([^<]+)</.exec(entry.text)?.[1] ?? exchange.path.split('/').at(-1) ?? '';
		this.fault = this.faults.next([entry.call, table]);
		if (this.fault) entry.fault = this.fault.kind;
		if (this.fault?.kind === 'loseSession') this.enet.endSessions();
		return spoiled(this.fault, this.route(exchange, entry));
	}

	private route(exchange: Exchange, entry: LoggedCall): Answer {
		const { path, method } = exchange;
		if (method !== 'GET') {
			this.log.writesRefused++;
			return { status: 405, body: 'Method not allowed.' };
		}
		// Paths of e.net are the same in upper and lower case.
		const lower = path.toLowerCase();
		const rest = `${REST_PATH.toLowerCase()}/`;
		if (lower.startsWith(rest)) return this.enet.answer(exchange, lower.slice(rest.length), entry);
		if (path.startsWith(`${ODATA_PATH}/`)) {
			return this.odata.answer(
				exchange,
				decodeURIComponent(path.slice(ODATA_PATH.length + 1)),
				entry,
			);
		}
		return {
			status: 404,
			headers: { 'content-type': 'text/html' },
			body: '<html><body>Not found</body></html>',
		};
	}

	private entryOf({ path, query }: Exchange): LoggedCall {
		const isOData = path.startsWith(ODATA_PATH);
		const call = isOData ? 'OData' : (query.get('BusinessObject') ?? path.split('/').at(-1) ?? '');
		const text = isOData
			? `${path}?${decodeURIComponent(query.toString())}`
			: (query.get('XmlIn') ?? '');
		return {
			at: this.now(),
			call,
			text,
			urlLength: path.length + 1 + encodeURI(query.toString()).length,
		};
	}
}
