import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLUMNS, csvOf, jsonOf, SECRET, tableOf, verdictOnText, without } from './auditTable.mts';

const table = tableOf([3, 1, 2]);
const expected = { problems: [], runs: 3, rows: 6 };
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const withNames = (change: (name: string) => string) =>
	table.map((row) => Object.fromEntries(COLUMNS.map((name) => [change(name), row[name]])));

describe('an exported table is read', () => {
	const csv = csvOf(table);
	it.each<[string, string]>([
		['as the CSV that n8n offers for download', csv],
		['as CSV for a spreadsheet, with a mark at its start', `\uFEFF${csvOf(table, ';')}`],
		['as CSV with tabs', csvOf(table, '\t')],
		['with a line break at its end', `${csv}\n`],
		['with the column names of Postgres', csvOf(table, ',', COLUMNS.map(snake))],
		['as JSON of the API', jsonOf(table)],
		['as a JSON list', JSON.stringify(table, null, 2)],
		['as one JSON object a line', table.map((row) => JSON.stringify(row)).join('\n')],
		[
			'as JSON items of a workflow',
			JSON.stringify(table.map((json) => ({ json, pairedItem: {} }))),
		],
		['as JSON of Postgres', JSON.stringify(withNames(snake))],
		['as JSON with null where nothing stands', jsonOf(table).replaceAll('""', 'null')],
	])('%s', async (_, text) => {
		expect(await verdictOnText(text, { secrets: [SECRET] })).toMatchObject(expected);
	});

	it.each([1, 7, 100])('the same in pieces of %d characters', async (piece) => {
		for (const text of [csv, jsonOf(table), csv.replaceAll(/\n(?=\d+,)/g, '\r\n')]) {
			expect(await verdictOnText(text, { secrets: [SECRET] }, piece)).toMatchObject(expected);
		}
	});
});

describe('a file that is no audit table', () => {
	it.each<[string, string, RegExp]>([
		['names the columns it lacks', 'id,runId,hash\n1,a,b', /no column eventId/],
		['is told when it is empty', '', /no rows/],
		['is told when it is other JSON', '{"some":"thing"}', /no rows/],
		['is told when it breaks off', jsonOf(table).slice(0, 900), /not complete/],
		['is told when CSV breaks off in quotation marks', `${csvOf(table)}\n1,"`, /not complete/],
		['is told when a line has too few fields', `${csvOf(table)}\n1,2`, /2 fields/],
	])('%s', async (_, text, message) => {
		await expect(verdictOnText(text)).rejects.toThrow(message);
	});
});

describe('npm run audit:verify', () => {
	const folder = mkdtempSync(join(tmpdir(), 'audit-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	const file = (name: string, text: string) => {
		const path = join(folder, name);
		writeFileSync(path, text);
		return path;
	};
	const verify = (words: string[], secret = '') => {
		const cli = join('node_modules', 'tsx', 'dist', 'cli.mjs');
		const { status, stdout, stderr } = spawnSync(
			process.execPath,
			[cli, join('test', 'audit', 'main.mts'), ...words],
			{ encoding: 'utf8', env: { ...process.env, AUDIT_SECRET: secret } },
		);
		return { status, stdout, stderr };
	};

	it('ends with 0 and the counts when nothing is broken', () => {
		const { status, stdout } = verify([file('good.csv', csvOf(table))], SECRET);
		expect(stdout).toContain('3 runs, 6 rows: unbroken.');
		expect(status).toBe(0);
	});

	it('ends with 1 and names the first broken link', () => {
		const broken = file('broken.json', jsonOf(without(table, 1)));
		const secret = file('secret', `${SECRET}\n`);
		const { status, stdout } = verify([broken, '--secret-file', secret]);
		expect(stdout).toContain('BROKEN');
		expect(stdout).toContain('Run 1 (wf1-run-0) of workflow wf1: row 2 is missing.');
		expect(status).toBe(1);
	});

	it('ends with 2 when it could not check, and says why', () => {
		const nothing = verify([]);
		expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringContaining('--secret-file')]);
		const absent = verify([join(folder, 'absent.csv')]);
		expect([absent.status, absent.stderr]).toEqual([2, expect.stringContaining('absent.csv')]);
		expect(verify([file('other.csv', 'a,b\n1,2')]).status).toBe(2);
	});

	it('takes no secret on the command line', () => {
		const { status } = verify([file('good.csv', csvOf(table)), '--secret', SECRET]);
		expect(status).toBe(2);
	});
});
