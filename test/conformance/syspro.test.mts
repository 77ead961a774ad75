/** What the SYSPRO nodes ask for, held against the reference table of SYSPRO's tables and calls. */
import { existsSync, readFileSync } from 'node:fs';
import { EnetAccess } from '../../nodes/Syspro/enetAccess';
import { newCheckpoint } from '../../core/sync/checkpoint';
import { drain } from '../../core/sync/drain';
import { loopback, scanAll, startSystem } from '../nodes/syspro/system.mts';
import { TABLES } from '../sandbox/syspro/tables.mts';

const SHEET = '../shared/reference/sap-b1-syspro-sage300.md';
const isThere = existsSync(SHEET);
if (!isThere) process.stdout.write(`SKIPPED: ${SHEET} is not there\n`);
const withSheet = isThere ? describe : describe.skip;

/** Table -> columns, from the rows of "B5. Tables" with their key and date columns; `A1–3` and `A1/2` are ranges. */
function documentedTables(sheet: string): Map<string, Set<string>> {
	const section = sheet.slice(sheet.indexOf('### B5.'), sheet.indexOf('### B6.'));
	const tables = new Map<string, Set<string>>();
	for (const line of section.split('\n')) {
		const cells = line.split('|').map((cell) => cell.trim());
		const names = cells[1]?.match(/\w+\+?(?=`|,|$)/g) ?? [];
		if (cells.length < 5 || !/^`?[A-Z]/.test(cells[1])) continue;
		const columns = columnsIn(cells.slice(2).join(', '));
		for (const name of names) tables.set(name, columns);
	}
	return tables;
}

function columnsIn(text: string): Set<string> {
	const columns = new Set<string>();
	for (const [, stem, from, between, to] of text.matchAll(
		/\b([A-Z][A-Za-z]*?)(\d*)(?:(–|\.\.|\/)(\d+))?(?=[^\w]|$)/g,
	)) {
		columns.add(stem + from);
		if (between) for (let n = Number(from); n <= Number(to); n++) columns.add(`${stem}${n}`);
	}
	for (const [whole] of text.matchAll(/\b[A-Z]\w+\b/g)) columns.add(whole);
	return columns;
}

withSheet('SYSPRO against the reference table', () => {
	const sheet = isThere ? readFileSync(SHEET, 'utf8') : '';
	const documented = documentedTables(sheet);
	const uncovered = (table: string, columns: Iterable<string>) =>
		[...columns]
			.filter((column) => !documented.get(table)?.has(column))
			.map((column) => `${table}.${column}`);

	async function everythingAsked(): Promise<
		Array<{ call: string; text: string; urlLength: number }>
	> {
		const system = await startSystem('enet');
		const { store } = system.sandbox;
		for (let n = 1; n <= 5; n++) {
			const key = `000${n}`;
			store.put('ArCustomer', { Customer: key });
			store.put('InvMaster', { StockCode: key });
			store.put('InvWarehouse', { StockCode: key, Warehouse: 'N' });
			store.put('ArInvoice', {
				Customer: key,
				Invoice: key,
				DocumentType: 'I',
				InvoiceDate: '2026-11-19',
			});
			store.put('SorMaster', {
				SalesOrder: key,
				OrderStatus: '1',
				Customer: key,
				EntrySystemDate: '2026-11-19',
			});
			store.put('SorDetail', { SalesOrder: key, SalesOrderLine: '1', LineType: '1' });
		}
		const filters = {
			branches: ',10',
			classes: ',R',
			salespersons: ',1',
			warehouses: ',N',
			productClasses: ',X',
		};
		for (const more of [{}, { filters }]) {
			const values = { withCost: true, withOrderedItems: true };
			for (const entity of ['customer', 'stockCode', 'stock'] as const) {
				const source = system.source(entity, { values, ...more }, { pageSize: 2 });
				await scanAll(source);
				await source.confirmMissing?.(['0001', 'GONE']);
			}
			for (const entity of ['salesOrder', 'invoice'] as const) {
				const source = system.source(entity, { values, ...more }, { pageSize: 2 });
				await drain(source, newCheckpoint('s', '2026-11-20T00:00:00'), {
					maxRecords: 100,
					hasTime: () => true,
					lookbackSeconds: 7 * 86_400,
					localNow: '2026-11-20T08:00:00',
					now: 0,
				});
			}
		}
		const { calls, unknownElements } = system.sandbox.log;
		expect(unknownElements).toEqual([]);
		await system.close();
		return calls;
	}

	it('every table and column that is asked for is in it', async () => {
		const calls = await everythingAsked();
		const asked = new Map<string, Set<string>>();
		for (const { text } of calls) {
			const table = /<TableName>([^<]+)</.exec(text)?.[1];
			if (!table) continue;
			const columns = asked.get(table) ?? new Set();
			asked.set(table, columns);
			for (const [, column] of text.matchAll(/<Column>([^<]+)</g)) columns.add(column);
		}
		const missing = [...asked].flatMap(([table, columns]) => uncovered(table, columns));
		const count = [...asked.values()].reduce((sum, columns) => sum + columns.size, 0);
		process.stdout.write(
			`SYSPRO: checked ${count} columns of ${asked.size} tables in ${calls.length} calls; not in the reference: ${missing.join(', ') || 'none'}\n`,
		);
		expect(missing).toEqual([]);
		expect(asked.size).toBe(6);
		expect(count).toBeGreaterThan(70);
	});

	it('no address is longer than Windows takes', async () => {
		const calls = await everythingAsked();
		expect(Math.max(...calls.map(({ urlLength }) => urlLength))).toBeLessThan(8000);
	});

	it('every call and every element of COMFND is in it', async () => {
		const calls = await everythingAsked();
		const names = new Set(calls.map(({ call }) => call));
		expect([...names].sort()).toEqual(['COMFND', 'Logoff', 'Logon']);
		for (const path of ['/Logon', '/Logoff', '/GetVersion', '/GetLogonProfile', '/Query/Query']) {
			expect(sheet).toContain(`\`${path}\``);
		}
		const elements = new Set(
			calls.flatMap(({ text }) => [...text.matchAll(/<(\w+)/g)].map(([, name]) => name)),
		);
		const example = sheet.slice(sheet.indexOf('**COMFND**'), sheet.indexOf('**COMBRW**'));
		expect([...elements].filter((name) => !example.includes(`<${name}`))).toEqual([]);
		expect(elements.size).toBeGreaterThan(8);
		const conditions = calls.flatMap(({ text }) =>
			[...text.matchAll(/<Condition>(\w+)</g)].map(([, name]) => name),
		);
		for (const condition of new Set(conditions))
			expect(['EQ', 'NE', 'GT', 'GE', 'LT', 'LE']).toContain(condition);
		const words = calls.flatMap(({ text }) =>
			[...text.matchAll(/<AndOr>(\w+)</g)].map(([, word]) => word),
		);
		expect([...new Set(words)]).toEqual(['And']);
	});

	it('the sandbox has no column that is not in it', () => {
		const tables = TABLES.filter(({ name }) => !name.endsWith('+'));
		expect(tables.flatMap(({ name, columns }) => uncovered(name, Object.keys(columns)))).toEqual(
			[],
		);
	});

	it('notices a column that does not exist', () => {
		expect(uncovered('ArCustomer', ['Name', 'LastModified', 'SoldToAddr4', 'SoldToAddr9'])).toEqual(
			['ArCustomer.LastModified', 'ArCustomer.SoldToAddr9'],
		);
	});

	it('a session is asked for only by the login that the reference has', async () => {
		const system = await startSystem('enet');
		const urls: string[] = [];
		const access = system.enet({
			transport: async (request) => {
				urls.push(request.url);
				return await loopback(request);
			},
		});
		expect(access).toBeInstanceOf(EnetAccess);
		await access.find({
			table: 'ArCustomer',
			columns: ['Customer'],
			where: [],
			orderBy: ['Customer'],
			rows: 1,
		});
		await access.close();
		await system.close();
		const parameters = urls.map((url) => [...new URL(url).searchParams.keys()].join(' '));
		expect(parameters).toEqual([
			'Operator OperatorPassword CompanyId CompanyPassword',
			'UserId BusinessObject XmlIn',
			'UserId',
		]);
	});
});
