import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './n8n-host/chromium.mts';
import { ensureN8nHost } from './n8n-host/install.mts';
import { ownedFolder } from './n8n-host/n8n.mts';
import { packRepository } from './n8n-host/pack.mts';

/** `npm test`: every stage, each to its end, whatever the one before said. `-- --only unit,e2e` picks some. */

interface Counts {
	passed: number;
	failed: number;
	skipped: number;
}
type Stage = { name: string; about: string; run(): Promise<Counts> };

const results = mkdtempSync(join(tmpdir(), 'erp-pipedrive-test-'));
const bin = (path: string) => join('node_modules', path);

const stages: Stage[] = [
	{
		name: 'types',
		about: 'TypeScript of the package and of its tests',
		async run() {
			const tsc = bin('typescript/bin/tsc');
			const main = await node([tsc, '--noEmit']);
			const tests = await node([tsc, '--noEmit', '-p', 'test/tsconfig.json']);
			return sum([check(main === 0), check(tests === 0)]);
		},
	},
	{
		name: 'lint',
		about: 'n8n’s strict rules for community nodes, inline disables ignored',
		run: async () => check((await npm(['run', '--silent', 'lint'])) === 0),
	},
	{
		name: 'build',
		about: 'the package as users get it',
		async run() {
			console.log(`  ${packRepository()}`);
			return check(true);
		},
	},
	jestStage('unit', 'core, nodes, house rules'),
	jestStage('contract', 'what every source has to pass'),
	jestStage('conformance', 'requests and answers against the vendors’ own descriptions'),
	jestStage('engine', 'the nodes inside n8n’s engine'),
	{
		...jestStage('e2e', 'a real n8n, crashes and restarts included'),
		async run() {
			await ensureN8nHost();
			if (!findChromium()) {
				console.log(
					'  No Chromium here: the browser tests are skipped (set CHROMIUM_PATH to use one).',
				);
			}
			packRepository();
			await ownedFolder();
			// Most of the time they wait: for n8n, for the next minute.
			return await jest('e2e', ['--maxWorkers=2', '--testSequencer=./test/e2e/longestFirst.cjs']);
		},
	},
];

function jestStage(name: string, about: string): Stage {
	return { name, about, run: () => jest(name, []) };
}

async function main(): Promise<void> {
	const totals: Counts[] = [];
	for (const stage of chosen()) {
		const startedAt = Date.now();
		console.log(`\n== ${stage.name}: ${stage.about}`);
		const counts = await stage.run().catch((error: Error) => {
			console.log(error.message);
			return check(false);
		});
		totals.push(counts);
		const seconds = Math.round((Date.now() - startedAt) / 1000);
		console.log(`== ${stage.name}: ${worded(counts)} (${seconds} s)`);
	}
	rmSync(results, { recursive: true, force: true });
	const total = sum(totals);
	console.log(`\nTests: ${worded(total)}`);
	process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function chosen(): Stage[] {
	const at = process.argv.indexOf('--only');
	if (at < 0) return stages;
	const names = (process.argv[at + 1] ?? '').split(',');
	const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
	if (unknown.length === 0) return stages.filter((stage) => names.includes(stage.name));
	const known = stages.map((stage) => stage.name).join(', ');
	console.error(`--only knows these stages: ${known}; not: ${unknown.join(', ')}.`);
	process.exit(2);
}

async function jest(project: string, args: string[]): Promise<Counts> {
	const file = join(results, `${project}.json`);
	const report = ['--json', `--outputFile=${file}`];
	await node([bin('jest/bin/jest.js'), '--selectProjects', project, ...report, ...args], true);
	if (!existsSync(file)) return check(false);
	const told = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
	const counts = {
		passed: told.numPassedTests ?? 0,
		failed: (told.numFailedTests ?? 0) + (told.numRuntimeErrorTestSuites ?? 0),
		skipped: (told.numPendingTests ?? 0) + (told.numTodoTests ?? 0),
	};
	const isEmpty = counts.passed + counts.failed + counts.skipped === 0;
	return isEmpty ? check(false) : counts;
}

function check(isGood: boolean): Counts {
	return { passed: isGood ? 1 : 0, failed: isGood ? 0 : 1, skipped: 0 };
}

function sum(all: Counts[]): Counts {
	return all.reduce(
		(total, one) => ({
			passed: total.passed + one.passed,
			failed: total.failed + one.failed,
			skipped: total.skipped + one.skipped,
		}),
		{ passed: 0, failed: 0, skipped: 0 },
	);
}

function worded({ passed, failed, skipped }: Counts): string {
	return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

const node = (args: string[], isJest = false) => run(process.execPath, args, isJest);
const npm = (args: string[]) => run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, false);

/** Jest's own totals would look like ours, and its JSON goes to standard output as well. */
async function run(command: string, args: string[], isJest: boolean): Promise<number | null> {
	const child = spawn(command, args, {
		stdio: ['ignore', isJest ? 'ignore' : 'inherit', isJest ? 'pipe' : 'inherit'],
		shell: command.endsWith('.cmd'),
	});
	let rest = '';
	child.stderr?.on('data', (chunk: Buffer) => {
		const lines = (rest + chunk.toString()).split('\n');
		rest = lines.pop() ?? '';
		const shown = lines.filter((line) => !/^(Tests|Test Suites|Snapshots|Time): /.test(line));
		if (shown.length > 0) console.log(shown.join('\n'));
	});
	return await new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
}

await main();
