/** Two n8n workers at one Pipedrive: locks end at the process, so what both create has to be noticed afterwards. */
import type { Transport } from '../../../core/http/ports';
import type { ErpRecord } from '../../../core/record/erpRecord';
import type { HistoryMode } from '../../../nodes/Pipedrive/history/intents';
import { visibleLines } from '../../../nodes/Pipedrive/history/html';
import { createProcessMemory, type ProcessMemory } from '../../../nodes/Pipedrive/memory';
import type { KnownId } from '../../../nodes/Pipedrive/run';
import { document, item, order } from './orders.mts';
import { contact, openBench, partner, type Bench } from './support.mts';

const ALL = ['organization', 'person', 'product', 'deal'] as const;
const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => {
	await bench.close();
});

interface Worker {
	memory: ProcessMemory;
	knownIds: KnownId[];
}
const worker = (): Worker => ({ memory: createProcessMemory(), knownIds: [] });

interface Choice {
	transport?: (wire: Transport) => Transport;
	mode?: HistoryMode;
	maxIndexRows?: number;
}

async function run(
	{ memory, knownIds }: Worker,
	records: ErpRecord[],
	{ transport, mode = 'summaryNote', ...settings }: Choice = {},
) {
	const result = await bench.run(records, {
		entities: [...ALL],
		memory,
		settings: { knownIds, documents: { mode }, ...settings },
		...(transport ? { transport } : {}),
	});
	for (const { idRows } of result.reports) {
		for (const row of idRows) {
			const at = knownIds.findIndex(({ externalId }) => externalId === row.externalId);
			const known = { ...row, digests: JSON.parse(row.digests) as KnownId['digests'] };
			knownIds.splice(at < 0 ? knownIds.length : at, 1, known);
		}
	}
	return result.reports;
}

/** All look, all find nothing, then all create. */
async function raceOf(
	tasks: Array<[Worker, ErpRecord[]]>,
	plural: string,
	choice: Choice = {},
): Promise<void> {
	let arrived = 0;
	let open: () => void = () => undefined;
	const all = new Promise<void>((resolve) => (open = resolve));
	const transport =
		(wire: Transport): Transport =>
		async (request) => {
			if (request.method === 'POST' && new URL(request.url).pathname.endsWith(`/${plural}`)) {
				if (++arrived === tasks.length) open();
				await all;
			}
			return await wire(request);
		};
	const reports = await Promise.all(
		tasks.map(async ([one, records]) => await run(one, records, { ...choice, transport })),
	);
	expect(arrived).toBe(tasks.length);
	expect(reports.flat().map(({ outcome }) => outcome)).not.toContain('setAside');
	bench.clock.advance(15 * 60_000);
}

async function race(
	records: ErpRecord[],
	plural: string,
	choice: Choice = {},
): Promise<[Worker, Worker]> {
	const workers: [Worker, Worker] = [worker(), worker()];
	await raceOf(
		[
			[workers[0], records],
			[workers[1], records],
		],
		plural,
		choice,
	);
	return workers;
}

const restarted = ({ knownIds }: Worker): Worker => ({ ...worker(), knownIds });

interface Case {
	plural: 'organizations' | 'products' | 'deals';
	before: ErpRecord[];
	first: ErpRecord;
	changed: ErpRecord;
}

const CASES: Array<[name: string, one: Case]> = [
	[
		'organization',
		{
			plural: 'organizations',
			before: [],
			first: customer,
			changed: partner(1, { persons: [], organization: { taxNumber: 'DE1' } }),
		},
	],
	[
		'product',
		{ plural: 'products', before: [], first: item(1), changed: item(1, { name: 'Pump B' }) },
	],
	[
		'deal',
		{
			plural: 'deals',
			before: [customer],
			first: order(1, customerId),
			changed: order(1, customerId, { dueDate: '2027-01-31' }),
		},
	],
];

describe.each(CASES)('the same new %s of two workers', (_, { plural, before, first, changed }) => {
	it.each([
		['the same comes again to the worker that made it', first, (one: Worker) => one],
		['it comes changed to the worker that made it', changed, (one: Worker) => one],
		['it comes changed to a worker that was started anew', changed, restarted],
		['it comes changed to a worker without any memory', changed, worker],
	])('is reported with both numbers when %s', async (__, next, as) => {
		await run(worker(), before);
		const workers = await race([first], plural);
		for (const one of workers) {
			const [report] = await run(as(one), [next]);
			expect(report).toMatchObject({ outcome: 'setAside', reasonCode: 'ambiguous' });
			for (const { id } of bench.sandbox.records(plural)) {
				expect(report.reason).toContain(String(id));
			}
		}
	});

	it('is written again once a person removed one of them', async () => {
		await run(worker(), before);
		const workers = await race([first], plural);
		for (const one of workers) await run(one, [changed]);
		const [kept, gone] = bench.sandbox.records(plural).map(({ id }) => id);
		bench.sandbox.edit(plural, gone, { is_deleted: true });
		bench.clock.advance(60_000);
		for (const one of workers) {
			const [report] = await run(one, [changed]);
			expect([report.outcome, report.pipedriveId]).toEqual([
				expect.not.stringMatching('setAside'),
				kept,
			]);
		}
	});
});

it('an organization is reported where there are too many for a list, too', async () => {
	bench.sandbox.seed({ organizations: 5, persons: 0 });
	const small = { maxIndexRows: 3 };
	const workers = [worker(), worker()];
	await raceOf(
		workers.map((one): [Worker, ErpRecord[]] => [one, [customer]]),
		'organizations',
		small,
	);
	for (const one of workers) {
		const [report] = await run(one, [customer], small);
		expect(report).toMatchObject({ outcome: 'setAside', reasonCode: 'ambiguous' });
	}
});

describe('persons of two workers', () => {
	it('are reported, too', async () => {
		await run(worker(), [customer]);
		const workers = await race([partner(1)], 'persons');
		const changed = partner(1, { persons: [contact(1, { function: 'CEO' })] });
		for (const one of workers) {
			const [report] = await run(one, [changed]);
			expect(report).toMatchObject({ outcome: 'setAside', reasonCode: 'ambiguous' });
		}
	});
});

describe('the summary note of one customer, written by two workers', () => {
	const notes = () => bench.sandbox.records('notes');
	const text = (id: number) =>
		visibleLines(String(notes().find((note) => note.id === id)?.content))
			.map((line) => line.text)
			.join('\n');

	it.each([
		['the workers that made them', (one: Worker) => one],
		['workers that were started anew', restarted],
	])('goes on as the older one, and the other is told: %s', async (_, as) => {
		await run(worker(), [customer]);
		const [a, b] = await race([document(1, customerId)], 'notes');
		const later = [as(b), as(a)];
		for (const [nth, one] of later.entries()) {
			const [report] = await run(one, [document(2 + nth, customerId)]);
			expect(report).toMatchObject({ outcome: 'updated', pipedriveId: 1 });
			expect(report.warnings.join()).toContain('note 2');
			expect(report.warnings.join()).toContain('only 1 is kept up to date');
		}
		expect(text(1)).toMatch(/90003[^]*90002[^]*90001/);
		expect(text(2)).not.toContain('90002');
	});

	it('loses no document that only the younger one shows', async () => {
		await run(worker(), [customer]);
		const [a, b] = [worker(), worker()];
		await raceOf(
			[
				[a, [document(1, customerId)]],
				[b, [document(2, customerId)]],
			],
			'notes',
		);
		await run(b, [document(3, customerId)]);
		expect(text(1)).toMatch(/90003[^]*90002[^]*90001/);
	});

	it('is set aside with both numbers by a worker without any memory', async () => {
		await run(worker(), [customer]);
		await race([document(1, customerId)], 'notes');
		const [report] = await run(worker(), [document(2, customerId)]);
		expect(report).toMatchObject({ outcome: 'setAside', reasonCode: 'ambiguous' });
		expect(report.reason).toContain('1, 2');
	});

	it('is alone again, and silent, once a person deleted the younger one', async () => {
		await run(worker(), [customer]);
		const workers = await race([document(1, customerId)], 'notes');
		bench.sandbox.edit('notes', 2, { is_deleted: true });
		for (const [nth, one] of workers.entries()) {
			const [report] = await run(one, [document(2 + nth, customerId)]);
			expect(report).toMatchObject({ outcome: 'updated', pipedriveId: 1, warnings: [] });
		}
	});

	it('is looked for in the list once after it was written, then no more', async () => {
		const one = worker();
		await run(one, [customer, document(1, customerId)]);
		const tokens: number[] = [];
		for (const n of [2, 3]) tokens.push((await run(one, [document(n, customerId)]))[0].tokens);
		expect(tokens).toEqual([20 + 2 + 10, 2 + 10]);
	});
});

describe('activities of two workers', () => {
	it('go on as the older one, and the other is told', async () => {
		await run(worker(), [customer]);
		const workers = await race([document(1, customerId)], 'activities', { mode: 'activity' });
		for (const one of workers) {
			const [report] = await run(one, [document(1, customerId, { open: '0' })], {
				mode: 'activity',
			});
			expect(report.pipedriveId).toBe(1);
			expect(report.warnings.join()).toContain('activity 2');
		}
	});
});
