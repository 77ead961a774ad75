import CryptoJS from 'crypto-js';
import fc from 'fast-check';
import { ERASABLE } from '../../../core/audit/chain';
import {
	anyTable,
	COLUMNS,
	emptied,
	previousIn,
	replaced,
	runOf,
	SECRET,
	tableOf,
	trimmed,
	verdictOn,
	without,
	type Table,
} from './auditTable.mts';

const saidOf = async (...given: Parameters<typeof verdictOn>) =>
	(await verdictOn(...given)).problems.map(({ text }) => text);

const pick = (table: Table) => fc.nat({ max: table.length - 1 });
const anyTableAndRow = anyTable.chain((table) => fc.tuple(fc.constant(table), pick(table)));

describe('an untouched table', () => {
	it('is unbroken, whatever order its rows come in', async () => {
		const sorted = anyTable.chain((table) =>
			fc.shuffledSubarray(table, { minLength: table.length, maxLength: table.length }),
		);
		await fc.assert(
			fc.asyncProperty(sorted, async (table) => expect(await saidOf(table)).toEqual([])),
		);
	});

	it('tells how many runs and rows it holds', async () => {
		const { runs, rows } = await verdictOn(tableOf([3, 1, 2]));
		expect([runs, rows]).toEqual([3, 6]);
	});
});

describe('rule 32: values that were emptied', () => {
	it('are no alarm, after retention and after a person was erased', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyTable.chain((table) =>
					fc.tuple(
						fc.constant(table),
						fc.array(fc.nat({ max: 3 }), { minLength: table.length, maxLength: table.length }),
					),
				),
				async ([table, choices]) => {
					const after = table.map((row, index) => {
						const half = choices[index]! & 1 ? emptied(row, 'values') : row;
						return choices[index]! & 2 ? emptied(half, 'identity') : half;
					});
					expect(await saidOf(after)).toEqual([]);
				},
			),
		);
	});

	it('are counted', async () => {
		const table = tableOf([2]).map((row) => emptied(row, 'values'));
		expect((await verdictOn(table)).notes).toContain('3 rows with emptied values.');
	});

	it('cannot be filled again with other ones', async () => {
		const table = tableOf([2]).map((row) => emptied(row, 'values'));
		table[1]!.fieldChanges = '[{"field":"Name","from":null,"to":"Somebody else"}]';
		expect(await saidOf(table)).toEqual([expect.stringContaining('row 2 ')]);
	});

	it('leave nothing that tells them: the salt has gone as well', () => {
		const [row = {}] = tableOf([1]);
		const left = JSON.stringify(emptied(emptied(row, 'values'), 'identity'));
		expect(left).not.toContain('1000000');
		expect(left).not.toContain('Müller');
		expect(left).not.toContain(String(row.valueSalt));
	});
});

describe('a change of one row', () => {
	it('is found in every column', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyTableAndRow,
				fc.constantFrom(...COLUMNS),
				fc.string({ minLength: 1 }),
				async ([table, at], column, text) => {
					const row = table[at]!;
					const value = typeof row[column] === 'number' ? Number(row[column]) + 1 : `${text}.`;
					fc.pre(String(row[column]) !== String(value));
					const changed = replaced(table, at, { ...row, [column]: value });
					expect(await saidOf(changed)).not.toEqual([]);
				},
			),
			{ numRuns: 250 },
		);
	});

	it('is found where its digest was made to fit', async () => {
		const table = tableOf([3]);
		const forged: Table[number] = { ...table[1]!, fieldChanges: '[]' };
		const salted = [forged.valueSalt, ...ERASABLE.values.columns.map((name) => forged[name])];
		const valueDigest = CryptoJS.SHA256(JSON.stringify(salted.map(String))).toString();
		const [first] = await saidOf(replaced(table, 1, { ...forged, valueDigest }));
		expect(first).toContain('Run 1 (wf1-run-0) of workflow wf1: row 2 ');
	});

	it('is found when a row goes', async () => {
		await fc.assert(
			fc.asyncProperty(anyTableAndRow, async ([table, at]) => {
				expect(await saidOf(without(table, at))).not.toEqual([]);
			}),
			{ numRuns: 120 },
		);
	});

	it('is found when a row is added, be it a copy', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyTableAndRow,
				fc.constantFrom('', ...COLUMNS),
				fc.nat({ max: 9 }),
				async ([table, at], column, number) => {
					const copy = { ...table[at]! };
					if (column) copy[column] = number;
					expect(await saidOf([...table, copy])).not.toEqual([]);
				},
			),
			{ numRuns: 120 },
		);
	});

	it('is found when two rows change places or values', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyTable.chain((table) => fc.tuple(fc.constant(table), pick(table), pick(table))),
				fc.constantFrom(...COLUMNS),
				async ([table, a, b], column) => {
					const [one, other] = [table[a]!, table[b]!];
					fc.pre(one[column] !== other[column]);
					const half = replaced(table, a, { ...one, [column]: other[column]! });
					const swapped = replaced(half, b, { ...other, [column]: one[column]! });
					expect(await saidOf(swapped)).not.toEqual([]);
				},
			),
			{ numRuns: 250 },
		);
	});

	it('is named by workflow, run and row', async () => {
		const table = tableOf([2, 4]);
		table[4] = { ...table[4]!, tokens: 0 };
		expect((await saidOf(table))[0]).toMatch(/^Run 2 \(wf1-run-1\) of workflow wf1: row 2 /);
		expect(await saidOf(without(tableOf([2, 4]), 3, 2))).toEqual([
			'Run 2 (wf1-run-1) of workflow wf1: rows 1 to 2 are missing.',
		]);
	});
});

describe('a missing run', () => {
	const withoutRun = (table: Table, run: number) => table.filter((row) => row.runNumber !== run);

	it('is told by its number', async () => {
		expect(await saidOf(withoutRun(tableOf([1, 2, 1]), 2))).toEqual([
			expect.stringContaining('run 2 is missing'),
		]);
		expect(await saidOf(withoutRun(tableOf([1, 2, 1]), 1))).toEqual([
			expect.stringContaining('run 1 is missing and no anchor'),
		]);
	});

	it('is found at the end by a hash that was noted', async () => {
		const table = tableOf([1, 2, 1]);
		const expectHash = String(table[table.length - 1]!.hash);
		expect(await saidOf(table, { expect: expectHash })).toEqual([]);
		expect(await saidOf(withoutRun(table, 3), { expect: expectHash })).toHaveLength(1);
	});
});

describe('rule 32: trimming', () => {
	it('lets the chain begin at the anchor', async () => {
		const { problems, notes } = await verdictOn(trimmed(tableOf([1, 2, 1]), 2));
		expect(problems).toEqual([]);
		expect(notes).toContainEqual(expect.stringContaining('checked from run 3 on'));
	});

	it('may be interrupted, and may be repeated', async () => {
		const table = tableOf([1, 2, 1, 3]);
		const anchor = trimmed(table, 2).at(-1)!;
		expect(await saidOf([...table, anchor])).toEqual([]);
		expect(await saidOf(trimmed(trimmed(table, 1), 3))).toEqual([]);
		expect(await saidOf(trimmed(table, 4))).toEqual([]);
	});

	it('does not hide anything after the anchor', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 5 }),
				fc.nat(),
				fc.nat(),
				fc.constantFrom(...COLUMNS),
				async (runs, run, place, column) => {
					const table = trimmed(tableOf(runs), 1 + (run % (runs.length - 1)));
					const at = place % table.length;
					const row = table[at]!;
					const value = typeof row[column] === 'number' ? Number(row[column]) + 1 : 'x';
					expect(await saidOf(replaced(table, at, { ...row, [column]: value }))).not.toEqual([]);
					expect(await saidOf(without(table, at))).not.toEqual([]);
				},
			),
		);
	});

	it('needs a genuine run row: an anchor without a seal is refused', async () => {
		const table = trimmed(tableOf([1, 2, 1], 'wf1', 'a secret of somebody else'), 2);
		expect(await saidOf(table)).toContainEqual(expect.stringContaining('seal of run 2'));
	});
});

describe('the seal', () => {
	it('is wrong under another secret, and fits any of several', async () => {
		const table = tableOf([1, 1]);
		expect(await saidOf(table, { secrets: ['another one'] })).toHaveLength(2);
		expect(await saidOf(table, { secrets: ['another one', SECRET] })).toEqual([]);
	});

	it('is not checked without a secret, and that is said', async () => {
		const { problems, notes } = await verdictOn(tableOf([1, 1]), { secrets: [] });
		expect(problems).toEqual([]);
		expect(notes).toContain('2 seals not checked: no secret was given.');
	});

	it('is missed where a secret is given and nothing was sealed', async () => {
		expect(await saidOf(tableOf([1], 'wf1', ''))).toEqual([expect.stringContaining('has no seal')]);
	});

	it('finds a history that was written anew', async () => {
		const forged = tableOf([1, 2], 'wf1', 'a guess');
		expect(await saidOf(forged, { secrets: [] })).toEqual([]);
		expect(await saidOf(forged)).toHaveLength(2);
	});

	it('tells two runs at the same time from a run that was added', async () => {
		const first = tableOf([1]);
		const one = runOf(1, 1, previousIn(first));
		const twin = (secret: string) => runOf(1, 3, { ...previousIn(first), secret, name: 'b' });
		const genuine = await verdictOn([...first, ...one, ...twin(SECRET)]);
		expect(genuine.problems).toEqual([]);
		expect(genuine.notes).toContainEqual(expect.stringContaining('ran at the same time'));
		expect(await saidOf([...first, ...one, ...twin('')])).not.toEqual([]);
		expect(await saidOf([...first, ...one, ...twin('')], { secrets: [] })).not.toEqual([]);
	});
});

describe('the formula in the documentation', () => {
	const sha = (parts: unknown[]) => CryptoJS.SHA256(JSON.stringify(parts)).toString();
	const CHAINED =
		'eventId runId executionId system entity readAt writtenAt lastSyncAt action pipedriveType fieldsRead tokens attempts durationMs recordCount workflowId runNumber seq identityDigest valueDigest lastHash previousRun';

	it('gives every hash, written a second time with another library', () => {
		const table = tableOf([2, 1]);
		let before = '';
		for (const row of table) {
			if (row.seq === 1) before = '';
			const values = CHAINED.split(' ').map((name) => String(row[name]));
			expect(sha(['erp-audit-1', before, ...values])).toBe(row.hash);
			before = String(row.hash);
			if (row.action !== 'sealed') continue;
			expect(CryptoJS.HmacSHA256(before, SECRET).toString()).toBe(row.hmac);
		}
		const [row = {}] = table;
		expect(sha([row.identitySalt, row.erpKey, row.externalId, row.pipedriveId])).toBe(
			row.identityDigest,
		);
		const { valueSalt, version, reason, fieldChanges, payloadFingerprint } = row;
		expect(sha([valueSalt, version, reason, fieldChanges, payloadFingerprint])).toBe(
			row.valueDigest,
		);
	});
});
