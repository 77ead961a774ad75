/** SAP ECC on loopback: functions by SOAP and by the JSON bridge, and one Gateway service of its own. */
import { isControl } from '../control.mts';
import { startServer, type Answer, type Exchange } from '../http.mts';
import { Faults } from '../s4hana/faults.mts';
import { bridgeAnswer, bridgeError, bridgeException, readBridge } from './bridge.mts';
import { AbapException, type Row } from './condition.mts';
import { controlled } from './control.mts';
import { functionModules, type FunctionModule, type Parameters } from './functions.mts';
import { CATALOG_PATH, Gateway, GATEWAY_PATH } from './gateway.mts';
import { RequestLog, type LoggedRequest } from './log.mts';
import { readSoap, soapAnswer, soapFault, type FaultForm } from './soap.mts';
import { EccStore } from './store.mts';

export const SOAP_PATH = '/sap/bc/soap/rfc';

export interface EccOptions {
	port?: number;
	now?: () => number;
	/** IANA zone of the server's dates and times; `Europe/Berlin`. */
	zone?: string;
	user?: string;
	password?: string;
	sapClient?: string;
	/** Where the JSON bridge was installed. */
	bridgePath?: string;
	/** The ICF node of SOAP is switched off, as SAP recommends. */
	isSoapInactive?: boolean;
	/** How exceptions come by SOAP: systems differ. */
	faultForm?: FaultForm;
	/** Status of SOAP faults: 500, or 200 on some stacks. */
	faultStatus?: number;
	/** Functions without S_RFC or Z_JSON. */
	forbiddenFunctions?: string[];
	forbiddenTables?: string[];
	/** Most rows in one answer of the Gateway service. */
	pageSize?: number;
	sleep?: (ms: number) => Promise<void>;
}

export interface EccSandbox {
	url: string;
	soapPath: string;
	bridgePath: string;
	gatewayPath: string;
	login: { user: string; password: string; sapClient: string };
	store: EccStore;
	gateway: Gateway;
	log: RequestLog;
	faults: Faults;
	forbiddenFunctions: Set<string>;
	forbiddenTables: Set<string>;
	close(): Promise<void>;
}

export async function startEccSandbox(options: EccOptions = {}): Promise<EccSandbox> {
	const system = new EccSystem(options);
	const server = await startServer((exchange) => system.answer(exchange), { port: options.port });
	const { login, store, gateway, log, faults, forbiddenFunctions, forbiddenTables, bridgePath } =
		system;
	const close = async () => {
		faults.release();
		await server.close();
	};
	return {
		url: server.url,
		soapPath: SOAP_PATH,
		bridgePath,
		gatewayPath: GATEWAY_PATH,
		...{ login, store, gateway, log, faults, forbiddenFunctions, forbiddenTables, close },
	};
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const PREFIXES = ['urn', 'rfc', 'n0'];
const realSleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

class EccSystem {
	readonly now: () => number;
	readonly login: { user: string; password: string; sapClient: string };
	readonly store: EccStore;
	readonly gateway: Gateway;
	readonly log = new RequestLog();
	readonly faults: Faults;
	readonly forbiddenFunctions: Set<string>;
	readonly forbiddenTables: Set<string>;
	readonly bridgePath: string;
	private readonly modules: Map<string, FunctionModule>;

	constructor(private readonly options: EccOptions) {
		this.now = options.now ?? Date.now;
		const { user = 'RFC_N8N', password = 'sandbox-Pa55word', sapClient = '100' } = options;
		this.login = { user, password, sapClient };
		this.store = new EccStore({ now: this.now, zone: options.zone ?? 'Europe/Berlin' });
		this.gateway = new Gateway(this.store, options.pageSize ?? 100);
		this.faults = new Faults(() => undefined, options.sleep ?? realSleep);
		this.forbiddenFunctions = new Set(options.forbiddenFunctions);
		this.forbiddenTables = new Set(options.forbiddenTables);
		this.bridgePath = options.bridgePath ?? '/fmcall';
		this.modules = functionModules({ forbiddenTables: this.forbiddenTables });
	}

	async answer(exchange: Exchange): Promise<Answer> {
		if (isControl(exchange)) return controlled(this, exchange);
		const query = exchange.query.toString();
		const url = query ? `${exchange.path}?${query}` : exchange.path;
		const entry: LoggedRequest = { at: this.now(), method: exchange.method, url, status: 0 };
		const fault = this.faults.next(`${url} ${exchange.bodyText}`);
		if (fault) entry.fault = fault.kind;
		this.log.add(entry);
		const good = this.serve(exchange, entry, fault?.kind === 'emptyPage');
		const answer = fault ? await this.faults.spoil(fault, good) : good;
		entry.status = answer.status;
		this.faults.settle();
		return { ...answer, headers: { date: new Date(this.now()).toUTCString(), ...answer.headers } };
	}

	private serve(exchange: Exchange, entry: LoggedRequest, isPageEmptied: boolean): Answer {
		const refused = this.refuse(exchange);
		if (refused) return refused;
		const { path } = exchange;
		if (path === SOAP_PATH) return this.bySoap(exchange, entry);
		if (path.startsWith(`${this.bridgePath}/`)) return this.byBridge(exchange, entry);
		if (path === GATEWAY_PATH || path.startsWith(`${GATEWAY_PATH}/`)) {
			return this.gateway.answer(exchange, this.now(), isPageEmptied);
		}
		if (path === CATALOG_PATH) {
			const d = { results: [{ ID: 'ZCUSTOMER_SRV_0001', TechnicalServiceName: 'ZCUSTOMER_SRV' }] };
			return { status: 200, body: { d } };
		}
		return notFound();
	}

	private refuse({ headers, query }: Exchange): Answer | undefined {
		const { user, password, sapClient } = this.login;
		const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
		const client = query.get('sap-client') ?? headers['sap-client'] ?? sapClient;
		if (headers.authorization === expected && client === sapClient) return undefined;
		const body =
			'<html><head><title>Anmeldung fehlgeschlagen</title></head><body>401</body></html>';
		const realm = {
			'www-authenticate': 'Basic realm="SAP NetWeaver Application Server [ECC/100]"',
		};
		return { status: 401, headers: { ...HTML, ...realm }, body };
	}

	private bySoap(exchange: Exchange, entry: LoggedRequest): Answer {
		const { faultForm = 'error', faultStatus = 500, isSoapInactive } = this.options;
		if (isSoapInactive) return forbidden();
		if (exchange.method !== 'POST') return { status: 405, headers: HTML, body: '<html></html>' };
		const type = exchange.headers['content-type'] ?? '';
		const fault = (kind: string, message: string, name = '') =>
			soapFault(kind, message, faultForm, faultStatus, name);
		if (!/^text\/xml/.test(type)) return fault('CONTENT_TYPE', `${type} is no text/xml`);
		try {
			const call = readSoap(exchange.bodyText, this.modules);
			note(entry, call.name, call.parameters);
			const module = this.modules.get(call.name);
			if (!module) return fault('FU_NOT_FOUND', `Function module ${call.name} not found`);
			if (this.forbiddenFunctions.has(call.name)) {
				return fault('RFC_AUTHORIZATION_FAILURE', `No RFC authorization for ${call.name}.`);
			}
			if (!module.isRemote) {
				return fault('CALL_FUNCTION_NOT_REMOTE', `${call.name} cannot be used for remote calls`);
			}
			const result = this.run(module, call.name, call.parameters);
			if (result instanceof AbapException) return fault(result.type, result.message, call.name);
			entry.rows = rowsIn(result);
			const prefix = PREFIXES[this.log.requests.length % PREFIXES.length];
			return soapAnswer(call, module, result, prefix);
		} catch (error) {
			return fault('XML_FORMAT_ERROR', error instanceof Error ? error.message : String(error));
		}
	}

	private byBridge(exchange: Exchange, entry: LoggedRequest): Answer {
		const name = decodeURIComponent(exchange.path.slice(this.bridgePath.length + 1)).toUpperCase();
		if (exchange.query.get('format') !== 'json') return bridgeError(406, 'Format not supported');
		if (name === '') return bridgeError(404, 'Empty function name');
		if (this.forbiddenFunctions.has(name)) {
			return bridgeError(403, `You are not authorized to invoke function module ${name}`);
		}
		const module = this.modules.get(name);
		if (!module) return bridgeError(404, `Function module ${name} does not exist`);
		try {
			const parameters = readBridge(exchange.bodyText);
			note(entry, name, parameters);
			const result = this.run(module, name, parameters);
			if (result instanceof AbapException) return bridgeException(result);
			entry.rows = rowsIn(result);
			return bridgeAnswer(module, parameters, result);
		} catch (error) {
			return bridgeError(500, error instanceof Error ? error.message : String(error));
		}
	}

	private run(
		module: FunctionModule,
		name: string,
		parameters: Parameters,
	): Parameters | AbapException {
		try {
			return module.run(this.store, parameters);
		} catch (error) {
			if (error instanceof AbapException) return error;
			const why = error instanceof Error ? error.message : String(error);
			return new AbapException('SYSTEM_FAILURE', `${name}: ${why}`);
		}
	}
}

function note(entry: LoggedRequest, name: string, parameters: Parameters): void {
	entry.function = name;
	if (typeof parameters.QUERY_TABLE !== 'string') return;
	entry.table = parameters.QUERY_TABLE;
	entry.rowCount = Number(parameters.ROWCOUNT);
	entry.options = rowsOf(parameters.OPTIONS).map((row) => row.TEXT ?? '');
	entry.fields = rowsOf(parameters.FIELDS).map((row) => row.FIELDNAME);
}

function rowsOf(value: Parameters[string] | undefined): Row[] {
	return Array.isArray(value) ? value : [];
}

function rowsIn(result: Parameters): number {
	return Array.isArray(result.DATA) ? result.DATA.length : 0;
}

function notFound(): Answer {
	const body = '<html><head><title>404</title></head><body>404 Resource not found</body></html>';
	return { status: 404, headers: HTML, body };
}

function forbidden(): Answer {
	const body =
		'<html><head><title>403</title></head><body>403 Forbidden: service not active</body></html>';
	return { status: 403, headers: HTML, body };
}
