/** Reads an exported audit table piece by piece: CSV (comma, semicolon or tab), JSON or one JSON object a line. */
import { AUDIT_COLUMNS } from '../../core/audit/auditEvent';
import { asText, type AuditRow } from '../../core/audit/chain';

export interface ExportedRow {
	row: AuditRow;
	/** Place in the file, the first row is 1. */
	place: number;
}

/** The file cannot be read as an audit table; the message says why. */
export class NoAuditTable extends Error {}

type Chunks = AsyncIterable<string>;

export async function* rowsOf(chunks: Chunks): AsyncGenerator<ExportedRow> {
	const { format, text } = await formatOf(chunks);
	let place = 0;
	for await (const record of format === 'json' ? jsonRecords(text) : csvRecords(text)) {
		place += 1;
		yield { row: asText(columnsOf(record, place)), place };
	}
	if (place === 0) throw new NoAuditTable('The file holds no rows of an audit table.');
}

/** Column names are compared without case and underscores: Postgres tables often have them otherwise. */
const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
const NAMES = new Map(AUDIT_COLUMNS.map(({ name }) => [plain(name), name]));

function columnsOf(record: Map<string, unknown>, place: number): Record<keyof AuditRow, unknown> {
	const found = new Map<string, unknown>();
	for (const [name, value] of record) {
		const column = NAMES.get(plain(name));
		if (column) found.set(column, value);
	}
	const missing = AUDIT_COLUMNS.filter(({ name }) => !found.has(name)).map(({ name }) => name);
	if (missing.length > 0) {
		throw new NoAuditTable(
			`Row ${place} has no column ${missing.join(', ')}: export the whole table with all its columns.`,
		);
	}
	return Object.fromEntries(found) as Record<keyof AuditRow, unknown>;
}

/** Told by the first character; nothing is lost of the stream. */
async function formatOf(chunks: Chunks): Promise<{ format: 'json' | 'csv'; text: Chunks }> {
	const iterator = chunks[Symbol.asyncIterator]();
	let head = '';
	for (;;) {
		const next = await iterator.next();
		if (next.done) break;
		head += next.value;
		if (head.replace(/^\uFEFF/, '').trim() !== '') break;
	}
	async function* text() {
		yield head.replace(/^\uFEFF/, '');
		for (;;) {
			const next = await iterator.next();
			if (next.done) return;
			yield next.value;
		}
	}
	return { format: /^\uFEFF?\s*[[{]/.test(head) ? 'json' : 'csv', text: text() };
}

/**
 * Rows are flat: every object without another one inside is a row, whatever list or envelope it stands in. Objects that
 * have no column of ours belong to the envelope.
 */
async function* jsonRecords(chunks: Chunks): AsyncGenerator<Map<string, unknown>> {
	let rest = '';
	let start = -1;
	let at = 0;
	let inString = false;
	for await (const chunk of chunks) {
		rest += chunk;
		for (; at < rest.length; at++) {
			const character = rest[at];
			if (inString) {
				if (character === '\\') at++;
				else if (character === '"') inString = false;
			} else if (character === '"') inString = true;
			else if (character === '{') start = at;
			else if (character === '}' && start >= 0) {
				const record = recordIn(rest.slice(start, at + 1));
				start = -1;
				if (record) yield record;
			}
		}
		const keep = start >= 0 ? start : rest.length;
		rest = rest.slice(keep);
		at -= keep;
		if (start >= 0) start = 0;
	}
	if (start >= 0 || inString) {
		throw new NoAuditTable('The JSON ends in the middle of a row: the file is not complete.');
	}
}

function recordIn(text: string): Map<string, unknown> | undefined {
	let parsed: Record<string, unknown>;
	try {
		parsed = JSON.parse(text) as Record<string, unknown>;
	} catch {
		throw new NoAuditTable(`This is no JSON: ${text.slice(0, 100)}`);
	}
	const isOurs = ['runId', 'hash', 'seq', 'eventId', 'run_id', 'runid', 'event_id', 'eventid'].some(
		(name) => name in parsed,
	);
	return isOurs ? new Map(Object.entries(parsed)) : undefined;
}

async function* csvRecords(chunks: Chunks): AsyncGenerator<Map<string, unknown>> {
	let header: string[] | undefined;
	for await (const fields of csvLines(chunks)) {
		if (header === undefined) header = fields;
		else if (fields.length !== header.length) {
			throw new NoAuditTable(
				`A line has ${fields.length} fields, the header has ${header.length}: ${fields.join(',').slice(0, 100)}`,
			);
		} else yield new Map(header.map((name, index) => [name, fields[index]]));
	}
}

async function* csvLines(chunks: Chunks): AsyncGenerator<string[]> {
	let delimiter = '';
	let fields: string[] = [];
	let field = '';
	let state: 'plain' | 'quoted' | 'quoteInQuoted' = 'plain';
	let afterReturn = false;
	for await (const chunk of chunks) {
		if (delimiter === '') delimiter = delimiterOf(chunk);
		for (const character of chunk) {
			if (state === 'quoted') {
				if (character === '"') state = 'quoteInQuoted';
				else field += character;
				continue;
			}
			if (state === 'quoteInQuoted' && character === '"') {
				field += '"';
				state = 'quoted';
				continue;
			}
			if (state === 'quoteInQuoted') state = 'plain';
			if (character === '\n' || character === '\r') {
				const isSecondHalf = character === '\n' && afterReturn;
				afterReturn = character === '\r';
				if (isSecondHalf || (fields.length === 0 && field === '')) continue;
				yield [...fields, field];
				fields = [];
				field = '';
				continue;
			}
			afterReturn = false;
			if (character === delimiter) {
				fields.push(field);
				field = '';
			} else if (character === '"' && field === '') state = 'quoted';
			else field += character;
		}
	}
	if (state === 'quoted') {
		throw new NoAuditTable('The CSV ends inside quotation marks: the file is not complete.');
	}
	if (fields.length > 0 || field !== '') yield [...fields, field];
}

function delimiterOf(text: string): string {
	const line = text.split(/[\r\n]/, 1)[0] ?? '';
	return [',', ';', '\t'].find((one) => line.includes(one)) ?? ',';
}
