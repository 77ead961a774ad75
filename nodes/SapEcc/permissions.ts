import { CoreError } from '../../core/http/errors';

/** Functions that only read. Everything else has to be named in the credential. */
const READ_ONLY_FUNCTIONS = [
	'RFC_READ_TABLE',
	'BBP_RFC_READ_TABLE',
	'BAPI_CUSTOMER_GETLIST',
	'BAPI_CUSTOMER_GETDETAIL2',
	'BAPI_CUSTOMER_GETCONTACTLIST',
	'BAPI_VENDOR_GETDETAIL',
	'CHANGEDOCUMENT_READ_HEADERS',
	'RFC_PING',
	'STFC_CONNECTION',
	'RFC_SYSTEM_INFO',
];

/** Customer and supplier masters, their addresses, and the headers of change documents. */
const READABLE_TABLES = [
	'KNA1',
	'KNB1',
	'KNVV',
	'KNVK',
	'KNVP',
	'ADRC',
	'ADR2',
	'ADR6',
	'LFA1',
	'LFB1',
	'LFM1',
	'CDHDR',
];

/** Users and their passwords, secure stores and connection logins, personnel and payroll. No setting opens these. */
const REFUSED_TABLES = [
	/^V?_?(USR|USH|USL|UST|USGRP|USREF|USRPWD|AGR_)/,
	/^(RFCDES|RFCATTRIB|RSECTAB|RSECACTB|SSF_PSE|STRUSTCERT|OA2C_|SECURESTORAGE)/,
	/^(P[ABL]?\d{4}|PA\d{4}|PB\d{4}|HRP\d{4}|HRT\d{4}|PCL\d|HRPY_|HRPAY|PAYR|P[A-Z0-9]*PAY|T5[0-9A-Z]|TEVEN|PTEX)/,
];

/** Functions that run programs or system commands, or manage users. No setting opens these either. */
const REFUSED_FUNCTIONS = [
	/^RFC_ABAP_INSTALL_AND_RUN$/,
	/^(SXPG_|SUSR_|PRGN_|BAPI_USER_|TH_|SYSTEM_REMOTE_|HR_|HRXSS_|BAPI_EMPLOYEE_)/,
];

/** What this credential may call and read. */
export interface Permissions {
	functions: ReadonlySet<string>;
	tables: ReadonlySet<string>;
	/** Functions with the parameters of RFC_READ_TABLE: the table in `QUERY_TABLE` is checked too. */
	tableFunctions: ReadonlySet<string>;
	/** Named by the credential: may change data, so a lost answer is never repeated. */
	added: ReadonlySet<string>;
}

export function permissionsFrom(credential: {
	functions: string;
	tables: string;
	tableFunction: string;
}): Permissions {
	const added = namesIn(credential.functions, 'Additional Functions');
	const tableFunctions = ['RFC_READ_TABLE', 'BBP_RFC_READ_TABLE', credential.tableFunction];
	return {
		functions: new Set([...READ_ONLY_FUNCTIONS, credential.tableFunction, ...added]),
		tables: new Set([...READABLE_TABLES, ...namesIn(credential.tables, 'Additional Tables')]),
		tableFunctions: new Set(tableFunctions),
		added: new Set(added),
	};
}

/** Names that may be read, for a list; what no setting opens is left out. */
export function permittedTables({ tables }: Permissions): string[] {
	return [...tables].filter((name) => !isRefusedTable(name)).sort();
}

/** The same of functions. */
export function permittedFunctions({ functions }: Permissions): string[] {
	return [...functions].filter((name) => !isRefusedFunction(name)).sort();
}

export const builtIn = { functions: READ_ONLY_FUNCTIONS, tables: READABLE_TABLES };

/** The function's name in upper case. @throws CoreError `forbidden` when it may not be called */
export function permittedFunction(name: string, permissions: Permissions): string {
	const upper = checkedName(name, 'Function');
	if (isRefusedFunction(upper)) {
		throw new CoreError('forbidden', `The function ${upper} is never called by this node.`, {
			remedy: 'It runs programs, or works on users or personnel: use another function.',
		});
	}
	if (permissions.functions.has(upper)) return upper;
	throw new CoreError('forbidden', `The function ${upper} is not on the list of this node.`, {
		remedy: 'Add it to "Additional Functions" in the credential, if whoever owns SAP agrees.',
	});
}

/** The table's name in upper case. @throws CoreError `forbidden` when it may not be read */
export function permittedTable(name: string, permissions: Permissions): string {
	const upper = checkedName(name, 'Table');
	if (isRefusedTable(upper)) {
		throw new CoreError('forbidden', `The table ${upper} is never read by this node.`, {
			remedy: 'It holds users, passwords or payroll data: read another table.',
		});
	}
	if (permissions.tables.has(upper)) return upper;
	throw new CoreError('forbidden', `The table ${upper} is not on the list of this node.`, {
		remedy: 'Add it to "Additional Tables" in the credential, if whoever owns SAP agrees.',
	});
}

/**
 * Table readers must not be a way around the list of tables. No function, not even one that the credential
 * adds, is handed the name of a table that is always refused.
 */
export function assertParameters(
	name: string,
	parameters: unknown,
	permissions: Permissions,
): void {
	if (permissions.tableFunctions.has(name)) {
		const entries = Object.entries((parameters ?? {}) as Record<string, unknown>);
		const table = entries.find(([key]) => key.toUpperCase() === 'QUERY_TABLE')?.[1];
		permittedTable(String(table ?? ''), permissions);
	}
	for (const word of wordsIn(parameters)) {
		const upper = word.trim().toUpperCase();
		if (/^[A-Z/][A-Z0-9_/]{2,29}$/.test(upper) && isRefusedTable(upper)) {
			permittedTable(upper, permissions);
		}
	}
}

function isRefusedFunction(upper: string): boolean {
	return REFUSED_FUNCTIONS.some((pattern) => pattern.test(upper));
}

function isRefusedTable(upper: string): boolean {
	return REFUSED_TABLES.some((pattern) => pattern.test(upper));
}

function* wordsIn(value: unknown): Generator<string> {
	if (typeof value === 'string') yield value;
	else if (Array.isArray(value)) for (const item of value) yield* wordsIn(item);
	else if (typeof value === 'object' && value !== null) {
		for (const item of Object.values(value)) yield* wordsIn(item);
	}
}

function namesIn(list: string, setting: string): string[] {
	return list
		.split(/[\s,;]+/)
		.filter((name) => name !== '')
		.map((name) => checkedName(name, setting));
}

/** A name of the ABAP dictionary, with or without a namespace in slashes. */
function checkedName(name: string, setting: string): string {
	const upper = name.trim().toUpperCase();
	if (/^(\/[A-Z0-9_]{1,10}\/)?[A-Z][A-Z0-9_]{0,39}$/.test(upper)) return upper;
	throw new CoreError('configuration', `"${name.trim()}" is no name that SAP knows.`, {
		remedy: `Correct "${setting}": letters, digits and underscores, a namespace in slashes before it.`,
	});
}
