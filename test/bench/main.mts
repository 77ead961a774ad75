import { writeFileSync } from 'node:fs';
import type { ErpRecord } from '../../core/record/erpRecord';
import { openBench, partner, type Bench } from '../nodes/pipedrive/support.mts';
import { naiveUpsert } from './naive.mts';

/**
 * `npm run bench`: what a sync costs, counted by the sandbox. Time is virtual: pauses move the clock and take none,
 * so the numbers do not depend on the machine, except memory. `-- --json FILE` writes them.
 */
interface Result {
	case: string;
	subject: string;
	plan: string;
	records: number;
	tokensPerRecord: number;
	requestsPerRecord: number;
	searches: number;
	status429: number;
	recordsPerSecond: number;
	shareOfCeiling: number;
	peakRssMb: number;
}

type Plan = 'lite' | 'ultimate';

interface Case {
	name: string;
	records: ErpRecord[];
	/** What counts as one record: partners, with their contact where it is written too, or only the changed ones. */
	counted: number;
}

/** Requests in two seconds with an API token. */
const BURST: Record<Plan, number> = { lite: 20, ultimate: 120 };
const BATCH = 500;
/** Each record costs the naive client the same: some of them tell it all. */
const NAIVE_RECORDS = 200;
const UNLIMITED = 100_000_000;

const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

function withTerms(n: number, paymentTerms: string): ErpRecord {
	const erp = { changedAt: paymentTerms === 'NT30' ? '2026-11-20' : '2026-11-21' };
	return partner(n, { organization: { paymentTerms }, erp });
}

const termsAfterChange = (n: number) => (n < 1000 ? 'NT60' : 'NT30');
const termsAtDelivery = (n: number) => (n % 50 === 0 ? 'NT90' : termsAfterChange(n));

async function ours(bench: Bench, records: readonly ErpRecord[]): Promise<void> {
	for (let at = 0; at < records.length; at += BATCH) {
		await bench.run(records.slice(at, at + BATCH), {
			settings: { stopAbovePercent: 0 },
			credential: { dailyLimit: UNLIMITED },
		});
	}
}

async function measure(bench: Bench, one: Case, subject: string, plan: Plan): Promise<Result> {
	const { log } = bench.sandbox;
	// The poll comes some time after the one before, as in real life.
	bench.clock.advance(3_600_000);
	const records = subject === 'naive' ? one.records.slice(0, NAIVE_RECORDS) : one.records;
	const counted = (one.counted * records.length) / one.records.length;
	const before = log.totals();
	const startedAt = bench.clock.now();
	let peakRss = process.memoryUsage().rss;
	const watch = setInterval(() => (peakRss = Math.max(peakRss, process.memoryUsage().rss)), 20);
	const work = subject === 'ours' ? ours : naiveUpsert;
	await work(bench, records).finally(() => clearInterval(watch));
	const after = log.totals();
	const seconds = (bench.clock.now() - startedAt) / 1000;
	const requests = after.requests - before.requests;
	// The first window is used at once: it counts as time, else a short run would look faster than allowed.
	const perSecond = (count: number) => count / (seconds + 2);
	return {
		case: one.name,
		subject,
		plan,
		records: counted,
		tokensPerRecord: rounded((after.tokens - before.tokens) / counted),
		requestsPerRecord: rounded(requests / counted),
		searches: (after.byKind.search?.requests ?? 0) - (before.byKind.search?.requests ?? 0),
		status429: after.refused429 - before.refused429,
		recordsPerSecond: rounded(perSecond(counted)),
		shareOfCeiling: rounded(perSecond(requests) / (BURST[plan] / 2)),
		peakRssMb: Math.round(peakRss / 1e6),
	};
}

function rounded(value: number): number {
	return Math.round(value * 1000) / 1000;
}

async function allCases(subject: string, plan: Plan): Promise<Result[]> {
	const bench = await openBench({ plan, dailyTokens: UNLIMITED });
	const run = async (name: string, records: ErpRecord[], counted: number) => {
		console.error(`${plan} ${subject} ${name} …`);
		return await measure(bench, { name, records, counted }, subject, plan);
	};
	try {
		const fresh = range(1000, 100_000).map((n) => partner(n));
		const results = [await run('new-1000', fresh, 2000)];
		await ours(
			bench,
			range(10_000).map((n) => partner(n)),
		);
		const changed = range(1000).map((n) => withTerms(n, 'NT60'));
		results.push(await run('changed-1000-of-10000', changed, 1000));
		if (subject !== 'ours') await ours(bench, changed);
		const delivered = range(10_000).map((n) => withTerms(n, termsAtDelivery(n)));
		results.push(await run('delivered-10000-changed-200', delivered, 10_000));
		results.push(await run('replay-10000', delivered, 10_000));
		return results;
	} finally {
		await bench.close();
	}
}

function table(results: readonly Result[]): string {
	const columns = Object.keys(results[0]) as Array<keyof Result>;
	const rows = results.map((result) => columns.map((column) => String(result[column])));
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

async function main(): Promise<void> {
	const results: Result[] = [];
	for (const plan of ['lite', 'ultimate'] as const) {
		for (const subject of ['ours', 'naive']) results.push(...(await allCases(subject, plan)));
	}
	console.log(table(results));
	const at = process.argv.indexOf('--json');
	if (at > 0) writeFileSync(process.argv[at + 1], `${JSON.stringify(results, null, 2)}\n`);
}

void main();
