/** A plain reader for the S/4HANA sandbox, written without the package's own OData code. */
import type { S4HanaSandbox } from '../sandbox/s4hana/server.mts';

type Body = any;

export interface Reading {
	sandbox: S4HanaSandbox;
	/** Below the business-partner service, or absolute. */
	response(resource: string): Promise<Response>;
	/** `body` is undefined where the answer is no JSON. */
	read(resource: string): Promise<{ status: number; text: string; body: Body }>;
	/** All rows of a collection, following its links. */
	rows(resource: string): Promise<Array<Record<string, unknown>>>;
	entity(resource: string): Promise<Body>;
	/** A run to its end in either version, with tombstones apart. */
	follow(url: string, headers?: Record<string, string>): Promise<Run>;
}

export interface Run {
	rows: Array<Record<string, unknown>>;
	removed: Array<Record<string, unknown>>;
	deltaLink?: string;
}

export function reading(sandbox: S4HanaSandbox): Reading {
	const root = sandbox.url + sandbox.servicePath;
	const get = (url: string, headers = {}) =>
		fetch(url, {
			headers: { authorization: sandbox.login.basic, accept: 'application/json', ...headers },
		});
	const response = (resource: string) =>
		get(resource.startsWith('http') ? resource : `${root}/${resource}`);
	const read: Reading['read'] = async (resource) => {
		const answer = await response(resource);
		const text = await answer.text();
		return { status: answer.status, text, body: jsonIn(text) };
	};
	const entity: Reading['entity'] = async (resource) => {
		const { status, text, body } = await read(resource);
		if (status !== 200) throw new Error(`${status}: ${text}`);
		return body.d;
	};
	const rows: Reading['rows'] = async (resource) => {
		const found: Array<Record<string, unknown>> = [];
		let next: string | undefined = resource;
		while (next) {
			const page: Body = await entity(next);
			found.push(...page.results);
			next = page.__next;
		}
		return found;
	};
	const follow: Reading['follow'] = async (url, headers) => {
		const run: Run = { rows: [], removed: [] };
		let next: string | undefined = url;
		while (next) {
			const answer = await get(next, headers);
			if (!answer.ok) throw new Error(String(answer.status));
			const body: Body = await answer.json();
			const entries: Body[] = body.value ?? body.d.results;
			const isGone = (row: Body) => row['@removed'] ?? row.__metadata?.deleted;
			run.rows.push(...entries.filter((row) => !isGone(row)));
			run.removed.push(...entries.filter(isGone));
			run.deltaLink = body['@odata.deltaLink'] ?? body.d?.__delta;
			next = absolute(next, body['@odata.nextLink'] ?? body.d?.__next);
		}
		return run;
	};
	return { sandbox, response, read, rows, entity, follow };
}

function jsonIn(text: string): Body {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function absolute(base: string, link: string | undefined): string | undefined {
	return link && new URL(link, base).href;
}
