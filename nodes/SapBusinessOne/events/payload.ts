import { CoreError } from '../../../core/http/errors';
import { text, type Row } from '../rows';
import { keyOf, objectSpelled, transactionSpelled } from './objects';

/** One event as it was sent: it names a record and says nothing of its content. */
export interface B1Event {
	id: string;
	/** `Orders`: what can be subscribed to in that spelling, however it was sent; anything else as sent. */
	object: string;
	/** `Created`, likewise. */
	transaction: string;
	/** As the ERP writes it; where it is none, as it was sent. */
	key: string;
	/** Whether `key` can be a key of this object. Any other must not get into a filter beside good ones. */
	isKey: boolean;
	/** UTC, as sent. */
	time: string;
	/** Database of the company; '' where the event does not say. */
	company: string;
}

/** `sap.b1.Orders.Created.v1` */
const TYPE = /^sap\.b1\.([\w-]+)\.(\w+)\.v\d+$/i;

/**
 * One event or an array of them. What else stands between them is counted and left out.
 * @throws CoreError `protocol` where an authentic sender sends no event at all
 */
export function eventsIn(body: unknown): { events: B1Event[]; skipped: number } {
	const rows = Array.isArray(body) ? (body as unknown[]) : [body];
	const events = rows.flatMap((row) => (isRow(row) ? (eventOf(row) ?? []) : []));
	if (events.length > 0 || rows.length === 0) {
		return { events, skipped: rows.length - events.length };
	}
	throw new CoreError('protocol', 'What came is signed, but it is no event of SAP Business One.', {
		remedy: 'Let nothing else than SAP Business One send to this address with this secret.',
	});
}

function eventOf(row: Row): B1Event | undefined {
	const [, sentObject, sentTransaction] = TYPE.exec(text(row, 'type')) ?? [];
	const id = text(row, 'id');
	if (sentObject === undefined || id === '') return undefined;
	const object = objectSpelled(sentObject);
	const transaction = transactionSpelled(sentTransaction);
	const company = /\/sap\.b1\/([^/]+)\/?$/i.exec(text(row, 'source'))?.[1] ?? '';
	return { id, object, transaction, ...keyIn(row, object), time: text(row, 'time'), company };
}

/** The data names the key by its field; the subject has it in one of several spellings. */
function keyIn(row: Row, object: string): Pick<B1Event, 'key' | 'isKey'> {
	const { key: field, keyKind } = keyOf(object) ?? { key: '', keyKind: 'text' as const };
	const data = isRow(row.data) ? row.data : {};
	const sent = text(data, fieldIn(data, field)) || subjectKey(text(row, 'subject'), object, field);
	if (keyKind === 'text') return { key: sent, isKey: TEXT_KEY.test(sent) };
	const isKey = /^\d{1,10}$/.test(sent);
	return { key: isKey ? String(Number(sent)) : sent, isKey };
}

/** The name under which this row holds the field, whatever its case. */
function fieldIn(row: Row, field: string): string {
	if (field in row) return field;
	const small = field.toLowerCase();
	return Object.keys(row).find((name) => name.toLowerCase() === small) ?? field;
}

/** Longer than any code of the ERP, and short enough for forty in one address. */
const TEXT_KEY = /^[^\p{Cc}]{1,100}$/u;

/** `91`, `Orders(91)`, `BusinessPartners('C1')`, `DocEntry=91` or `CardCode='C1'`. */
function subjectKey(subject: string, object: string, field: string): string {
	for (const [before, after] of [
		[`${object}(`, ')'],
		[`${field}=`, ''],
	]) {
		const start = subject.slice(0, before.length).toLowerCase();
		const isForm = start === before.toLowerCase() && subject.endsWith(after);
		if (isForm) return unquoted(subject.slice(before.length, subject.length - after.length));
	}
	return subject;
}

function unquoted(literal: string): string {
	const quoted = /^'(.*)'$/.exec(literal)?.[1];
	return quoted === undefined ? literal : quoted.replaceAll("''", "'");
}

function isRow(value: unknown): value is Row {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
