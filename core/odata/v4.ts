import { CoreError } from '../http/errors';
import type {
	ODataCollection,
	ODataDialect,
	ODataRow,
	ODataShape,
	ODataTombstone,
} from './dialect';
import { detailTexts, isObject, textIn, type ODataErrorBody } from './errorBody';
import { dateIn, guidIn, instantIn, localDateTimeIn, numberIn, quoted, timeIn } from './literals';
import { keysOfId, unexpectedBody } from './reading';

/** OData V4 in its JSON format: https://docs.oasis-open.org/odata/odata-json-format/v4.01/ */
export const v4: ODataDialect = {
	version: 'V4',
	headers: { accept: 'application/json', 'odata-maxversion': '4.0' },
	countOption: ['$count', 'true'],

	literal: {
		string: quoted,
		date: dateIn,
		dateTime: (value) => `${localDateTimeIn(value)}Z`,
		dateTimeOffset: instantIn,
		time: (value) => timeIn(value).join(':'),
		guid: guidIn,
		number: numberIn,
	},

	projection(shape) {
		return { select: shape.select.join(','), expand: expandOf(shape) };
	},

	collection(body, what): ODataCollection {
		const value = isObject(body) ? body.value : undefined;
		if (!isObject(body) || !Array.isArray(value)) throw unexpectedBody(body, what, 'value');
		const rows = value.filter(isObject);
		if (rows.length !== value.length) throw unexpectedBody(body, what, 'rows in value');
		const count = body['@odata.count'] ?? body['@count'];
		return {
			rows: rows.filter((row) => !isTombstone(row)),
			removed: rows.filter(isTombstone).map(tombstoneOf),
			nextLink: textIn(body['@odata.nextLink'] ?? body['@nextLink']) || undefined,
			deltaLink: textIn(body['@odata.deltaLink'] ?? body['@deltaLink']) || undefined,
			count: count === undefined ? undefined : Number(count),
		};
	},

	entity(body, what): ODataRow {
		if (!isObject(body) || body.error !== undefined || Array.isArray(body.value)) {
			throw unexpectedBody(body, what, 'single entity');
		}
		return body;
	},

	related(row, navigation): ODataRow[] | undefined {
		const value = row[navigation];
		if (value === undefined) return undefined;
		if (value === null) return [];
		if (Array.isArray(value)) return value.filter(isObject);
		if (isObject(value)) return [value];
		throw new CoreError('protocol', `The navigation ${navigation} holds neither rows nor a row.`);
	},

	etag(row): string {
		return textIn(row['@odata.etag'] ?? row['@etag']);
	},

	plain(row): ODataRow {
		return withoutProtocol(row) as ODataRow;
	},

	isoOf(value): string {
		if (value === null || value === undefined || value === '') return '';
		const text = textIn(value);
		if (/^\d{4}-\d{2}-\d{2}$/.test(text) || /^\d{2}:\d{2}:\d{2}$/.test(text)) return text;
		if (/^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)) return `${text}:00`.slice(0, 8);
		const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text)
			? Date.parse(text)
			: NaN;
		if (!Number.isNaN(instant)) return new Date(instant).toISOString();
		throw new CoreError('protocol', `"${String(value)}" is not a date or time of OData V4.`);
	},

	errorBody(body): ODataErrorBody | undefined {
		const error = isObject(body) ? body.error : undefined;
		if (!isObject(error) || typeof error.message !== 'string') return undefined;
		const message = error.message.trim();
		return {
			message,
			code: textIn(error.code) || undefined,
			transactionId: transactionIdOf(error),
			details: detailTexts(error.details, message),
		};
	},
};

/** V4 selects and expands inside the brackets of each navigation. */
function expandOf(shape: ODataShape): string {
	return Object.entries(shape.expand ?? {})
		.map(([navigation, inner]) => {
			const options = inner.select.length > 0 ? [`$select=${inner.select.join(',')}`] : [];
			const deeper = expandOf(inner);
			if (deeper !== '') options.push(`$expand=${deeper}`);
			return `${navigation}(${options.join(';')})`;
		})
		.join(',');
}

function transactionIdOf(error: Record<string, unknown>): string | undefined {
	const direct = textIn(error['@SAP__common.TransactionId'] ?? error['@Common.TransactionId']);
	const inner = isObject(error.innererror) ? error.innererror : {};
	return direct || textIn(inner.transactionid) || textIn(inner.transactionId) || undefined;
}

/** 4.01 writes `@removed`, 4.0 an entry whose context ends in `$deletedEntity`. */
function isTombstone(row: ODataRow): boolean {
	const context = textIn(row['@odata.context'] ?? row['@context']);
	return (
		row['@removed'] !== undefined ||
		row['@odata.removed'] !== undefined ||
		context.endsWith('$deletedEntity')
	);
}

function tombstoneOf(row: ODataRow): ODataTombstone {
	const id = textIn(row['@odata.id'] ?? row['@id'] ?? row.id);
	const named = Object.entries(row).filter(
		([name]) => !name.includes('@') && name !== 'id' && name !== 'reason',
	);
	const fromRow = Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
	return { id, keys: { ...keysOfId(id), ...fromRow } };
}

function withoutProtocol(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutProtocol);
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => !name.includes('@'))
			.map(([name, member]) => [name, withoutProtocol(member)]),
	);
}
