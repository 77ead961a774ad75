/** SAP Business One Service Layer on loopback, v1 and v2, harder on its clients than the real one. */
import { isControl } from '../control.mts';
import { startServer, type Answer, type Exchange } from '../http.mts';
import { projection, selectRows, type LinkForm, type PagingRules } from './collection.mts';
import { controlled } from './control.mts';
import { Events } from './events.mts';
import { Faults } from './faults.mts';
import type { Row } from './filter.mts';
import { joinedLines } from './join.mts';
import type { LiteralRules } from './literal.mts';
import { RequestLog, type LoggedRequest } from './log.mts';
import { errorBody, Refusal } from './refusal.mts';
import { SCHEMAS, type EntitySchema } from './schema.mts';
import { Sessions, type LoginOptions } from './sessions.mts';
import { B1Store } from './store.mts';
import { cancelDocument, createDocument, createPartner, type WriteRules } from './writes.mts';

export interface B1Rules extends LiteralRules, PagingRules, WriteRules {
	/** Entity sets the user lacks the authorization for. */
	forbidden: Set<string>;
	/** Properties an older server does not have, as `Set/Property`. */
	absent: Set<string>;
	/** How v2 writes its errors. */
	v2Errors: 'v2' | 'mixed';
	/** Whether documents can be joined with their lines; `paged`: by pages whatever was asked for. */
	joins: boolean | 'paged';
	sendsDate: boolean;
}

export interface B1Options extends Partial<Omit<B1Rules, 'forbidden' | 'absent'>> {
	port?: number;
	now?: () => number;
	/** IANA zone of the database server's stamps. */
	zone?: string;
	login?: Partial<LoginOptions>;
	forbidden?: string[];
	absent?: string[];
}

export interface B1Sandbox {
	/** `http://127.0.0.1:<port>` */
	url: string;
	sessions: Sessions;
	store: B1Store;
	log: RequestLog;
	faults: Faults;
	events: Events;
	/** May be changed while running. */
	rules: B1Rules;
	close(): Promise<void>;
}

const LINK_FORMS: LinkForm[] = ['rooted', 'relative', 'absoluteInner'];

export async function startB1Sandbox(options: B1Options = {}): Promise<B1Sandbox> {
	const system = new B1System(options);
	const server = await startServer((exchange) => system.answer(exchange), { port: options.port });
	const { sessions, store, log, faults, rules, events } = system;
	const close = () => server.close();
	return { url: server.url, sessions, store, log, faults, rules, events, close };
}

interface Place {
	version: 'v1' | 'v2';
	/** Below the version, decoded: `Orders(1)/Cancel`. */
	path: string;
}

class B1System {
	readonly now: () => number;
	readonly sessions: Sessions;
	readonly store: B1Store;
	readonly log = new RequestLog();
	readonly faults = new Faults();
	readonly rules: B1Rules;
	readonly events: Events;
	private links = 0;

	constructor(options: B1Options) {
		this.now = options.now ?? Date.now;
		this.sessions = new Sessions(options.login ?? {}, this.now);
		this.store = new B1Store(this.now, options.zone ?? 'UTC');
		this.events = new Events(() => this.sessions.options.companyDb, this.now);
		this.store.watch = (set, transaction, key) => {
			const { key: name } = this.store.schema(set)!;
			this.events.happened(set, transaction, key, name);
		};
		this.rules = {
			unquotedDates: options.unquotedDates ?? false,
			timePrecision: options.timePrecision ?? 'minutes',
			pageSize: options.pageSize ?? 20,
			maxPageSize: options.maxPageSize ?? 0,
			linkForms: options.linkForms ?? LINK_FORMS,
			approval: options.approval ?? false,
			taxField: options.taxField ?? 'none',
			checksItems: options.checksItems ?? false,
			v2Errors: options.v2Errors ?? 'v2',
			joins: options.joins ?? true,
			sendsDate: options.sendsDate ?? true,
			forbidden: new Set(options.forbidden),
			absent: new Set(options.absent),
		};
	}

	async answer(exchange: Exchange): Promise<Answer> {
		if (isControl(exchange)) return controlled(this, exchange);
		const query = exchange.query.toString();
		const url = query ? `${exchange.path}?${query}` : exchange.path;
		const place = placeOf(exchange.path);
		const entry: LoggedRequest = {
			at: this.now(),
			method: exchange.method,
			url,
			...kindOfPath(place?.path),
			status: 0,
			prefer: exchange.headers.prefer,
		};
		this.log.add(entry);
		const fault = this.faults.next(exchange.method, url);
		if (fault) entry.fault = fault.kind;
		if (fault?.kind === 'sessionLost') this.sessions.loseAll();
		const instead = fault && this.faults.instead(fault);
		let answer = instead ?? (await this.serve(exchange, place, entry));
		if (fault && !instead) answer = this.faults.spoil(fault, answer);
		entry.status = answer.status;
		const date = this.rules.sendsDate ? new Date(this.now()).toUTCString() : '';
		return { ...answer, headers: { date, ...answer.headers } };
	}

	private async serve(
		exchange: Exchange,
		place: Place | undefined,
		entry: LoggedRequest,
	): Promise<Answer> {
		if (!place) return { status: 404, headers: HTML, body: '<html><h1>Not Found</h1></html>' };
		try {
			// The path is case-sensitive: /login looks like a lost session.
			if (place.path === 'Login') return this.sessions.login(exchange, place.version);
			this.sessions.check(exchange);
			if (place.path === 'Logout') return this.sessions.logout(exchange);
			if (place.path === '') return this.serviceDocument(place);
			if (/^EventSubscriptions\b/.test(place.path)) return await this.subscription(exchange, place);
			if (place.path === 'QueryService_PostQuery') return this.joined(exchange, place, entry);
			return this.entity(exchange, place, entry);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			const form = place.version === 'v1' ? 'v1' : this.rules.v2Errors;
			return { status: error.status, body: errorBody(error, form) };
		}
	}

	private serviceDocument({ version }: Place): Answer {
		const context = version === 'v1' ? 'odata.metadata' : '@odata.context';
		const value = SCHEMAS.map(({ name }) => ({ name, kind: 'EntitySet', url: name }));
		return { status: 200, body: { [context]: '$metadata', value } };
	}

	private async subscription(exchange: Exchange, { version, path }: Place): Promise<Answer> {
		const [, key, action] = /^\w+(?:\('([^']*)'\))?(?:\/(\w+))?$/.exec(path) ?? [];
		if (version === 'v1') throw new Refusal(404, -2028, `Resource not found for ${path}`);
		if (this.rules.forbidden.has('EventSubscriptions')) {
			throw new Refusal(403, -1, 'You are not permitted to perform this action');
		}
		const body = JSON.parse(exchange.bodyText || '{}') as Row;
		return await this.events.answer(exchange.method, key, action, body);
	}

	private joined(
		{ bodyText, headers }: Exchange,
		{ version }: Place,
		entry: LoggedRequest,
	): Answer {
		const { rules, store } = this;
		if (!rules.joins) throw new Refusal(400, -1000, 'Query service is not supported');
		const query = JSON.parse(bodyText || '{}') as Record<string, string>;
		entry.query = query.QueryOption;
		const set = /^\$crossjoin\((\w+),/.exec(query.QueryPath ?? '')?.[1] ?? '';
		const schema = this.schemaOf(set);
		if (!schema) throw new Refusal(404, -2028, `Resource not found for ${set}`);
		entry.entitySet = set;
		if (rules.forbidden.has(set)) {
			throw new Refusal(401, -1, 'You are not permitted to perform this action');
		}
		const rows = joinedLines(schema, store.rows(set), query, rules);
		const isWhole = headers.prefer === 'odata.maxpagesize=0' && rules.joins !== 'paged';
		const value = isWhole ? rows : rows.slice(0, rules.pageSize);
		const isCut = value.length < rows.length;
		entry.rows = value.length;
		const mark = version === 'v1' ? 'odata.' : '@odata.';
		const next = { [`${mark}nextLink`]: `QueryService_PostQuery?$skip=${value.length}` };
		return { status: 200, body: { value, ...(isCut && next) } };
	}

	private entity(exchange: Exchange, place: Place, entry: LoggedRequest): Answer {
		const match = /^(\w+)(?:\((.*)\))?(?:\/(\w+))?$/s.exec(place.path);
		const schema = match && this.schemaOf(match[1]);
		if (!match || !schema) {
			throw new Refusal(404, -2028, `Resource not found for the segment '${place.path}'`);
		}
		const { rules, store } = this;
		const isForbidden = rules.forbidden.has(schema.name) || entry.fault === 'forbidden';
		if (isForbidden) throw new Refusal(401, -1, 'You are not permitted to perform this action');
		const [, , keyText, action] = match;
		if (exchange.method === 'POST' && action === 'Cancel') {
			cancelDocument(store, schema.name, Number(keyText));
			return { status: 204 };
		}
		if (exchange.method === 'POST' && keyText === undefined) {
			const body = JSON.parse(exchange.bodyText || '{}') as Row;
			const row =
				schema.name === 'BusinessPartners'
					? createPartner(store, body)
					: createDocument(store, schema, body, rules);
			return { status: 201, body: this.rendered(schema, row, place) };
		}
		if (exchange.method !== 'GET' || action) {
			throw new Refusal(400, -5006, 'This action is not supported for this object');
		}
		if (keyText === undefined) return this.list(exchange, place, schema, entry);
		const row = store.get(schema.name, keyOf(schema, keyText));
		if (!row) throw new Refusal(404, -2028, 'No matching records found (ODBC -2028)');
		const shown = projection(schema, exchange.query)(row);
		return { status: 200, body: this.rendered(schema, shown, place) };
	}

	private list(
		exchange: Exchange,
		place: Place,
		schema: EntitySchema,
		entry: LoggedRequest,
	): Answer {
		const rows = this.store.rows(schema.name);
		const isEmptied = entry.fault === 'emptyPage';
		const selected = selectRows(schema, rows, exchange, this.rules, isEmptied);
		entry.rows = selected.rows.length;
		const mark = place.version === 'v1' ? 'odata.' : '@odata.';
		const body: Row = {
			[`${mark}${place.version === 'v1' ? 'metadata' : 'context'}`]: schema.name,
		};
		const isCounted = exchange.query.get('$count') === 'true' || exchange.query.has('$inlinecount');
		if (isCounted)
			body[`${mark}count`] = place.version === 'v1' ? String(selected.count) : selected.count;
		body.value = selected.rows.map((row) => this.rendered(schema, row, place));
		if (selected.next) body[`${mark}nextLink`] = this.link(exchange, place, schema, selected.next);
		const headers = selected.applied ? { 'preference-applied': selected.applied } : undefined;
		return { status: 200, headers, body };
	}

	private link(
		{ query }: Exchange,
		{ version }: Place,
		{ name }: EntitySchema,
		next: { skip: number; top?: number },
	): string {
		const following = new URLSearchParams(query);
		following.set('$skip', String(next.skip));
		if (next.top !== undefined) following.set('$top', String(next.top));
		const rest = `${name}?${following.toString().replaceAll('%24', '$')}`;
		const { linkForms } = this.rules;
		switch (linkForms[this.links++ % linkForms.length]) {
			case 'rooted':
				return `/b1s/${version}/${rest}`;
			case 'absoluteInner':
				return `https://hanadb-internal:50001/b1s/${version}/${rest}`;
			case 'foreign':
				return `https://attacker.example/collect?${following.toString()}`;
			default:
				return rest;
		}
	}

	/** v2 writes dates as midnight with a Z that means nothing. */
	private rendered(schema: EntitySchema, row: Row, { version }: Place): Row {
		const shown: Row = {};
		for (const [name, value] of Object.entries(row)) {
			if (this.rules.absent.has(`${schema.name}/${name}`)) continue;
			const isDate = version === 'v2' && schema.properties.get(name) === 'date';
			shown[name] = isDate && value ? `${String(value)}T00:00:00Z` : value;
		}
		return shown;
	}

	private schemaOf(name: string): EntitySchema | undefined {
		const schema = this.store.schema(name);
		const absent = [...this.rules.absent].filter((item) => item.startsWith(`${name}/`));
		if (!schema || absent.length === 0) return schema;
		const names = absent.map((item) => item.slice(name.length + 1));
		const properties = new Map(schema.properties);
		for (const item of names) properties.delete(item);
		return { ...schema, properties, absent: names };
	}
}

const HTML = { 'content-type': 'text/html' };

function placeOf(path: string): Place | undefined {
	const match = /^\/b1s\/(v1|v2)\/(.*)$/.exec(path);
	return match
		? { version: match[1] as 'v1' | 'v2', path: decodeURIComponent(match[2]) }
		: undefined;
}

function kindOfPath(path: string | undefined): Pick<LoggedRequest, 'kind' | 'entitySet'> {
	if (path === undefined) return { kind: 'other' };
	if (path === 'Login') return { kind: 'login' };
	if (path === 'Logout') return { kind: 'logout' };
	return { kind: 'entity', entitySet: /^\w+/.exec(path)?.[0] };
}

function keyOf({ key, properties }: EntitySchema, text: string): string | number {
	const quoted = /^'((?:[^']|'')*)'$/s.exec(text);
	const isText = properties.get(key) === 'text';
	if (isText && quoted) return quoted[1].replace(/''/g, "'");
	if (!isText && /^-?\d+$/.test(text)) return Number(text);
	throw new Refusal(400, -1000, `Invalid key ${text}`);
}
