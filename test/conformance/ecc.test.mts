import { existsSync, readFileSync } from 'node:fs';
import { ADDRESS_CLASSES } from '../../nodes/SapEcc/changeDocuments';
import { SOAP_PATH } from '../../nodes/SapEcc/connection';
import { builtIn } from '../../nodes/SapEcc/permissions';
import { CUSTOMER, SUPPLIER } from '../../nodes/SapEcc/sides';
import { EXCEPTION_HEADER } from '../../nodes/SapEcc/jsonCall';
import { FUNCTIONS } from '../../nodes/SapEcc/soapCall';
import { ALL_TABLES } from '../../nodes/SapEcc/tables';
import { DICTIONARY } from '../sandbox/ecc/dictionary.mts';

const FILE = '../shared/reference/sap-s4hana-ecc.md';
const sheet = existsSync(FILE) ? readFileSync(FILE, 'utf8').split('\n## B. SAP ECC')[1] : undefined;
const where = sheet ? '' : ` (skipped: ${FILE} is absent)`;

/**
 * No vendor file describes ECC's tables: these fields are not in the reference table either. They are those of
 * SAP's public dictionary pages, and the documentation says that nothing was tried against a real system.
 */
const NOT_IN_REFERENCE: Record<string, string[]> = {
	ADRC: [
		...['DATE_FROM', 'NATION', 'NAME1', 'NAME2', 'STREET', 'HOUSE_NUM1', 'POST_CODE1', 'CITY1'],
		...['REGION', 'COUNTRY'],
	],
	ADR2: ['DATE_FROM'],
	ADR6: ['DATE_FROM'],
	LFA1: [
		...['NAME1', 'NAME2', 'LAND1', 'ORT01', 'PSTLZ', 'REGIO', 'STRAS', 'TELF1', 'STCEG', 'KUNNR'],
		...['SPERR', 'XCPDK'],
	],
	LFB1: ['BUKRS', 'ZTERM'],
};

(sheet ? describe : describe.skip)(`SAP ECC against the reference table${where}`, () => {
	const text = sheet ?? '';
	const rows = text
		.split('\n')
		.filter((line) => /^\| [A-Z]/.test(line))
		.map((line) => line.split('|').map((cell) => cell.trim()));
	/** Everything that the table says in the rows that name this table in their first cell. */
	const saidOf = (table: string) =>
		rows
			.filter(([, name]) => new RegExp(`\\b${table}\\b`).test(name))
			.flatMap((cells) => cells.slice(2))
			.join(' ');
	const words = (said: string) => new Set(said.match(/[A-Z][A-Z0-9_]+/g));
	const checked: string[] = [];

	afterAll(() => void process.stdout.write(`SAP ECC: checked ${checked.join('; ')}\n`));

	it('reads only fields that it names, beside a list that no file covers', () => {
		const uncovered: string[] = [];
		let count = 0;
		for (const table of ALL_TABLES) {
			// Signals such as the change log stand in a table of their own; keys of views are given by "+ FIELD".
			const known = words(`${saidOf(table.name)} ${table.name === 'CDHDR' ? text : ''}`);
			const inherited = table.key.filter((field) => ['KUNNR', 'LIFNR'].includes(field));
			for (const field of [...Object.keys(table.fields), ...table.key]) {
				if (known.has(field) || inherited.includes(field)) count++;
				else uncovered.push(`${table.name}-${field}`);
			}
		}
		const listed = Object.entries(NOT_IN_REFERENCE).flatMap(([table, fields]) =>
			fields.map((field) => `${table}-${field}`),
		);
		expect([...new Set(uncovered)].sort()).toEqual([...listed].sort());
		expect(count).toBeGreaterThan(80);
		checked.push(`${count} fields of ${ALL_TABLES.length} tables`);
		checked.push(`no file covers ${listed.join(', ')}`);
	});

	it('calls only functions, classes and addresses that it names', () => {
		const classes = [
			CUSTOMER.objectClass,
			SUPPLIER.objectClass,
			...ADDRESS_CLASSES.company,
			...ADDRESS_CLASSES.person,
		];
		const names = [...builtIn.functions, ...builtIn.tables, ...classes, SOAP_PATH, FUNCTIONS];
		expect(names.filter((name) => !text.includes(name))).toEqual([]);
		expect(text.toLowerCase()).toContain(EXCEPTION_HEADER);
		checked.push(
			`${builtIn.functions.length} functions, ${builtIn.tables.length} tables, ${classes.length} classes`,
		);
	});

	it('has no field that the sandbox lacks, nor a longer one', () => {
		const wrong = ALL_TABLES.flatMap(({ name, fields }) =>
			Object.entries(fields)
				.filter(([field, length]) => DICTIONARY.get(name)?.fields.get(field)?.length !== length)
				.map(([field]) => `${name}-${field}`),
		);
		expect(wrong).toEqual([]);
	});

	it('gives the lengths that it gives', () => {
		const lengthsOf = (said: string) =>
			new Map(
				[...said.matchAll(/([A-Z][A-Z0-9]+)(?:\/([A-Z][A-Z0-9]+))?\((?:NUMC )?(\d+)\)/g)].flatMap(
					([, first, second, length]) => [
						[first, Number(length)] as const,
						...(second ? [[second, Number(length)] as const] : []),
					],
				),
			);
		let count = 0;
		for (const table of ALL_TABLES.filter(({ name }) => ['KNA1', 'KNVK', 'CDHDR'].includes(name))) {
			const lengths = lengthsOf(
				table.name === 'CDHDR'
					? text
					: rows
							.filter(([, name]) => name.startsWith(table.name))
							.flat()
							.join(' '),
			);
			for (const [field, length] of Object.entries(table.fields)) {
				const theirs = lengths.get(field);
				if (theirs === undefined) continue;
				expect([table.name, field, length]).toEqual([table.name, field, theirs]);
				count++;
			}
		}
		expect(count).toBeGreaterThan(20);
		checked.push(`${count} lengths`);
	});
});
