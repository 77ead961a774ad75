import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from './paths.mts';

const SOURCES = [
	'package.json',
	'tsconfig.json',
	'README.md',
	'CHANGELOG.md',
	'LICENSE',
	'core',
	'credentials',
	'nodes',
	'workflows',
];
const cacheFolder = join(repoRoot, 'node_modules', '.cache', 'n8n-nodes-erp-pipedrive');
const isWindows = process.platform === 'win32';

/**
 * Builds and packs the repository; the path of the tarball. `PACKAGE_TARBALL` names a finished one instead.
 * The tarball is named by a digest of the sources, so unchanged sources are not built twice.
 */
export function packRepository(): string {
	if (process.env.PACKAGE_TARBALL) return process.env.PACKAGE_TARBALL;
	const tarball = join(cacheFolder, `${digestOfSources()}.tgz`);
	if (existsSync(tarball)) return tarball;
	run('npm', ['run', 'build']);
	rmSync(cacheFolder, { recursive: true, force: true });
	mkdirSync(cacheFolder, { recursive: true });
	return pack(repoRoot, tarball);
}

/** Packs one folder that needs no build. */
export function pack(folder: string, tarball: string): string {
	const output = run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', join(tarball, '..')],
		folder,
	);
	const [packed] = JSON.parse(output) as Array<{ filename: string }>;
	renameSync(join(tarball, '..', packed?.filename ?? ''), tarball);
	return tarball;
}

/** Puts a packed package where n8n finds it by its real type names, as an installed community package. */
export function installPackage(tarball: string, userFolder: string): void {
	const manifest = execFileSync('tar', ['-xzOf', tarball, 'package/package.json']).toString();
	const { name } = JSON.parse(manifest) as { name: string };
	const folder = join(userFolder, '.n8n', 'nodes', 'node_modules', name);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder]);
}

function digestOfSources(): string {
	const hash = createHash('sha256');
	for (const file of SOURCES.flatMap((source) => filesUnder(source))) {
		hash.update(`${file}\n`).update(readFileSync(join(repoRoot, file)));
	}
	return hash.digest('hex').slice(0, 16);
}

function filesUnder(path: string): string[] {
	if (!existsSync(join(repoRoot, path))) return [];
	const isFile = /\.(json|md|ts|svg|png)$|LICENSE$/.test(path);
	if (isFile) return [path];
	return readdirSync(join(repoRoot, path), { withFileTypes: true })
		.sort((a, b) => (a.name < b.name ? -1 : 1))
		.flatMap((entry) => filesUnder(`${path}/${entry.name}`));
}

function run(command: string, args: string[], cwd = repoRoot): string {
	const result = spawnSync(isWindows ? `${command}.cmd` : command, args, {
		cwd,
		encoding: 'utf8',
		shell: isWindows,
		maxBuffer: 64 * 1024 * 1024,
	});
	if (result.status === 0) return result.stdout;
	const output = withoutAnimation(`${result.stdout ?? ''}\n${result.stderr ?? ''}`);
	throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
}

/** n8n-node draws a spinner: thousands of characters between the lines that matter. */
function withoutAnimation(output: string): string {
	const spinner = /^.*\u001b\[\d*D.*$/;
	const lines = output.split('\n').filter((line) => line.trim() && !spinner.test(line));
	return lines
		.slice(-30)
		.join('\n')
		.replace(/\u001b\[[?\d;]*[A-Za-z]/g, '');
}
