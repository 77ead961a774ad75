/** Makes good what SAP's mock server leaves out: next links, empty dates, the two kinds of phone numbers. */
import type { HttpResponse, Transport } from '../../core/http/ports';

type Json = Record<string, unknown>;

const PAGE_SIZE = 9;

/** A transport that sends to the mock server and mends its answers. */
export function mending(transport: Transport): Transport {
	return async (request) => {
		const url = new URL(request.url);
		const offset = Number(url.searchParams.get('$skiptoken') ?? 0);
		url.searchParams.delete('$skiptoken');
		const answer = await transport({ ...request, url: url.href });
		if (answer.status !== 200) return answer;
		const body = mended(JSON.parse(answer.body.toString('utf8'))) as { d: Json };
		return withBody(answer, { d: paged(body.d, url, offset) });
	};
}

function withBody(answer: HttpResponse, body: object): HttpResponse {
	return { ...answer, body: Buffer.from(JSON.stringify(body)) };
}

function paged(d: Json, url: URL, offset: number): Json {
	if (!Array.isArray(d.results)) return d;
	const end = offset + PAGE_SIZE;
	const page = { ...d, results: d.results.slice(offset, end) };
	if (end >= d.results.length) return page;
	const next = new URL(url);
	next.searchParams.set('$skiptoken', String(end));
	return { ...page, __next: next.href };
}

function mended(value: unknown): unknown {
	if (value === '/Date(0)/') return null;
	if (Array.isArray(value)) return value.map(mended);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => [name, mended(ofOwnKind(name, member))]),
	);
}

function ofOwnKind(name: string, member: unknown): unknown {
	const isMobile = (row: Json) => row.PhoneNumberType === '3';
	const rows = (member as { results?: Json[] } | null)?.results;
	if (name === 'to_MobilePhoneNumber' && rows) return { results: rows.filter(isMobile) };
	if (name === 'to_PhoneNumber' && rows) return { results: rows.filter((row) => !isMobile(row)) };
	return member;
}
