/** SYSPRO's OData service: V4, read only, Basic, at most 5000 rows an answer, no next link. */
import type { Answer, Exchange } from '../http.mts';
import type { LoggedCall } from './log.mts';
import { compareValues, type Row, type SysproStore } from './store.mts';
import { TABLES, type Table } from './tables.mts';

export interface ODataOptions {
	user: string;
	password: string;
	forbidden: string[];
	dateType: 'Edm.DateTimeOffset' | 'Edm.Date';
	rowCap: number;
	/** Properties this version does not have, as `ArCustomer.SoldToAddr3Loc`. */
	missing: string[];
}

class BadRequest extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

interface Order {
	column: string;
	sign: 1 | -1;
}

const OPTIONS = ['$select', '$filter', '$orderby', '$top', '$skip'];

export class ODataService {
	constructor(
		readonly options: ODataOptions,
		private readonly store: SysproStore,
	) {}

	answer(exchange: Exchange, path: string, entry: LoggedCall): Answer {
		const login = `Basic ${Buffer.from(`${this.options.user}:${this.options.password}`).toString('base64')}`;
		if (exchange.headers.authorization !== login) {
			return { status: 401, headers: { 'www-authenticate': 'Basic realm="SYSPRO"' }, body: '' };
		}
		try {
			if (path === '$metadata') {
				return {
					status: 200,
					headers: { 'content-type': 'application/xml' },
					body: this.metadata(),
				};
			}
			const table = TABLES.find(({ name }) => entityName(name) === path);
			if (!table) throw new BadRequest(404, `Resource not found for the segment '${path}'.`);
			entry.table = table.name;
			if (this.options.forbidden.includes(table.name))
				throw new BadRequest(403, `Access to ${path} is denied.`);
			const value = this.rows(table, exchange.query);
			entry.rows = value.length;
			return {
				status: 200,
				headers: { 'content-type': 'application/json; odata.metadata=minimal' },
				body: { '@odata.context': `$metadata#${path}`, value },
			};
		} catch (error) {
			if (!(error instanceof BadRequest)) throw error;
			return { status: error.status, body: { error: { code: '', message: error.message } } };
		}
	}

	private rows(table: Table, query: URLSearchParams): object[] {
		for (const name of query.keys()) {
			if (!OPTIONS.includes(name))
				throw new BadRequest(400, `The query parameter '${name}' is not supported.`);
		}
		const select = listOf(query.get('$select')).map((name) => this.property(table, name));
		const order = listOf(query.get('$orderby')).map((term) => this.order(table, term));
		const tests = (query.get('$filter') ?? '')
			.split(/ and (?=(?:[^']*'[^']*')*[^']*$)/)
			.filter(Boolean)
			.map((term) => this.test(table, term));
		const top = Math.min(Number(query.get('$top') ?? this.options.rowCap), this.options.rowCap);
		const skip = Number(query.get('$skip') ?? '0');
		const columns = select.length > 0 ? select : this.propertiesOf(table);
		const found = this.found(table, (row) => tests.every((test) => test(row)), order, skip + top);
		return found.slice(skip).map((row) => this.json(table, columns, row));
	}

	private found(
		table: Table,
		matches: (row: Row) => boolean,
		order: readonly Order[],
		most: number,
	): Row[] {
		const columns = order.map(({ column }) => column);
		if (order.every(({ sign }) => sign > 0)) {
			return this.store.select(table.name, matches, columns, most);
		}
		const compare = (a: Row, b: Row): number => {
			for (const { column, sign } of order) {
				const difference = compareValues(table.columns[column], a[column], b[column]);
				if (difference !== 0) return sign * difference;
			}
			return 0;
		};
		return this.store.select(table.name, matches, [], 0).sort(compare).slice(0, most);
	}

	/** `Customer`, `Customer asc`, `Customer desc`. */
	private order(table: Table, term: string): Order {
		const [name, direction = 'asc', ...rest] = term.split(/\s+/);
		if (rest.length > 0 || !['asc', 'desc'].includes(direction)) {
			throw new BadRequest(400, `Syntax error in '${term}'.`);
		}
		return { column: this.property(table, name), sign: direction === 'asc' ? 1 : -1 };
	}

	private test(table: Table, term: string): (row: Row) => boolean {
		const [, name, operator, literal] = /^(\S+) (eq|ne|gt|ge|lt|le) (.+)$/.exec(term.trim()) ?? [];
		if (literal === undefined) throw new BadRequest(400, `Syntax error in '${term}'.`);
		const column = this.property(table, name);
		const type = table.columns[column];
		const value = this.valueOf(type, literal, term);
		return (row) => {
			if (type === 'd' && row[column] === '') return false;
			const order = compareValues(type, row[column], value);
			return {
				eq: order === 0,
				ne: order !== 0,
				gt: order > 0,
				ge: order >= 0,
				lt: order < 0,
				le: order <= 0,
			}[operator as 'eq'];
		};
	}

	private valueOf(type: string, literal: string, term: string): string {
		const isDate = this.options.dateType === 'Edm.Date';
		const form = {
			s: /^'((?:[^']|'')*)'$/,
			n: /^(-?\d+(?:\.\d+)?)$/,
			d: isDate ? /^(\d{4}-\d{2}-\d{2})$/ : /^(\d{4}-\d{2}-\d{2})T[\d:.]+Z$/,
		};
		const value = form[type as 's'].exec(literal)?.[1];
		if (value === undefined) {
			throw new BadRequest(
				400,
				`A binary operator with incompatible types was detected in '${term}'.`,
			);
		}
		return value.replace(/''/g, "'");
	}

	private json(table: Table, columns: string[], row: Row): object {
		const values = columns.map((column) => {
			const [type, value] = [table.columns[column], row[column]];
			if (type === 'n') return [column, Number(value)];
			if (type === 's') return [column, value === '' ? null : value];
			const date = this.options.dateType === 'Edm.Date' ? value : `${value}T00:00:00Z`;
			return [column, value === '' ? null : date];
		});
		return Object.fromEntries(values) as object;
	}

	private property(table: Table, name: string): string {
		if (this.propertiesOf(table).includes(name)) return name;
		throw new BadRequest(
			400,
			`Could not find a property named '${name}' on type 'SYSPRO.${entityName(table.name)}'.`,
		);
	}

	private propertiesOf(table: Table): string[] {
		return Object.keys(table.columns).filter(
			(column) => !this.options.missing.includes(`${table.name}.${column}`),
		);
	}

	private metadata(): string {
		const type = (column: 's' | 'n' | 'd') =>
			({ s: 'Edm.String', n: 'Edm.Decimal', d: this.options.dateType })[column];
		const types = TABLES.map((table) => {
			const key = table.key.map((name) => `<PropertyRef Name="${name}"/>`).join('');
			const properties = this.propertiesOf(table).map(
				(name) => `<Property Name="${name}" Type="${type(table.columns[name])}"/>`,
			);
			return `<EntityType Name="${entityName(table.name)}"><Key>${key}</Key>${properties.join('')}</EntityType>`;
		});
		const sets = TABLES.map(
			({ name }) =>
				`<EntitySet Name="${entityName(name)}" EntityType="SYSPRO.${entityName(name)}"/>`,
		);
		return `<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="SYSPRO" xmlns="http://docs.oasis-open.org/odata/ns/edm">${types.join('')}<EntityContainer Name="Container">${sets.join('')}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`;
	}
}

const entityName = (table: string) => table.replace('+', 'Plus');

function listOf(text: string | null): string[] {
	return (text ?? '')
		.split(',')
		.map((part) => part.trim())
		.filter(Boolean);
}
