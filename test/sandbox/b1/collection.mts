/** A list answer: filter, order, page. Paging counts rows (`$skip`), so that lists shift when data changes. */
import type { Exchange } from '../http.mts';
import { filterOf, type Row } from './filter.mts';
import { storedValue, type LiteralRules } from './literal.mts';
import { badRequest } from './refusal.mts';
import { kindOf, type EntitySchema } from './schema.mts';

export interface PagingRules {
	/** The server file's `PageSize`. */
	pageSize: number;
	/** Most rows whatever a client prefers; 0 for no limit. */
	maxPageSize: number;
	/** How next links look; each page takes the next form. */
	linkForms: LinkForm[];
}
export type LinkForm = 'rooted' | 'relative' | 'absoluteInner' | 'foreign';

export interface Selected {
	rows: Row[];
	/** Rows that match, before paging. */
	count: number;
	/** Where the next page starts; absent on the last one. */
	next?: { skip: number; top?: number };
	applied?: string;
}

const OPTIONS = [
	'$filter',
	'$orderby',
	'$select',
	'$top',
	'$skip',
	'$count',
	'$inlinecount',
	'$expand',
];

export function selectRows(
	schema: EntitySchema,
	rows: readonly Row[],
	{ query, headers }: Exchange,
	rules: LiteralRules & PagingRules,
	isPageEmptied: boolean,
): Selected {
	for (const name of query.keys()) {
		if (!OPTIONS.includes(name)) throw badRequest(`Query option ${name} is not supported`);
	}
	const ordered = kept(schema, rows, query, rules);
	const skip = wholeNumber(query, '$skip') ?? 0;
	const top = wholeNumber(query, '$top');
	const preferred = preferredSize(headers);
	const size = pageSizeOf(preferred, rules);
	const wanted = Math.min(size, top ?? Infinity);
	const page = isPageEmptied ? [] : ordered.slice(skip, skip + wanted);
	const left = Math.min(ordered.length - skip - page.length, (top ?? Infinity) - page.length);
	const selected: Selected = { rows: page.map(projection(schema, query)), count: ordered.length };
	if (preferred !== undefined) selected.applied = `odata.maxpagesize=${size}`;
	if (left > 0) {
		selected.next = { skip: skip + page.length };
		if (top !== undefined) selected.next.top = top - page.length;
	}
	return selected;
}

const lists = new WeakMap<readonly Row[], Map<string, Row[]>>();

/** What filter and order find, for the pages to come. */
function kept(
	schema: EntitySchema,
	rows: readonly Row[],
	query: URLSearchParams,
	{ unquotedDates, timePrecision }: LiteralRules,
): Row[] {
	const rules = { unquotedDates, timePrecision };
	const [filter, orderBy] = [query.get('$filter'), query.get('$orderby')];
	const words = JSON.stringify([filter, orderBy, rules]);
	const known = lists.get(rows) ?? new Map<string, Row[]>();
	lists.set(rows, known);
	const before = known.get(words);
	if (before) return before;
	const matching = filter === null ? rows : rows.filter(filterOf(schema, filter, rules));
	const ordered = order(schema, matching, orderBy, rules);
	if (known.size > 3) known.clear();
	known.set(words, ordered);
	return ordered;
}

function preferredSize(headers: Record<string, string>): number | undefined {
	const match = /odata\.maxpagesize=(\d+)/.exec(headers.prefer ?? '');
	const text = match?.[1] ?? headers['b1s-pagesize'];
	return text === undefined ? undefined : Number(text);
}

function pageSizeOf(preferred: number | undefined, rules: PagingRules): number {
	const asked = preferred ?? rules.pageSize;
	const size = asked === 0 ? Infinity : asked;
	return rules.maxPageSize > 0 ? Math.min(size, rules.maxPageSize) : size;
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
	const text = query.get(name);
	if (text === null) return undefined;
	if (!/^\d+$/.test(text)) throw badRequest(`${name}=${text} is no whole number`);
	return Number(text);
}

function order(
	schema: EntitySchema,
	rows: readonly Row[],
	terms: string | null,
	rules: LiteralRules,
) {
	// Without an order the database gives rows as it likes: newest first, here.
	if (terms === null) return [...rows].reverse();
	const keys = terms.split(',').map((term) => {
		const [name, direction = 'asc'] = term.trim().split(/ +/);
		const kind = kindOf(schema, name);
		if (!kind || kind === 'rows' || !['asc', 'desc'].includes(direction)) {
			throw badRequest(`Property '${name}' of '${schema.typeName}' is invalid`);
		}
		return { name, kind, sign: direction === 'asc' ? 1 : -1 };
	});
	const exact = { ...rules, timePrecision: 'seconds' as const };
	const decorated = rows.map((row) => ({
		row,
		values: keys.map(({ name, kind }) => storedValue(kind, row[name], exact)),
	}));
	decorated.sort((a, b) => {
		for (let at = 0; at < keys.length; at++) {
			const [left, right] = [a.values[at], b.values[at]];
			if (left === right) continue;
			// Empty values come first.
			const isLess = left === undefined || (right !== undefined && left < right);
			return isLess ? -keys[at].sign : keys[at].sign;
		}
		return 0;
	});
	return decorated.map(({ row }) => row);
}

/** Fields of a collection can not be chosen: it comes whole. */
export function projection(schema: EntitySchema, query: URLSearchParams): (row: Row) => Row {
	const select = query.get('$select');
	if (select === null) return (row) => row;
	const names = select.split(',').map((name) => name.trim());
	for (const name of names) {
		if (!kindOf(schema, name)) {
			throw badRequest(`Property '${name}' of '${schema.typeName}' is invalid`);
		}
	}
	return (row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}
