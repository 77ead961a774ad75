/** The function modules of the system. Values are text; a table is an array of rows. */
import { AbapException, selectionOf, type Row } from './condition.mts';
import { DICTIONARY, type DictionaryField } from './dictionary.mts';
import { padded, type EccStore } from './store.mts';

export type Value = string | Row | Row[];
export type Parameters = Record<string, Value>;

export interface FunctionModule {
	/** Callable from outside; the JSON bridge calls the others too. */
	isRemote: boolean;
	tables: string[];
	run(store: EccStore, parameters: Parameters): Parameters;
}

export interface Rights {
	/** Tables without S_TABU_NAM. */
	forbiddenTables: ReadonlySet<string>;
}

const ROW_LENGTH = 512;

export function functionModules(rights: Rights): Map<string, FunctionModule> {
	const readTable: FunctionModule = {
		isRemote: true,
		tables: ['OPTIONS', 'FIELDS', 'DATA'],
		run: (store, parameters) => runReadTable(store, parameters, rights),
	};
	return new Map<string, FunctionModule>([
		['RFC_READ_TABLE', readTable],
		['BBP_RFC_READ_TABLE', readTable],
		['RFC_PING', { isRemote: true, tables: [], run: () => ({}) }],
		[
			'STFC_CONNECTION',
			{
				isRemote: true,
				tables: [],
				run: (_store, { REQUTEXT = '' }) => ({ ECHOTEXT: REQUTEXT, RESPTEXT: 'SAP R/3 Rel. 700' }),
			},
		],
		[
			'BAPI_CUSTOMER_GETDETAIL2',
			{ isRemote: true, tables: ['CUSTOMERBANKDETAIL'], run: getDetail },
		],
		['BAPI_CUSTOMER_GETLIST', { isRemote: true, tables: ['IDRANGE', 'ADDRESSDATA'], run: getList }],
		['CHANGEDOCUMENT_READ_HEADERS', { isRemote: false, tables: ['I_CDHDR'], run: readHeaders }],
		[
			'Z_SET_SORT_TERM',
			{
				isRemote: true,
				tables: [],
				run(store, { KUNNR, SORTL }) {
					store.changeCustomer(String(KUNNR), { SORTL: String(SORTL) });
					return { RETURN: message('S', 'ZC', '001', 'Saved') };
				},
			},
		],
	]);
}

function runReadTable(
	store: EccStore,
	parameters: Parameters,
	{ forbiddenTables }: Rights,
): Parameters {
	const name = textOf(parameters.QUERY_TABLE);
	const table = DICTIONARY.get(name);
	if (!table) throw new AbapException('TABLE_NOT_AVAILABLE');
	if (forbiddenTables.has(name)) throw new AbapException('NOT_AUTHORIZED');
	const asked = rowsOf(parameters.FIELDS).map((row) => row.FIELDNAME);
	const fields = (asked.length > 0 ? asked : [...table.fields.keys()]).map((field) => {
		const found = table.fields.get(field);
		if (!found) throw new AbapException('FIELD_NOT_VALID', field);
		return found;
	});
	const delimiter = textOf(parameters.DELIMITER).slice(0, 1);
	const FIELDS = places(fields, delimiter.length);
	if (textOf(parameters.NO_DATA) !== '') return { FIELDS, DATA: [] };
	const width = fields.reduce((sum, { length }) => sum + length + delimiter.length, 0);
	if (width - delimiter.length > ROW_LENGTH) throw new AbapException('DATA_BUFFER_EXCEEDED');
	const selection = selectionOf(
		rowsOf(parameters.OPTIONS).map((row) => row.TEXT ?? ''),
		table,
	);
	const most = Number(textOf(parameters.ROWCOUNT)) || Infinity;
	const skips = Number(textOf(parameters.ROWSKIPS)) || 0;
	const found: Row[] = [];
	for (const row of store.table(name).candidates(selection)) {
		if (found.length >= most + skips) break;
		if (selection.matches(row)) found.push(row);
	}
	const DATA = found.slice(skips).map((row) => ({
		WA: fields
			.map(({ name: field, length }) => row[field].padEnd(length))
			.join(delimiter)
			.trimEnd(),
	}));
	return { FIELDS, DATA };
}

function places(fields: DictionaryField[], gap: number): Row[] {
	let offset = 0;
	return fields.map(({ name, length, type }) => {
		const place = {
			FIELDNAME: name,
			OFFSET: String(offset).padStart(6, '0'),
			LENGTH: String(length).padStart(6, '0'),
			TYPE: type,
			FIELDTEXT: `Field ${name}`,
		};
		offset += length + gap;
		return place;
	});
}

function getDetail(store: EccStore, parameters: Parameters): Parameters {
	const key = textOf(parameters.CUSTOMERNO);
	const row = store.rows('KNA1', { KUNNR: key })[0];
	if (!row) return { RETURN: message('E', 'F2', '153', `Customer ${key} has not been created`) };
	const company = store.rows('KNB1', { KUNNR: key, BUKRS: textOf(parameters.COMPANYCODE) })[0];
	return {
		CUSTOMERADDRESS: { CUSTOMER: key, NAME: row.NAME1, CITY: row.ORT01, STREET: row.STRAS },
		CUSTOMERGENERALDETAIL: { CUSTOMER: key, ACCNT_GRP: row.KTOKD },
		CUSTOMERCOMPANYDETAIL: { COMP_CODE: company?.BUKRS ?? '', PMNTTRMS: company?.ZTERM ?? '' },
		CUSTOMERBANKDETAIL: [],
		RETURN: company
			? message('S', '', '000', '')
			: message('W', 'F2', '154', `Customer ${key} has no data in this company code`),
	};
}

function getList(store: EccStore, parameters: Parameters): Parameters {
	const ranges = rowsOf(parameters.IDRANGE);
	const isIn = (key: string) =>
		ranges.some(({ OPTION, LOW, HIGH }) =>
			OPTION === 'BT' ? key >= LOW && key <= HIGH : key === padded(LOW),
		);
	const found = store.rows('KNA1').filter(({ KUNNR }) => isIn(KUNNR));
	if (found.length === 0) {
		return { ADDRESSDATA: [], RETURN: message('E', 'F2', '718', 'No customers were selected') };
	}
	const ADDRESSDATA = found.map((row) => ({
		CUSTOMER: row.KUNNR,
		NAME: row.NAME1,
		CITY: row.ORT01,
	}));
	return { ADDRESSDATA, RETURN: message('S', '', '000', '') };
}

function readHeaders(store: EccStore, parameters: Parameters): Parameters {
	const rows = store.rows('CDHDR', { OBJECTCLAS: textOf(parameters.OBJECTCLASS) });
	if (rows.length === 0) throw new AbapException('NO_POSITION_FOUND');
	return { I_CDHDR: rows };
}

function message(TYPE: string, ID: string, NUMBER: string, MESSAGE: string): Row {
	return { TYPE, ID, NUMBER, MESSAGE };
}

function textOf(value: Value | undefined): string {
	return typeof value === 'string' ? value : '';
}

function rowsOf(value: Value | undefined): Row[] {
	return Array.isArray(value) ? value : [];
}
