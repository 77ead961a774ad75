import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostFolder, hostModules, hostNode } from './paths.mts';

const NATIVE_MODULES = ['node', 'sqlite3', 'isolated-vm'];
const stampFile = join(hostModules, '.n8n-host-ready');

export type Say = (line: string) => void;

/**
 * Installs the pinned n8n and its own Node under `test/n8n-host` on first use; later calls return at once.
 * Throws with the last lines of npm's output when the installation fails.
 */
export async function ensureN8nHost(say: Say = console.log): Promise<void> {
	if (isInstalled()) return;
	const version = pinned().n8n;
	if (isComplete()) {
		writeStamp();
		return;
	}
	say(`Installing n8n ${version} for the demo and the tests: once, about 3 to 6 minutes.`);
	await npm(['install', '--no-audit', '--no-fund'], 'packages', 150, say);
	await npm(
		['rebuild', ...NATIVE_MODULES, '--ignore-scripts=false', '--foreground-scripts'],
		'native modules',
		75,
		say,
	);
	if (!isComplete()) {
		throw new Error(
			`n8n ${version} was installed under ${hostFolder} but does not start: delete its node_modules folder and try again.`,
		);
	}
	writeStamp();
	say(`n8n ${version} is installed.`);
}

export function isInstalled(): boolean {
	return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stampOf();
}

/** The exact versions that the manifest names. */
export function pinned(): { n8n: string; node: string } {
	return manifest().dependencies as { n8n: string; node: string };
}

function isComplete(): boolean {
	if (installedVersion('n8n') !== pinned().n8n || installedVersion('node') !== pinned().node) {
		return false;
	}
	const natives = NATIVE_MODULES.filter((name) => name !== 'node');
	const probe = natives.map((name) => `require('${name}')`).join(';');
	return spawnSync(hostNode, ['-e', probe], { cwd: hostFolder, stdio: 'ignore' }).status === 0;
}

function installedVersion(name: string): string | undefined {
	const file = join(hostModules, name, 'package.json');
	if (!existsSync(file)) return undefined;
	return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function manifest(): { dependencies: Record<string, string> } {
	return JSON.parse(readFileSync(join(hostFolder, 'package.json'), 'utf8')) as {
		dependencies: Record<string, string>;
	};
}

function stampOf(): string {
	const hash = createHash('sha256');
	for (const file of ['package.json', 'package-lock.json']) {
		hash.update(readFileSync(join(hostFolder, file)));
	}
	return `${hash.digest('hex')}\n`;
}

function writeStamp(): void {
	writeFileSync(stampFile, stampOf());
}

/** npm shows nothing useful without a terminal: the passing time against the usual one is the progress. */
async function npm(args: string[], what: string, usualSeconds: number, say: Say): Promise<void> {
	const lines: string[] = [];
	const startedAt = Date.now();
	const isWindows = process.platform === 'win32';
	const child = spawn(isWindows ? 'npm.cmd' : 'npm', args, {
		cwd: hostFolder,
		env: environmentWithoutOuterNpm(),
		shell: isWindows,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const keep = (chunk: Buffer) => {
		lines.push(...chunk.toString().split('\n').filter(Boolean));
		lines.splice(0, Math.max(0, lines.length - 30));
	};
	child.stdout.on('data', keep);
	child.stderr.on('data', keep);
	const progress = setInterval(() => {
		const seconds = Math.round((Date.now() - startedAt) / 1000);
		say(`  ${what}: ${seconds} s so far, usually about ${usualSeconds} s`);
	}, 15_000);
	const code = await new Promise<number | null>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	}).finally(() => clearInterval(progress));
	if (code !== 0) {
		throw new Error(`npm ${args[0]} failed in ${hostFolder}:\n${lines.join('\n')}`);
	}
	say(`  ${what}: done in ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

/** `npm run` hands its own settings down as npm_config_*; they would win over the folder's .npmrc. */
function environmentWithoutOuterNpm(): NodeJS.ProcessEnv {
	const kept = Object.entries(process.env).filter(
		([name]) =>
			!/^npm_(config_(legacy_peer_deps|ignore_scripts|local_prefix|prefix)|package_|lifecycle_)/i.test(
				name,
			),
	);
	return Object.fromEntries(kept);
}
