/** One case in a process of its own, so that memory is its own: `measure.mts SUBJECT PLAN CASE MOST`, result on stdout. */
import type { ErpRecord } from '../../core/record/erpRecord';
import { openBench, type Bench } from '../nodes/pipedrive/support.mts';
import type { LogEntry } from '../sandbox/pipedrive/log.mts';
import { CASES } from './cases.mts';
import { naiveUpsert } from './naive.mts';
import { stockUpsert } from './stock.mts';
import type { Plan, Result, Subject } from './result.mts';
import { VirtualTime, virtualWire } from './virtualTime.mts';

/** Requests in two seconds with an API token. */
const BURST: Record<Plan, number> = { lite: 20, ultimate: 120 };
const WINDOW_MS = 2000;
const BATCH = 500;
const UNLIMITED = 100_000_000;
const ENTITIES = ['organization', 'person', 'product', 'deal'] as const;

async function ours(bench: Bench, records: readonly ErpRecord[]): Promise<void> {
	const kinds = records.some(({ deal, product }) => deal ?? product)
		? ENTITIES
		: ENTITIES.slice(0, 2);
	for (let at = 0; at < records.length; at += BATCH) {
		const { reports } = await bench.run(records.slice(at, at + BATCH), {
			entities: [...kinds],
			settings: { stopAbovePercent: 0 },
			credential: { dailyLimit: UNLIMITED },
		});
		const lost = reports.find(({ outcome }) => outcome === 'setAside');
		if (lost) throw new Error(`set aside: ${lost.reason}`);
	}
}

async function measure(subject: Subject, plan: Plan, name: string, most: number): Promise<Result> {
	const clock = new VirtualTime();
	const wire = virtualWire(clock);
	const bench = await clock.through(openBench({ plan, dailyTokens: UNLIMITED, clock, wire }));
	const { before, delivered, recordsEach } = CASES[name]();
	// A search costs the same among fewer records: a sample is measured among five times as many.
	for (const batch of before) await clock.through(ours(bench, batch.slice(0, 5 * most)));
	// The poll comes some time after the one before, as in real life.
	clock.advance(3_600_000);
	const records = delivered.slice(0, most);
	const work = {
		ours: () => ours(bench, records),
		naive: () => naiveUpsert(bench, wire(bench.sandbox), records),
		stock: () => stockUpsert(bench, wire(bench.sandbox), clock, records),
	};
	const { log } = bench.sandbox;
	const start = { ...log.totals(), at: clock.now() };
	const searchesBefore = start.byKind.search?.requests ?? 0;
	let peakRss = 0;
	const look = () => (peakRss = Math.max(peakRss, process.memoryUsage().rss));
	const watch = setInterval(look, 20);
	look();
	await clock.through(work[subject]());
	look();
	clearInterval(watch);
	const end = log.totals();
	const seconds = (clock.now() - start.at) / 1000;
	const sent = log.entries.filter(({ at, status }) => at >= start.at && status !== 429);
	const requests = end.requests - start.requests;
	const counted = records.length * recordsEach;
	await bench.close();
	return {
		case: name,
		subject,
		plan,
		records: counted,
		tokensPerRecord: rounded((end.tokens - start.tokens) / counted),
		requestsPerRecord: rounded(requests / counted),
		searches: (end.byKind.search?.requests ?? 0) - searchesBefore,
		status429: end.refused429 - start.refused429,
		recordsPerSecond: rounded(counted / seconds),
		shareOfCeiling: rounded(sustainedShare(sent, BURST[plan])),
		peakRssMb: Math.round(peakRss / 1e6),
	};
}

/**
 * Used of the plan's window while it writes (or reads, where it only reads), from the end of the first window to the
 * last request: the first one may be used at once, which would flatter.
 */
function sustainedShare(sent: readonly LogEntry[], burst: number): number {
	const firstWrite = sent.find(({ method }) => method !== 'GET') ?? sent[0];
	const from = firstWrite.at + WINDOW_MS;
	const to = sent[sent.length - 1].at;
	const after = sent.filter(({ at }) => at >= from).length;
	const possible = ((to - from) * burst) / WINDOW_MS;
	return possible <= 0 ? 1 : Math.min(1, after / possible);
}

function rounded(value: number): number {
	return Math.round(value * 1000) / 1000;
}

const [subject, plan, name, most] = process.argv.slice(2);
const result = await measure(subject as Subject, plan as Plan, name, Number(most));
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
