import { CoreError } from '../../../core/http/errors';
import { text, type Row } from '../rows';

/** One event as it was sent: it names a record and says nothing of its content. */
export interface B1Event {
	id: string;
	/** `Orders` */
	object: string;
	/** `Created` */
	transaction: string;
	key: string;
	/** UTC, as sent. */
	time: string;
	/** Database of the company; '' where the event does not say. */
	company: string;
	data: Row;
}

/** `sap.b1.Orders.Created.v1` */
const TYPE = /^sap\.b1\.(\w+)\.(\w+)\.v\d+$/i;

/**
 * One event or an array of them.
 * @throws CoreError `protocol` where an authentic sender sends no events
 */
export function eventsIn(body: unknown): B1Event[] {
	const rows = Array.isArray(body) ? (body as unknown[]) : [body];
	return rows.map((row) => {
		const event = isRow(row) ? eventOf(row) : undefined;
		if (event) return event;
		throw new CoreError(
			'protocol',
			'What came is signed, but it is no event of SAP Business One.',
			{
				remedy: 'Let nothing else than SAP Business One send to this address with this secret.',
			},
		);
	});
}

function eventOf(row: Row): B1Event | undefined {
	const [, object, transaction] = TYPE.exec(text(row, 'type')) ?? [];
	const [id, subject] = [text(row, 'id'), text(row, 'subject')];
	const data = isRow(row.data) ? row.data : {};
	const key = subject || text(data, 'DocEntry') || text(data, 'CardCode') || text(data, 'ItemCode');
	if (object === undefined || id === '' || key === '') return undefined;
	const source = /\/sap\.b1\/([^/]+)\/?$/.exec(text(row, 'source'))?.[1] ?? '';
	return { id, object, transaction, key, time: text(row, 'time'), company: source, data };
}

function isRow(value: unknown): value is Row {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
