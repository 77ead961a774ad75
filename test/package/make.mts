import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SystemPackage } from './systems.mts';
import { writeTree } from './tree.mts';

/** A step that went wrong, with the last lines of what it printed. */
export class StepFailed extends Error {}

/**
 * Writes the tree of one package below `out`, lints it by n8n's rules (inline disables ignored), builds and packs it.
 * Gives the path of the tarball; throws `StepFailed`.
 */
export function makePackage(
	system: SystemPackage,
	out: string,
	say: (line: string) => void = () => undefined,
): string {
	mkdirSync(out, { recursive: true });
	const target = join(out, system.name);
	const { nodes, credentials, workflows, sources } = writeTree(system, target);
	say(
		`${nodes.length} nodes, ${credentials.length} credentials, ${workflows.length} templates, ${sources.length} files`,
	);
	const step = (what: string, ...args: string[]) => {
		const { status, stdout, output } = npm(args, target);
		if (status !== 0) throw new StepFailed(`${system.name}: ${what} failed.\n${output}`);
		say(`${what}: good`);
		return stdout;
	};
	// What n8n's scan lints of a package's source.
	const scanned = ['nodes', 'credentials', 'package.json'];
	step('lint', 'exec', '--', 'eslint', '--no-inline-config', '--max-warnings', '0', ...scanned);
	step('build', 'exec', '--', 'n8n-node', 'build');
	const told = step('pack', 'pack', '--json', '--ignore-scripts', '--pack-destination', '..');
	const [packed] = JSON.parse(told) as Array<{ filename: string }>;
	const tarball = resolve(out, `${system.name}.tgz`);
	renameSync(join(out, packed?.filename ?? ''), tarball);
	return tarball;
}

function npm(args: string[], cwd: string) {
	const isWindows = process.platform === 'win32';
	const env = { ...process.env };
	// Under "test" some rules of n8n's plugin speak to its own tests.
	delete env.NODE_ENV;
	const { status, stdout, stderr } = spawnSync(isWindows ? 'npm.cmd' : 'npm', args, {
		cwd,
		env,
		encoding: 'utf8',
		shell: isWindows,
		maxBuffer: 64 * 1024 * 1024,
	});
	// n8n-node draws a spinner: only lines that say something.
	const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => !/\u001b\[\d*D/.test(line));
	return { status, stdout, output: lines.slice(-60).join('\n') };
}
