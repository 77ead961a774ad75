/** SAP S/4HANA on loopback: business partners by OData V2, harder on its clients than the real system. */
import { createHash } from 'node:crypto';
import { isControl } from '../control.mts';
import { startServer, type Answer, type Exchange } from '../http.mts';
import { controlled } from './control.mts';
import type { EntitySet } from './edm.mts';
import { Faults } from './faults.mts';
import { Login, TOKEN_PATHS, type LoginOptions } from './login.mts';
import { RequestLog, type LoggedRequest } from './log.mts';
import { Paging } from './paging.mts';
import type { Reader } from './reader.mts';
import { Refusal } from './refusal.mts';
import { errorAnswer } from './render/error.mts';
import { SalesOrders } from './salesOrders.mts';
import { businessPartnerSchema, type Schema, type SchemaOptions } from './schema.mts';
import { serveV2, wantsJson, type Served, type ServiceRequest } from './serviceV2.mts';
import { serveV4 } from './serviceV4.mts';
import { S4Store } from './store.mts';
import { salesOrderV2, salesOrderV4 } from './tables/salesOrder.mts';

export const SERVICE_PATH = '/sap/opu/odata/sap/API_BUSINESS_PARTNER';
export const SALES_ORDER_PATH = '/sap/opu/odata/sap/API_SALES_ORDER_SRV';
export const SALES_ORDER_V4_PATH =
	'/sap/opu/odata4/sap/api_salesorder/srvd_a2x/sap/salesorder/0001';

export interface S4HanaOptions extends SchemaOptions {
	port?: number;
	now?: () => number;
	/** IANA zone of the server's own dates and times; `UTC` as in S/4HANA Cloud. */
	zone?: string;
	/** How far the `Date` header is off. */
	clockSkewMs?: number;
	/** Most rows in one answer; 100, or 0 for no limit. */
	pageSize?: number;
	login?: Partial<LoginOptions>;
	/** Entity sets the user lacks the authorization for, also behind an expand. */
	forbidden?: string[];
	/** Every other request gives rows behind navigations in reverse: nobody promises their order. */
	turnsChildren?: boolean;
	/** What links in answers begin with, where the system sits behind a proxy that does not rewrite them. */
	publicUrl?: string;
	/** Waits for `slow` faults; the real clock when absent. */
	sleep?: (ms: number) => Promise<void>;
}

export interface S4HanaSandbox {
	/** `http://127.0.0.1:<port>` */
	url: string;
	servicePath: string;
	login: Login;
	store: S4Store;
	orders: SalesOrders;
	log: RequestLog;
	faults: Faults;
	paging: Paging;
	/** Entity sets the user may not read. May be changed while running. */
	forbidden: Set<string>;
	close(): Promise<void>;
}

interface Service {
	path: string;
	schema: Schema;
	serve(request: ServiceRequest): Served;
	version: 'V2' | 'V4';
	changes?: SalesOrders;
}

export async function startS4HanaSandbox(options: S4HanaOptions = {}): Promise<S4HanaSandbox> {
	const system = new S4System(options);
	const server = await startServer((exchange) => system.answer(exchange), { port: options.port });
	const { login, store, orders, log, faults, paging, forbidden } = system;
	const close = async () => {
		faults.release();
		await server.close();
	};
	const parts = { login, store, orders, log, faults, paging, forbidden };
	return { url: server.url, servicePath: SERVICE_PATH, ...parts, close };
}

const realSleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

class S4System {
	readonly now: () => number;
	readonly login: Login;
	readonly store: S4Store;
	readonly orders: SalesOrders;
	readonly log = new RequestLog();
	readonly faults: Faults;
	readonly paging: Paging;
	readonly forbidden: Set<string>;
	private readonly services: Service[];

	constructor(private readonly options: S4HanaOptions) {
		this.now = options.now ?? Date.now;
		const { zone = 'UTC', clockSkewMs = 0 } = options;
		const schema = businessPartnerSchema(options);
		this.login = new Login(options.login ?? {}, this.now);
		this.store = new S4Store(schema, { now: this.now, zone, skewMs: clockSkewMs });
		this.faults = new Faults((isHeld) => this.setHeld(isHeld), options.sleep ?? realSleep);
		this.orders = new SalesOrders(this.store, salesOrderV2);
		this.paging = new Paging(options.pageSize ?? 100);
		this.forbidden = new Set(options.forbidden);
		const changes = this.orders;
		const only = (set: EntitySet): Schema => new Map([[set.name, set]]);
		this.services = [
			{ path: SERVICE_PATH, schema, serve: serveV2, version: 'V2' },
			{
				path: SALES_ORDER_PATH,
				schema: only(salesOrderV2),
				serve: serveV2,
				version: 'V2',
				changes,
			},
			{
				path: SALES_ORDER_V4_PATH,
				schema: only(salesOrderV4),
				serve: serveV4,
				version: 'V4',
				changes,
			},
		];
	}

	async answer(exchange: Exchange): Promise<Answer> {
		const url = urlOf(exchange);
		if (isControl(exchange)) return controlled(this, exchange);
		const entry: LoggedRequest = {
			at: this.now(),
			method: exchange.method,
			url,
			...place(exchange),
		};
		const fault = this.faults.next(url);
		if (fault) entry.fault = fault.kind;
		this.log.add(entry);
		const served = this.serve(exchange, fault?.kind === 'emptyPage');
		const answer = fault ? await this.faults.spoil(fault, served.answer) : served.answer;
		entry.status = answer.status;
		entry.rows = served.rows;
		this.faults.settle();
		return { ...answer, headers: { date: this.dateHeader(), ...answer.headers } };
	}

	private setHeld(isHeld: boolean): void {
		if (isHeld) this.store.holdCommits();
		else this.store.releaseCommits();
	}

	private serve(exchange: Exchange, isPageEmptied: boolean): Served {
		if (TOKEN_PATHS.includes(exchange.path)) return { answer: this.login.token(exchange), rows: 0 };
		const refused = this.login.refuse(exchange);
		if (refused) return { answer: refused, rows: 0 };
		const service = this.services.find(({ path }) => isUnder(exchange.path, path));
		try {
			if (!service) throw noService(exchange.path);
			if (exchange.method !== 'GET') {
				throw new Refusal(405, '/IWFND/CM_BEC/405', 'This sandbox is read only');
			}
			const path = exchange.path.slice(service.path.length).replace(/^\/|\/$/g, '');
			const reader = this.readerOf(exchange, service);
			const { paging } = this;
			const { changes } = service;
			return service.serve({ exchange, reader, paging, path, isPageEmptied, changes });
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return { answer: this.refusal(error, exchange, service), rows: 0 };
		}
	}

	private readerOf(exchange: Exchange, service: Service): Reader {
		const base = this.options.publicUrl ?? `http://${exchange.headers.host ?? 'localhost'}`;
		const { store, orders, forbidden } = this;
		return {
			root: base + service.path,
			schema: service.schema,
			table: (set) => (service.changes ? orders.table : store.table(set.name)),
			forbidden,
			isReversed: this.options.turnsChildren === true && this.log.requests.length % 2 === 0,
		};
	}

	private refusal(refusal: Refusal, exchange: Exchange, service?: Service): Answer {
		const format = service?.version === 'V4' ? 'v4' : wantsJson(exchange) ? 'json' : 'xml';
		const seed = `${this.log.requests.length}:${exchange.path}`;
		const transactionId = createHash('md5').update(seed).digest('hex').toUpperCase();
		return errorAnswer(refusal, { format, transactionId, now: this.now() });
	}

	private dateHeader(): string {
		return new Date(this.now() + this.store.clock.skewMs).toUTCString();
	}
}

function place({ path }: Exchange): Pick<LoggedRequest, 'kind' | 'entitySet' | 'status'> {
	if (TOKEN_PATHS.includes(path)) return { kind: 'token', status: 0 };
	if (path.endsWith('/$metadata')) return { kind: 'metadata', status: 0 };
	const match = /^\/sap\/opu\/odata4?\/(?:.*\/0001|sap\/\w+)\/(\w+)/.exec(path);
	return match ? { kind: 'service', entitySet: match[1], status: 0 } : { kind: 'other', status: 0 };
}

function isUnder(path: string, root: string): boolean {
	return path === root || path.startsWith(`${root}/`);
}

function noService(path: string): Refusal {
	const name = path.split('/')[5] ?? '';
	const message = `No service found for namespace '', name '${name}', version '0001'`;
	return new Refusal(403, '/IWFND/MED/170', message);
}

function urlOf({ path, query }: Exchange): string {
	const text = query.toString();
	return text ? `${path}?${text}` : path;
}
