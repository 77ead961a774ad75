import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureN8nHost } from '../n8n-host/install.mts';
import { CASES } from './cases.mts';
import { PLANS, SUBJECTS, type Result } from './result.mts';

/**
 * `npm run bench`: what a sync costs, counted by the sandbox, with 60 to 120 ms for each request and answer. Time is
 * virtual, so the numbers do not depend on the machine, except memory: each case runs in a process of its own, which
 * holds the sandbox, too. `-- --json FILE` writes them; `-- --full` measures the others with all records, too.
 */
const PER_RECORD_SAMPLE = 200;

function measure(...args: string[]): Promise<Result> {
	const tsx = join('node_modules', 'tsx', 'dist', 'cli.mjs');
	const child = spawn(process.execPath, [tsx, join('test', 'bench', 'measure.mts'), ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let out = '';
	let errors = '';
	child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
	return new Promise((resolve, reject) => {
		child.on('close', (code) => {
			const line = out.trim().split('\n').at(-1) ?? '';
			if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line) as Result);
			else reject(new Error(`${args.join(' ')}: ended with ${code}\n${errors}`));
		});
	});
}

function table(results: readonly Result[]): string {
	const columns = Object.keys(results[0]) as Array<keyof Result>;
	const rows = results.map((result) => columns.map((column) => String(result[column])));
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

async function main(): Promise<void> {
	// It brings n8n's own Pipedrive node.
	await ensureN8nHost();
	const isFull = process.argv.includes('--full');
	const only = process.argv.includes('--only')
		? process.argv[process.argv.indexOf('--only') + 1]
		: '';
	const runs = PLANS.flatMap((plan) =>
		Object.keys(CASES).flatMap((name) => SUBJECTS.map((subject) => [subject, plan, name])),
	).filter((run) => run.join(' ').includes(only));
	const results: Result[] = [];
	for (const run of runs) {
		console.error(`${run.join(' ')} …`);
		// Each record costs the others the same: some of them tell it all. `records` says how many.
		const most = run[0] === 'ours' || isFull ? Infinity : PER_RECORD_SAMPLE;
		results.push(await measure(...run, String(most)));
	}
	console.log(table(results));
	const at = process.argv.indexOf('--json');
	if (at > 0) writeFileSync(process.argv[at + 1], `${JSON.stringify(results, null, 2)}\n`);
}

void main();
