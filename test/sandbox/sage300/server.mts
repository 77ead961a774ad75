/** The Sage 300 Web API on loopback: the AR module of one company, harder on its clients than the real one. */
import { isControl } from '../control.mts';
import { startServer, type Answer, type Exchange } from '../http.mts';
import { controlled } from './control.mts';
import { errorAnswer, Faults, page, spoiled } from './faults.mts';
import { FilterRefused, parseFilter, type DateLiteral } from './filter.mts';
import { RequestLog, type LoggedRequest } from './log.mts';
import { metadataDocument } from './metadata.mts';
import { RESOURCES, type Resource, type Row, type Value } from './schema.mts';
import { Sage300Store } from './store.mts';

/** Where sources disagree, every form can be served. */
export interface Sage300Rules {
	/** Most rows in one answer, and the default. */
	pageSize: number;
	/** The member that holds the next link; absent on older builds. */
	nextLink?: '@odata.nextLink' | 'odata.nextLink';
	/** What next links begin with, where the server knows itself by another name. */
	publicUrl?: string;
	/** `2010-08-18T00:00:00`, or the same with `Z`. */
	zuluDates: boolean;
	dateLiterals: readonly DateLiteral[];
	/** A date in another form: refused, or taken as a text that no date is greater than. */
	onOtherLiteral: 'refuse' | 'fail' | 'empty';
	knowsGe: boolean;
	knowsOrderBy: boolean;
	/** Name of the key of payment terms in this build. */
	termsKey: 'TermsCode' | 'TermsCodeKey';
	/** Error messages as plain text. */
	plainErrors: boolean;
	/** A cookie that stands for the session; absent: none is set. */
	sessionCookie?: string;
	allowAdmin: boolean;
	/** Longest query string that the web server lets through. */
	maxQuery: number;
}

export interface Sage300Options extends Partial<Sage300Rules> {
	port?: number;
	now?: () => number;
	zone?: string;
	company?: string;
	user?: string;
	password?: string;
	/** Resources the user has no right for. */
	forbidden?: string[];
}

export interface Sage300Sandbox {
	/** `http://127.0.0.1:<port>` */
	url: string;
	/** Address of the Web API's landing page. */
	apiUrl: string;
	company: string;
	user: string;
	password: string;
	store: Sage300Store;
	log: RequestLog;
	faults: Faults;
	/** May be changed while running. */
	rules: Sage300Rules;
	forbidden: Set<string>;
	close(): Promise<void>;
}

const ROOT = '/Sage300WebApi';
const OPTIONS = ['$select', '$filter', '$skip', '$top', '$count', '$orderby'];

export async function startSage300Sandbox(options: Sage300Options = {}): Promise<Sage300Sandbox> {
	const system = new Sage300System(options);
	const server = await startServer((exchange) => system.answer(exchange), { port: options.port });
	const { store, log, faults, rules, forbidden, company, user, password } = system;
	const parts = { store, log, faults, rules, forbidden, company, user, password };
	return { url: server.url, apiUrl: server.url + ROOT, ...parts, close: server.close };
}

class Sage300System {
	readonly store: Sage300Store;
	readonly log = new RequestLog();
	readonly faults = new Faults();
	readonly forbidden: Set<string>;
	readonly company: string;
	readonly user: string;
	readonly password: string;
	readonly rules: Sage300Rules;
	private readonly now: () => number;
	private atOnce = 0;

	constructor(options: Sage300Options) {
		const { port: _port, now, zone, company, user, password, forbidden, ...rules } = options;
		this.now = now ?? Date.now;
		this.store = new Sage300Store(this.now, zone ?? 'UTC');
		this.forbidden = new Set(forbidden);
		this.company = company ?? 'SAMLTD';
		this.user = user ?? 'WEBAPI';
		this.password = password ?? 'WEBAPI';
		this.rules = {
			pageSize: 100,
			zuluDates: false,
			dateLiterals: ['z'],
			onOtherLiteral: 'refuse',
			knowsGe: true,
			knowsOrderBy: true,
			termsKey: 'TermsCode',
			plainErrors: false,
			allowAdmin: false,
			maxQuery: 2048,
			...rules,
		};
	}

	async answer(exchange: Exchange): Promise<Answer> {
		if (isControl(exchange)) return controlled(this, exchange);
		const query = exchange.query.toString().replaceAll('+', '%20');
		const entry: LoggedRequest = {
			at: this.now(),
			method: exchange.method,
			url: decodeURIComponent(query === '' ? exchange.path : `${exchange.path}?${query}`),
			queryLength: query.length,
			resource: /\/([A-Z]\w+)(\(.*)?$/.exec(decodeURIComponent(exchange.path))?.[1],
			status: 0,
			cookie: exchange.headers.cookie,
		};
		this.log.add(entry);
		this.log.mostAtOnce = Math.max(this.log.mostAtOnce, ++this.atOnce);
		// Lets a second request of a client that does not wait come in.
		await new Promise((resolve) => setImmediate(resolve));
		const fault = this.faults.next(entry.url);
		if (fault) entry.fault = fault.kind;
		const served = this.serve(exchange, query.length, fault?.kind);
		const answer = fault ? spoiled(fault, served) : served;
		this.atOnce--;
		entry.status = answer.status;
		const { value } = (answer.body ?? {}) as { value?: unknown };
		entry.rows = Array.isArray(value) ? value.length : 0;
		return { ...answer, headers: { date: new Date(this.now()).toUTCString(), ...answer.headers } };
	}

	private serve(exchange: Exchange, queryLength: number, fault: string | undefined): Answer {
		const path = decodeURIComponent(exchange.path);
		// Longer queries never reach the application: the web server answers with a page of its own.
		if (queryLength > this.rules.maxQuery) return page(404, 'HTTP Error 404.15 - Not Found');
		const match = /^\/Sage300WebApi\/v[\d.]+\/-\/([^/]+)\/([A-Z]{2})\/([^/]+)$/.exec(path);
		if (!match) return page(404, 'The resource cannot be found');
		const [, company, module, resource] = match;
		const refused = this.loginRefusal(exchange.headers.authorization);
		if (refused) return refused;
		if (exchange.method !== 'GET') return this.error(405, 'MethodNotAllowed', 'Read only');
		if (!/^application\/json/.test(exchange.headers['content-type'] ?? '')) {
			return this.error(500, 'InternalServerError', 'Object reference not set to an instance');
		}
		if (company !== this.company) {
			return this.error(404, 'DBLinkError', `No database link to ${company}`);
		}
		try {
			return this.withCookie(this.data(exchange, module, resource, fault));
		} catch (error) {
			if (!(error instanceof FilterRefused)) throw error;
			const { onOtherLiteral } = this.rules;
			if (onOtherLiteral === 'empty') return { status: 200, body: { value: [] } };
			return onOtherLiteral === 'fail'
				? this.error(500, 'InternalServerError', error.message)
				: this.error(400, 'InvalidParameters', error.message);
		}
	}

	private loginRefusal(authorization = ''): Answer | undefined {
		const given = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString('utf8');
		if (given === `ADMIN:${this.password}` && this.rules.allowAdmin) return undefined;
		if (given === `${this.user}:${this.password}`) return undefined;
		return this.error(401, 'Unauthorized', 'Authorization has been denied for this request.');
	}

	private data(exchange: Exchange, module: string, name: string, fault?: string): Answer {
		if (module === 'AR' && name === '$metadata') {
			const headers = { 'content-type': 'application/xml' };
			return { status: 200, headers, body: metadataDocument(RESOURCES.values()) };
		}
		const [, set, key] = /^(\w+)(?:\((.*)\))?$/.exec(name) ?? [];
		const resource = module === 'AR' ? RESOURCES.get(set ?? '') : undefined;
		if (!resource) return this.error(404, 'ResourceNotFound', `No resource ${name}`);
		if (this.forbidden.has(resource.name)) {
			return this.error(403, 'Forbidden', `No Web API right for ${resource.name}`);
		}
		for (const option of exchange.query.keys()) {
			const isKnown =
				OPTIONS.includes(option) && (option !== '$orderby' || this.rules.knowsOrderBy);
			if (!isKnown) throw new FilterRefused(`The query option ${option} is not supported`);
		}
		const select = this.selected(resource, exchange.query.get('$select'));
		return key === undefined
			? this.list(exchange, resource, select, fault)
			: this.single(resource, key, select);
	}

	private single(resource: Resource, key: string, select: readonly string[]): Answer {
		const values = [...key.matchAll(/(?:(\w+)=)?(?:'((?:[^']|'')*)'|([^,']+))(?:,|$)/g)];
		const given: Row = {};
		for (const [, name, text, bare] of values) {
			given[name ?? resource.key[0]] = text?.replaceAll("''", "'") ?? Number(bare);
		}
		if (resource.key.some((name) => given[name] === undefined)) {
			return this.error(400, 'InvalidEntityKey', `The key is ${resource.key.join(', ')}`);
		}
		const row = this.store.find(resource.name, given);
		if (!row) return this.error(404, 'RecordNotFound', `Record ${key} does not exist.`);
		return { status: 200, body: this.rendered(resource, row, select) };
	}

	private list(
		exchange: Exchange,
		resource: Resource,
		select: readonly string[],
		fault?: string,
	): Answer {
		const { query } = exchange;
		const filter = query.get('$filter');
		const found = filter
			? this.store.matching(resource.name, filter, parseFilter(filter, resource, this.rules))
			: this.store.rows(resource.name);
		const skip = fault === 'ignoresSkip' ? 0 : this.whole(query.get('$skip'), 0);
		const top = this.whole(query.get('$top'), Infinity);
		const size = Math.min(this.rules.pageSize, top);
		const isEmptied = fault === 'emptyPage' && this.rules.nextLink !== undefined;
		const rows = isEmptied ? [] : found.slice(skip, skip + size);
		const end = skip + rows.length;
		const { nextLink } = this.rules;
		const hasMore = end < found.length && rows.length < top;
		return {
			status: 200,
			body: {
				...(query.get('$count') === 'true' ? { '@odata.count': String(found.length) } : {}),
				value: rows.map((row) => this.rendered(resource, row, select)),
				...(nextLink && hasMore ? { [nextLink]: this.linkTo(exchange, end, isEmptied) } : {}),
			},
		};
	}

	private linkTo({ path, query, headers }: Exchange, skip: number, isEmptied: boolean): string {
		const next = new URLSearchParams(query);
		next.set('$skip', String(skip));
		if (isEmptied) next.set('$count', 'true');
		const base = this.rules.publicUrl ?? `http://${headers.host ?? 'localhost'}`;
		return `${base}${path}?${next.toString().replaceAll('+', '%20')}`;
	}

	private selected(resource: Resource, select: string | null): readonly string[] {
		if (select === null) return [...resource.properties.keys()];
		const names = select.split(',').map((name) => name.trim());
		const unknown = names.find(
			(name) =>
				!resource.properties.has(name) ||
				(name.startsWith('TermsCode') && name !== this.rules.termsKey),
		);
		if (unknown === undefined) return names;
		throw new FilterRefused(`Could not find a property named '${unknown}'`);
	}

	private rendered(resource: Resource, row: Row, select: readonly string[]): Record<string, Value> {
		const shown: Record<string, Value> = {};
		for (const name of select) {
			const value = row[name] ?? null;
			const isDate = resource.properties.get(name) === 'date' && value !== null;
			shown[name] = isDate
				? `${value as string}T00:00:00${this.rules.zuluDates ? 'Z' : ''}`
				: value;
		}
		return shown;
	}

	private whole(text: string | null, fallback: number): number {
		if (text === null) return fallback;
		if (!/^\d+$/.test(text)) throw new FilterRefused(`'${text}' is no whole number`);
		return Number(text);
	}

	private withCookie(answer: Answer): Answer {
		const { sessionCookie } = this.rules;
		if (sessionCookie === undefined) return answer;
		return { ...answer, headers: { 'set-cookie': [`${sessionCookie}; path=/; HttpOnly`] } };
	}

	private error(status: number, code: string, message: string): Answer {
		return errorAnswer(status, code, message, this.rules.plainErrors);
	}
}
