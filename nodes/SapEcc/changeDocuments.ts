import { CoreError } from '../../core/http/errors';
import type { Change, ChangePage, Window } from '../../core/sync/source';
import { allOf, anyOf, compare, either, type Condition } from './conditions';
import type { TablePage, TableReader, TableRow } from './readTable';
import type { Side } from './sides';
import { CDHDR } from './tables';

/** What `load` finds in a change. */
export type ChangePayload =
	| { stream: 'changeDocument'; objectClass: string; objectId: string }
	| { stream: 'created'; key: string };

/** Changes of addresses: of companies, of persons, of persons at companies. Their object is an address number. */
export const ADDRESS_CLASSES = { company: ['ADRESSE'], person: ['ADRESSE2', 'ADRESSE3'] } as const;

export interface ChangeSettings {
	side: Side;
	/** Address classes of contact persons too. */
	withPersons: boolean;
}

/**
 * Headers of change documents since a moment, then records created since its day. KNA1-UPDAT is no change
 * stamp: it says when a change was confirmed by a second person, and is empty on most records. A record that
 * came without a change document, by a load program for example, has its creation date at least.
 */
export async function* changesSince(
	reader: TableReader,
	settings: ChangeSettings,
	window: Window,
	resumeAfter?: string,
): AsyncGenerator<ChangePage> {
	const [stream, after] = resumePoint(resumeAfter);
	const { side } = settings;
	if (stream === 'changeDocument') {
		const read = {
			table: CDHDR.name,
			fields: Object.keys(CDHDR.fields),
			key: CDHDR.key,
			lengths: CDHDR.fields,
			where: allOf(anyOf('OBJECTCLAS', classesOf(settings)), loggedSince(window.fromInclusive)),
		};
		for await (const page of reader.pages(read, 'CHANGENR', after)) {
			yield changePage('changeDocument', page, page.rows.map(documentChange));
		}
	}
	const created = {
		table: side.master.name,
		fields: [side.key, 'ERDAT'],
		key: [side.key],
		lengths: side.master.fields,
		where: compare('ERDAT', '>=', sapDate(window.fromInclusive)),
	};
	for await (const page of reader.pages(created, side.key, stream === 'created' ? after : '')) {
		const logged = await loggedAmong(reader, side, page.rows, window.fromInclusive);
		const rows = page.rows.filter((row) => !logged.has(row[side.key]));
		yield changePage(
			'created',
			page,
			rows.map((row) => createdChange(row, side)),
		);
	}
}

const KEYS_PER_REQUEST = 100;

/** Those of these records that have change documents of those days: these tell more than the day of creation. */
async function loggedAmong(
	reader: TableReader,
	side: Side,
	rows: readonly TableRow[],
	from: string,
): Promise<Set<string>> {
	const logged = new Set<string>();
	for (let at = 0; at < rows.length; at += KEYS_PER_REQUEST) {
		const keys = rows.slice(at, at + KEYS_PER_REQUEST).map((row) => row[side.key]);
		const read = {
			table: CDHDR.name,
			fields: ['OBJECTID', 'CHANGENR'],
			key: CDHDR.key,
			lengths: CDHDR.fields,
			where: allOf(
				compare('OBJECTCLAS', '=', side.objectClass),
				anyOf('OBJECTID', keys),
				compare('UDATE', '>=', sapDate(from)),
			),
		};
		for (const row of await reader.rows(read)) logged.add(row.OBJECTID);
	}
	return logged;
}

export function classesOf({ side, withPersons }: ChangeSettings): string[] {
	const { company, person } = ADDRESS_CLASSES;
	return [side.objectClass, ...company, ...(withPersons ? person : [])];
}

/** Date and time stand in two fields. */
function loggedSince(from: string): Condition {
	const [date, time] = [sapDate(from), sapTime(from)];
	return either(
		compare('UDATE', '>', date),
		allOf(compare('UDATE', '=', date), compare('UTIME', '>=', time)),
	);
}

function documentChange(row: TableRow): Change {
	const { OBJECTCLAS: objectClass, OBJECTID: objectId, CHANGENR } = row;
	const payload: ChangePayload = { stream: 'changeDocument', objectClass, objectId };
	const changedAt = isoOf(row.UDATE, row.UTIME, `change document ${CHANGENR}`);
	const id = `changeDocument:${CHANGENR}:${objectClass}:${objectId}`;
	return { id, version: 'logged', changedAt, payload };
}

function createdChange(row: TableRow, side: Side): Change {
	const key = row[side.key];
	const payload: ChangePayload = { stream: 'created', key };
	const changedAt = isoOf(row.ERDAT, '000000', `${side.entity} ${key}`);
	return { id: `created:${key}`, version: 'created', changedAt, payload };
}

function changePage(stream: string, page: TablePage, changes: Change[]): ChangePage {
	return {
		changes: [...changes].sort((a, b) => (a.id < b.id ? -1 : 1)),
		...(page.upTo !== '' && { resumeAfter: `${stream}:${page.upTo}` }),
		...(page.serverNow !== '' && { serverNow: page.serverNow }),
	};
}

function resumePoint(token: string | undefined): ['changeDocument' | 'created', string] {
	if (token === undefined) return ['changeDocument', ''];
	const [, stream, after] = /^(changeDocument|created):(.*)$/.exec(token) ?? [];
	if (stream === 'changeDocument' || stream === 'created') return [stream, after];
	throw new CoreError('protocol', `"${token}" is no position in a list of changes.`);
}

/** `20261120` */
function sapDate(cursor: string): string {
	return cursor.slice(0, 10).replaceAll('-', '');
}

/** `101230`, midnight where the cursor is a day. */
function sapTime(cursor: string): string {
	return cursor.slice(11, 19).replaceAll(':', '').padEnd(6, '0');
}

/** Inside the rows of a table reader dates are `YYYYMMDD`; some bridges write them out. */
function isoOf(date: string, time: string, what: string): string {
	const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(date) ?? [];
	const [, hour, minute, second] = /^(\d{2}):?(\d{2}):?(\d{2})$/.exec(time) ?? [];
	if (year !== undefined && hour !== undefined) {
		return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
	}
	throw new CoreError('protocol', `The ${what} has the date "${date}" and the time "${time}".`);
}
