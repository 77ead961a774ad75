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

/** OData V2 as SAP Gateway speaks it: https://www.odata.org/documentation/odata-version-2-0/ */
export const v2: ODataDialect = {
	version: 'V2',
	headers: { accept: 'application/json', maxdataserviceversion: '2.0' },
	countOption: ['$inlinecount', 'allpages'],

	literal: {
		string: quoted,
		date: (value) => `datetime'${dateIn(value)}T00:00:00'`,
		dateTime: (value) => `datetime'${localDateTimeIn(value)}'`,
		dateTimeOffset: (value) => `datetimeoffset'${instantIn(value)}'`,
		time(value) {
			const [hours, minutes, seconds] = timeIn(value);
			return `time'PT${hours}H${minutes}M${seconds}S'`;
		},
		guid: (value) => `guid'${guidIn(value)}'`,
		number: (value) => (numberIn(value).includes('.') ? `${value}m` : value),
	},

	projection(shape) {
		const paths = pathsOf(shape, '');
		return { select: paths.select.join(','), expand: paths.expand.join(',') };
	},

	collection(body, what): ODataCollection {
		const d = isObject(body) ? body.d : undefined;
		const results = isObject(d) ? d.results : d;
		if (!Array.isArray(results)) throw unexpectedBody(body, what, 'd.results');
		const rows = results.filter(isObject);
		if (rows.length !== results.length) throw unexpectedBody(body, what, 'rows in d.results');
		const envelope = isObject(d) ? d : {};
		return {
			rows: rows.filter((row) => !isTombstone(row)),
			removed: rows.filter(isTombstone).map(tombstoneOf),
			nextLink: textIn(envelope.__next) || undefined,
			deltaLink: textIn(envelope.__delta) || undefined,
			count: envelope.__count === undefined ? undefined : Number(envelope.__count),
		};
	},

	entity(body, what): ODataRow {
		const d = isObject(body) ? body.d : undefined;
		if (!isObject(d) || Array.isArray(d.results)) throw unexpectedBody(body, what, 'd');
		return d;
	},

	related(row, navigation): ODataRow[] | undefined {
		const value = row[navigation];
		if (value === undefined) return undefined;
		if (value === null) return [];
		if (isObject(value) && Array.isArray(value.results)) return value.results.filter(isObject);
		if (Array.isArray(value)) return value.filter(isObject);
		if (isObject(value) && value.__deferred === undefined) return [value];
		throw new CoreError(
			'protocol',
			`The service left out the navigation ${navigation} although it was asked for.`,
		);
	},

	etag(row): string {
		return isObject(row.__metadata) ? textIn(row.__metadata.etag) : '';
	},

	plain(row): ODataRow {
		return withoutProtocol(row) as ODataRow;
	},

	isoOf(value): string {
		if (value === null || value === undefined || value === '') return '';
		const text = textIn(value);
		const ticks = /^\/Date\((-?\d+)([+-]\d{1,4})?\)\/$/.exec(text);
		const isDate = ticks && Math.abs(Number(ticks[1])) <= MOST_TICKS;
		if (ticks && isDate) return isoOfTicks(Number(ticks[1]), ticks[2] !== undefined);
		const time = /^PT(?:(\d{1,2})H)?(?:(\d{1,2})M)?(?:(\d{1,2})(?:\.\d+)?S)?$/.exec(text);
		if (time)
			return time
				.slice(1, 4)
				.map((part) => (part ?? '0').padStart(2, '0'))
				.join(':');
		throw new CoreError('protocol', `"${String(value)}" is not a date or time of OData V2.`);
	},

	errorBody(body): ODataErrorBody | undefined {
		const error = isObject(body) ? body.error : undefined;
		if (!isObject(error) || !isObject(error.message)) return undefined;
		const message = textIn(error.message.value);
		const inner = isObject(error.innererror) ? error.innererror : {};
		return {
			message,
			code: textIn(error.code) || undefined,
			transactionId: textIn(inner.transactionid) || undefined,
			details: detailTexts(inner.errordetails, message),
		};
	},
};

function pathsOf(shape: ODataShape, prefix: string): { select: string[]; expand: string[] } {
	const select = shape.select.map((name) => prefix + name);
	const expand: string[] = [];
	for (const [navigation, inner] of Object.entries(shape.expand ?? {})) {
		const below = pathsOf(inner, `${prefix}${navigation}/`);
		select.push(...below.select);
		expand.push(prefix + navigation, ...below.expand);
	}
	return { select, expand };
}

/** What a date can hold at all (ECMA-262). */
const MOST_TICKS = 8.64e15;

/** `/Date(ms)/` carries a local time without zone, `/Date(ms+0000)/` an instant. */
function isoOfTicks(ticks: number, isInstant: boolean): string {
	const iso = new Date(ticks).toISOString();
	return isInstant ? iso : iso.replace(/(\.000)?Z$/, '');
}

/**
 * V2 has no standard JSON form for a deleted row. Operational Data Provisioning marks it in the row
 * (`ODQ_CHANGEMODE` = `D`); other services say so in the metadata or beside it.
 */
function isTombstone(row: ODataRow): boolean {
	const metadata = isObject(row.__metadata) ? row.__metadata : {};
	return metadata.deleted === true || Boolean(row.__deleted) || row.ODQ_CHANGEMODE === 'D';
}

function tombstoneOf(row: ODataRow): ODataTombstone {
	const metadata = isObject(row.__metadata) ? row.__metadata : {};
	const id = textIn(metadata.id) || textIn(metadata.uri) || textIn(row.id);
	const named = Object.entries(row).filter(
		([name, value]) => !name.startsWith('__') && isScalar(value),
	);
	const fromRow = Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
	return { id, keys: { ...keysOfId(id), ...fromRow } };
}

function isScalar(value: unknown): boolean {
	return typeof value === 'string' || typeof value === 'number';
}

function withoutProtocol(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutProtocol);
	if (!isObject(value)) return value;
	if (
		Array.isArray(value.results) &&
		Object.keys(value).every((name) => /^(results|__\w+)$/.test(name))
	) {
		return value.results.map(withoutProtocol);
	}
	return Object.fromEntries(
		Object.entries(value)
			.filter(
				([name, member]) => !name.startsWith('__') && !(isObject(member) && member.__deferred),
			)
			.map(([name, member]) => [name, withoutProtocol(member)]),
	);
}
