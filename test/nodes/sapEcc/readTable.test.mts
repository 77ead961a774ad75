import fc from 'fast-check';
import { allOf, anyOf, compare, optionLines } from '../../../nodes/SapEcc/conditions';
import { cutRow } from '../../../nodes/SapEcc/rowCutting';
import { KNA1 } from '../../../nodes/SapEcc/tables';
import { selectionOf } from '../../sandbox/ecc/condition.mts';
import { StoredTable } from '../../sandbox/ecc/table.mts';
import { DICTIONARY } from '../../sandbox/ecc/dictionary.mts';
import { errorOf, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const notes = { table: 'ZCUSTNOTES', key: ['KUNNR', 'LINE'] };
const allowed = { credential: { additionalTables: 'ZCUSTNOTES' } };
const customers = {
	table: 'KNA1',
	fields: ['KUNNR', 'NAME1'],
	key: ['KUNNR'],
	lengths: KNA1.fields,
};

const pagesOf = async (pageSize: number, by = 'KUNNR', read: object = customers) => {
	const pages: string[][] = [];
	for await (const page of system.tables({ pageSize }).pages(read as typeof customers, by)) {
		pages.push(page.rows.map((row) => row[by]));
	}
	return pages;
};

describe('a table is read', () => {
	it.each(['soap', 'json'])(
		'whole, although SAP gives its rows in no order (%s)',
		async (access) => {
			for (let n = 0; n < 53; n++) system.sandbox.store.createCustomer({ name: `Customer ${n}` });
			const keys: string[] = [];
			const tables = system.tables({ pageSize: 7, credential: { access } });
			for await (const page of tables.pages(customers, 'KUNNR')) {
				keys.push(...page.rows.map((row) => row.KUNNR));
				expect(page.rows.length).toBeLessThanOrEqual(7);
			}
			const all = system.sandbox.store.rows('KNA1').map((row) => row.KUNNR);
			expect(keys).toEqual([...all].sort());
		},
	);

	it('whole, where one value of the field it is paged by fills several pages', async () => {
		const { store } = system.sandbox;
		const keys = [1, 2, 3].map((n) => store.createCustomer({ key: String(n), name: 'X' }));
		for (let n = 0; n < 20; n++) store.addContact(keys[1], { last: `Person ${n}` });
		store.addContact(keys[0], { last: 'First' });
		store.addContact(keys[2], { last: 'Last' });
		const read = { table: 'KNVK', fields: ['PARNR', 'KUNNR'], key: ['PARNR'] };
		const found = (await pagesOf(4, 'KUNNR', read)).flat();
		expect(found).toHaveLength(22);
		expect(found).toEqual([...found].sort());
	});

	it('in two calls for one page that is not full, not in more', async () => {
		system.sandbox.store.createCustomer({ name: 'Only one' });
		expect(await pagesOf(500)).toHaveLength(1);
		expect(system.sandbox.log.reads('KNA1')).toHaveLength(1);
	});

	it('in several calls joined by key where its rows are wider than 512 characters', async () => {
		const { store, log } = system.sandbox;
		for (let n = 1; n <= 9; n++) {
			const texts = { TEXT1: `a${n}`.repeat(60), TEXT2: `b${n}`, TEXT3: `c${n}` };
			store.put('ZCUSTNOTES', { KUNNR: '0000000001', LINE: String(n).padStart(3, '0'), ...texts });
		}
		const read = { ...notes, fields: ['KUNNR', 'LINE', 'TEXT1', 'TEXT2', 'TEXT3'] };
		const rows = await system.tables(allowed).rows(read);
		expect(rows).toHaveLength(9);
		for (const row of rows) {
			const n = Number(row.LINE);
			expect(row).toMatchObject({ TEXT1: `a${n}`.repeat(60), TEXT2: `b${n}`, TEXT3: `c${n}` });
		}
		const sent = log.reads('ZCUSTNOTES').map(({ fields }) => fields);
		expect(sent).toEqual([[], ['KUNNR', 'LINE', 'TEXT1', 'TEXT2'], ['KUNNR', 'LINE', 'TEXT3']]);
	});

	it('not at all where rows are too wide and no key is named, and says which setting helps', async () => {
		const read = { ...notes, key: [], fields: ['TEXT1', 'TEXT2', 'TEXT3'] };
		const error = await errorOf(system.tables(allowed).rows(read));
		expect(error.message).toContain('together have 602 characters; SAP gives 512 at once');
		expect(error.remedy).toContain('"Key Fields"');
	});

	it('with every character of its values, delimiters and trailing quotes included', async () => {
		const name = "O'Neill | Söhne  & <Co> 日本'";
		system.sandbox.store.createCustomer({ key: '77', name });
		for (const access of ['soap', 'json']) {
			const where = compare('NAME1', '=', name);
			const rows = await system.tables({ credential: { access } }).rows({ ...customers, where });
			expect(rows).toEqual([{ KUNNR: '0000000077', NAME1: name }]);
		}
	});

	it('in spite of fields that are longer in this system than elsewhere', async () => {
		const row = { KUNNR: '0000000001', LINE: '001', TEXT1: 'a', TEXT2: 'b', TEXT3: 'c' };
		system.sandbox.store.put('ZCUSTNOTES', row);
		const lengths = { KUNNR: 10, LINE: 3, TEXT1: 60, TEXT2: 60, TEXT3: 60 };
		const read = { ...notes, fields: Object.keys(row), lengths };
		expect(await system.tables(allowed).rows(read)).toEqual([row]);
	});

	it('not where one field alone is too long, which is said', async () => {
		const read = { table: 'ADRC', fields: ['ADDRNUMBER', 'REMARK'], key: ['ADDRNUMBER'] };
		const error = await errorOf(system.tables().rows(read));
		expect(error.message).toContain('A field of ADRC is too long');
	});

	it('not where it lacks a field, which is named', async () => {
		const read = { ...customers, fields: ['KUNNR', 'NAME9'], lengths: { KUNNR: 10, NAME9: 35 } };
		const error = await errorOf(system.tables().rows(read));
		expect(error.message).toBe('The table KNA1 of this system has no field NAME9.');
	});
});

describe('conditions', () => {
	const values = fc
		.string({ unit: 'grapheme', maxLength: 30 })
		.filter((text) => !/\p{Cc}/u.test(text));

	it('mean to SAP what they say, whatever the values hold', () => {
		const table = DICTIONARY.get('KNA1');
		if (!table) throw new Error('no KNA1');
		fc.assert(
			fc.property(fc.array(values, { minLength: 1, maxLength: 20 }), values, (names, other) => {
				const lines = optionLines(allOf(anyOf('NAME1', names), compare('NAME2', '<>', 'x')));
				expect(lines.every((line) => line.length <= 72)).toBe(true);
				const { matches } = selectionOf(lines, table);
				const row = (NAME1: string) => ({ NAME1: NAME1.trimEnd(), NAME2: '' });
				for (const name of names) expect(matches(row(name))).toBe(true);
				const isThere = names.some((name) => name.trimEnd() === other.trimEnd());
				expect(matches(row(other))).toBe(isThere);
			}),
		);
	});

	it('find in the sandbox by its lookups what a look at every row finds', () => {
		const description = DICTIONARY.get('KNVK');
		if (!description) throw new Error('no KNVK');
		const table = new StoredTable(description);
		for (let at = 0; at < 60; at++) {
			table.put({ MANDT: '100', PARNR: String(at).padStart(3, '0'), KUNNR: String(at % 7) });
		}
		const literal = fc.integer({ min: 0, max: 60 }).map((at) => String(at).padStart(3, '0'));
		const term = fc.oneof(
			fc
				.tuple(fc.constantFrom('=', '<>', '>', '>=', '<', '<='), literal)
				.map(([operator, value]) => `PARNR ${operator} '${value}'`),
			fc
				.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 3 })
				.map((keys) => `( ${keys.map((key) => `KUNNR = '${key}'`).join(' OR ')} )`),
		);
		const words = fc
			.array(fc.tuple(term, fc.constantFrom('AND', 'OR')), { minLength: 1, maxLength: 4 })
			.map((terms) => terms.map(([one, word], at) => (at ? `${word} ${one}` : one)));
		fc.assert(
			fc.property(words, (lines) => {
				const selection = selectionOf(lines, description);
				const looked = table.candidates(selection).filter(selection.matches);
				expect(looked).toEqual(table.inNoOrder().filter(selection.matches));
			}),
		);
	});

	it('are not sent with a control character, nor with a value that fits no line', () => {
		expect(() => compare('NAME1', '=', "x'\nOR")).toThrow('control character');
		expect(() => optionLines(compare('NAME1', '=', 'x'.repeat(70)))).toThrow('too long');
	});
});

describe('a row is cut', () => {
	const places = [
		{ name: 'A', offset: 0, length: 3 },
		{ name: 'B', offset: 4, length: 5 },
	];

	it('by place, so that a delimiter in the data does no harm', () => {
		expect(cutRow('a|b|c|d', places, '|', 'T')).toEqual({ A: 'a|b', B: 'c|d' });
	});

	it('at the delimiters where the places do not fit', () => {
		expect(cutRow('ab|xyz', places, '|', 'T')).toEqual({ A: 'ab', B: 'xyz' });
	});

	it('not by guess', () => {
		expect(() => cutRow('ab|x|yz', places, '|', 'T')).toThrow('does not fit its description');
		expect(() => cutRow(undefined, places, '|', 'T')).toThrow('cannot be cut');
	});
});
