import fc from 'fast-check';
import { estimateOf, type Foreseen } from '../../../nodes/Pipedrive/estimate';
import { openBench, partner, type Bench } from './support.mts';

const times = (count: number, one: Foreseen): Foreseen[] =>
	Array.from({ length: count }, () => one);
const created: Foreseen = { outcome: 'created', tokens: 5 };
const updated: Foreseen = { outcome: 'updated', tokens: 5 };
const unchanged: Foreseen = { outcome: 'unchanged', tokens: 0 };
const setAside: Foreseen = { outcome: 'setAside', tokens: 0 };

describe('the estimate', () => {
	it('says in one sentence what a first load would write and cost', () => {
		const foreseen = [
			...times(4_180, created),
			...times(920, updated),
			...times(11_300, unchanged),
		];
		const budget = { left: 29_800, perDay: 60_000, reserve: 12_000 };
		expect(estimateOf(foreseen, 200, budget)).toEqual({
			creates: 4_180,
			updates: 920,
			unchanged: 11_300,
			setAside: 0,
			tokens: 25_700,
			left: 29_800,
			perDay: 48_000,
			shareOfLeft: 25_700 / 29_800,
			days: 1,
			text: '4,180 creates, 920 updates, 11,300 unchanged: 25,700 tokens, 86 % of what is left today',
		});
	});

	it('says how many days it takes when today is not enough', () => {
		const budget = { left: 10_000, perDay: 30_000, reserve: 6_000 };
		const { text, days } = estimateOf(times(10_000, created), 0, budget);
		expect(days).toBe(3);
		expect(text).toBe(
			'10,000 creates, 0 updates, 0 unchanged: 50,000 tokens, 500 % of what is left today: 3 days at 24,000 tokens a day',
		);
	});

	it('names what would be set aside, and one of a kind as one', () => {
		const foreseen = [created, updated, setAside];
		const { text } = estimateOf(foreseen, 40, { left: 24_000, perDay: 30_000, reserve: 6_000 });
		expect(text).toBe(
			'1 create, 1 update, 0 unchanged, 1 set aside: 50 tokens, less than 1 % of what is left today',
		);
	});

	it('stays a sentence when nothing is left, today or ever', () => {
		const today = estimateOf([created], 0, { left: 0, perDay: 30_000, reserve: 6_000 });
		expect(today).toMatchObject({ shareOfLeft: null, days: 2 });
		expect(today.text).toContain('5 tokens, nothing is left today: 2 days at 24,000 tokens a day');
		const never = estimateOf([created], 0, { left: 0, perDay: 30_000, reserve: 30_000 });
		expect(never).toMatchObject({ shareOfLeft: null, days: null });
		expect(never.text).toContain('the daily budget leaves nothing to it');
	});

	it('never calls a budget enough that is not', () => {
		fc.assert(
			fc.property(fc.nat(50_000), fc.integer({ min: 1, max: 50_000 }), (tokens, left) => {
				const one = estimateOf([{ outcome: 'created', tokens }], 0, {
					left,
					perDay: 60_000,
					reserve: 0,
				});
				expect(one.days === 1).toBe(tokens <= left);
				const percent = Number(/([\d,]+) % of what/.exec(one.text)?.[1].replace(/,/g, '') ?? 0);
				expect(percent > 100).toBe(tokens > left);
			}),
		);
	});
});

describe('the estimate of a dry run', () => {
	let bench: Bench;
	afterEach(async () => await bench.close());

	it('is what the real run then spends', async () => {
		bench = await openBench();
		const known = Array.from({ length: 30 }, (_, n) => partner(n));
		await bench.run(known);
		const records = [
			...known.map((record, n) =>
				n < 10 ? partner(n, { organization: { taxNumber: 'DE9' } }) : record,
			),
			...Array.from({ length: 20 }, (_, n) => partner(500 + n)),
		];
		const dry = await bench.run(records, { settings: { isDryRun: true } });
		const { ledger } = bench.environment();
		const estimate = estimateOf(dry.results, dry.tokens, ledger.status());
		expect(estimate).toMatchObject({ creates: 40, updates: 10, unchanged: 50, setAside: 0 });
		const before = bench.sandbox.limits.spent;
		await bench.run(records);
		expect(bench.sandbox.limits.spent - before).toBe(estimate.tokens);
	});
});
