/** `npm run test:faults -- --seed 7 --count 200`: lives full of faults; with `--seed` alone one of them with its story. */
import { parseArgs } from 'node:util';
import { playLife, type Outcome } from './life.mts';
import { ProcessPool } from './n8nProcess.mts';
import type { Counts } from './wire.mts';

const { values } = parseArgs({
	options: {
		seed: { type: 'string' },
		count: { type: 'string' },
		lanes: { type: 'string', default: '2' },
		verbose: { type: 'boolean', default: false },
	},
});
const first = Number(values.seed ?? 1);
const count = Number(values.count ?? (values.seed === undefined ? 200 : 1));
const isStoryWanted = values.verbose || (values.seed !== undefined && values.count === undefined);
const lanes = Math.min(count, Number(values.lanes));
const startedAt = Date.now();
const pool = new ProcessPool(lanes);
const outcomes: Outcome[] = [];
let next = first;

async function lane(): Promise<void> {
	while (next < first + count) {
		const outcome = await playLife(next++, pool);
		outcomes.push(outcome);
		show(outcome);
	}
}

function show({ seed, source, findings, story }: Outcome): void {
	if (findings.length === 0 && !isStoryWanted) return;
	const lines = [`seed ${seed} (${source})`, ...findings.map((line) => `  ! ${line}`)];
	if (isStoryWanted) lines.push(...story.map((line) => `    ${line}`));
	process.stdout.write(`${lines.join('\n')}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => {
		// Lives that are under way count for nothing.
		next = Infinity;
		summary();
		process.exit(1);
	});
}

await Promise.all(Array.from({ length: lanes }, lane));
await pool.close();
process.exitCode = summary() ? 0 : 1;

/** True when all is well. */
function summary(): boolean {
	const totals: Counts = {};
	for (const { counts } of outcomes) {
		for (const [name, by] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + by;
	}
	const failed = outcomes.filter(({ findings }) => findings.length > 0);
	const seconds = Math.round((Date.now() - startedAt) / 1000);
	const struck = Object.entries(totals).sort(([a], [b]) => (a < b ? -1 : 1));
	const lines = [
		`${outcomes.length} seeds from ${first} on, ${seconds} s`,
		...struck.map(([name, by]) => `  ${name}: ${by}`),
		`${outcomes.length} scenarios, ${failed.length} with findings` +
			(failed.length > 0 ? `: seeds ${failed.map(({ seed }) => seed).join(', ')}` : ''),
	];
	process.stdout.write(`${lines.join('\n')}\n`);
	return failed.length === 0;
}
