import { DateTime } from 'luxon';
import { quoted } from '../../core/odata/literals';
import { allOf, anyOf } from '../../core/odata/query';
import { assertBehind, conditionIgnored } from './keyset';
import { stampOf, text, type Row } from './rows';
import type { ServiceLayer } from './serviceLayer';

/** Where the stamp of a row stands. */
export interface StampFields {
	date: string;
	/** Absent where days are walked. */
	time?: string;
	key: string;
	keyKind: 'text' | 'number';
}

export interface Walk {
	entitySet: string;
	fields: StampFields;
	select: readonly string[];
	/** Beside the stamps. */
	filter?: string;
	pageSize: number;
	/** Local minute `2026-11-20T10:12`, inclusive; behind a bar the key after which that minute goes on. */
	from: string;
	/** Keys of minutes with more rows than a page, so that they are listed once per poll. */
	crowds: Map<string, string[]>;
}

export interface WalkedRows {
	/** All rows of their minutes, in ascending order of minute and key (as text). */
	rows: Row[];
	/** Everything before this position has been handed over; absent on the last part. In the form of `from`. */
	next?: string;
	serverNow: string;
}

/**
 * Rows in ascending order of (date, time, key), page by page behind the last complete minute.
 *
 * Time literals are compared by the minute on some servers and by the second on others, so a page is cut at its
 * last minute and the next one begins with that minute. Rows that change meanwhile move to the end, where they are
 * met again; counting with `$skip` would lose the row behind each of them.
 */
export async function* walkChanges(service: ServiceLayer, walk: Walk): AsyncGenerator<WalkedRows> {
	const { fields, entitySet, pageSize, select } = walk;
	const orderBy = [fields.date, ...(fields.time ? [fields.time] : []), fields.key];
	let [minute, afterKey] = walk.from.split('|') as [string, string?];
	for (;;) {
		if (afterKey !== undefined) {
			yield* crowdedMinute(service, walk, minute, afterKey);
			minute = minuteAfter(minute, fields);
			afterKey = undefined;
		}
		const filter = allOf(walk.filter, notBefore(fields, minute));
		const page = await service.page(entitySet, { select, filter, orderBy, pageSize });
		const { rows, serverNow } = page;
		if (page.next === undefined && rows.length < pageSize) {
			yield { rows: sorted(rows, fields), serverNow };
			return;
		}
		const earlier = rows.find((row) => isBefore(row, minute, fields));
		if (earlier)
			throw conditionIgnored(entitySet, `${fields.date} ${minuteOf(earlier, fields)}`, minute);
		const lastMinute = rows.map((row) => minuteOf(row, fields)).reduce(later, minute);
		const complete = rows.filter((row) => minuteOf(row, fields) < lastMinute);
		minute = lastMinute;
		if (complete.length > 0) yield { rows: sorted(complete, fields), next: minute, serverNow };
		else afterKey = '';
	}
}

const later = (a: string, b: string): string => (a > b ? a : b);

function minuteOf(row: Row, { date, time }: StampFields): string {
	return stampOf(row, date, time).slice(0, 16);
}

/** Where there is no time a whole day is walked at once. */
function isBefore(row: Row, minute: string, fields: StampFields): boolean {
	return minuteOf(row, fields) < (fields.time === undefined ? minute.slice(0, 10) : minute);
}

const KEYS_PER_REQUEST = 60;

/** One minute that has more rows than a page, as after an import: by its keys, in our order of them. */
async function* crowdedMinute(
	service: ServiceLayer,
	walk: Walk,
	minute: string,
	afterKey: string,
): AsyncGenerator<WalkedRows> {
	const { fields, entitySet, select } = walk;
	const known = walk.crowds.get(minute) ?? (await keysOfMinute(service, walk, minute));
	walk.crowds.set(minute, known);
	const keys = known.filter((key) => sortableKey(key, fields.keyKind) > afterKey);
	for (let at = 0; at < keys.length; at += KEYS_PER_REQUEST) {
		const chunk = keys.slice(at, at + KEYS_PER_REQUEST);
		const literals = chunk.map((key) => keyLiteral(key, fields.keyKind));
		const query = {
			select,
			filter: anyOf(fields.key, literals),
			orderBy: [fields.key],
			pageSize: chunk.length,
		};
		const rows: Row[] = [];
		let serverNow = '';
		for await (const page of service.pages(entitySet, query)) {
			// A row that changed meanwhile is met again in its new minute.
			rows.push(...page.rows.filter((row) => minuteOf(row, fields) === minute));
			serverNow = page.serverNow;
		}
		const last = sortableKey(chunk[chunk.length - 1], fields.keyKind);
		yield { rows: sorted(rows, fields), next: `${minute}|${last}`, serverNow };
	}
}

async function keysOfMinute(service: ServiceLayer, walk: Walk, minute: string): Promise<string[]> {
	const { fields, entitySet, pageSize } = walk;
	const select = [fields.key, fields.date, ...(fields.time ? [fields.time] : [])];
	const keys: string[] = [];
	for (let after: string | undefined; ; ) {
		const literal = after === undefined ? undefined : keyLiteral(after, fields.keyKind);
		const behind = literal && `${fields.key} gt ${literal}`;
		const filter = allOf(walk.filter, within(fields, minute), behind);
		const page = await service.page(entitySet, { select, filter, orderBy: [fields.key], pageSize });
		assertBehind(page.rows, { entitySet, ...fields }, after);
		const inMinute = page.rows.filter((row) => minuteOf(row, fields) === minute);
		keys.push(...inMinute.map((row) => text(row, fields.key)));
		const last = page.rows[page.rows.length - 1];
		if (last === undefined || (page.next === undefined && page.rows.length < pageSize)) {
			return keys
				.map((key) => [sortableKey(key, fields.keyKind), key] as const)
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([, key]) => key);
		}
		after = text(last, fields.key);
	}
}

export function keyLiteral(key: string, kind: 'text' | 'number'): string {
	return kind === 'text' ? quoted(key) : String(Number(key));
}

/** Rows of midnight include those without a time, which no comparison of times would find. */
function notBefore({ date, time }: StampFields, minute: string): string {
	const [day, at] = minute.split('T');
	if (time === undefined || at === '00:00') return `${date} ge '${day}'`;
	return `(${date} gt '${day}' or (${date} eq '${day}' and ${time} ge '${at}:00'))`;
}

function within(fields: StampFields, minute: string): string {
	const { date, time } = fields;
	const [day, at] = minute.split('T');
	if (time === undefined || at === '00:00') return `${date} eq '${day}'`;
	const from = `${date} eq '${day}' and ${time} ge '${at}:00'`;
	const [nextDay, next] = minuteAfter(minute, fields).split('T');
	return nextDay === day ? `${from} and ${time} lt '${next}:00'` : from;
}

function minuteAfter(minute: string, { time }: StampFields): string {
	const at = DateTime.fromISO(minute, { zone: 'utc' });
	const next = time === undefined ? at.plus({ days: 1 }) : at.plus({ minutes: 1 });
	return next.toFormat("yyyy-MM-dd'T'HH:mm");
}

/** Databases sort texts by their own rules; ours are the same everywhere. */
function sorted(rows: readonly Row[], { date, time, key, keyKind }: StampFields): Row[] {
	const order = (row: Row) =>
		`${stampOf(row, date, time).slice(0, 16)}|${sortableKey(text(row, key), keyKind)}`;
	const decorated = rows.map((row) => [order(row), row] as const);
	return decorated.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

/** A key whose text order is the order of the keys: numbers are padded. */
export function sortableKey(key: string, kind: 'text' | 'number'): string {
	return kind === 'number' ? key.padStart(10, '0') : key;
}
