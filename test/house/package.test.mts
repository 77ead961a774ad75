import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { filesUnder, textOf } from './sources.mts';

interface Manifest {
	name: string;
	license: string;
	keywords: string[];
	dependencies?: Record<string, string>;
	devDependencies: Record<string, string>;
	n8n: { strict: boolean; credentials: string[]; nodes: string[] };
}
const manifest = JSON.parse(textOf('package.json')) as Manifest;

const built = (file: string) => `dist/${file.replace(/\.ts$/, '.js')}`;

describe('the package', () => {
	it('registers every node and every credential that it holds', () => {
		const nodes = filesUnder('nodes').filter((file) => file.endsWith('.node.ts'));
		const credentials = filesUnder('credentials').filter((file) => file.endsWith('.ts'));
		expect([...manifest.n8n.nodes].sort()).toEqual(nodes.map(built).sort());
		expect([...manifest.n8n.credentials].sort()).toEqual(credentials.map(built).sort());
	});

	it('brings no runtime dependency, and pins every development one', () => {
		expect(manifest.dependencies ?? {}).toEqual({});
		const loose = Object.entries(manifest.devDependencies).filter(
			([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
		);
		expect(loose).toEqual([]);
	});

	it('is found by people who look for community nodes, under the MIT licence', () => {
		expect(manifest.keywords).toContain('n8n-community-node-package');
		expect(manifest.license).toBe('MIT');
		expect(textOf('LICENSE')).toContain('MIT License');
		expect(manifest.n8n.strict).toBe(true);
	});

	it('ships only what users need', () => {
		const isWindows = process.platform === 'win32';
		const output = execFileSync(
			isWindows ? 'npm.cmd' : 'npm',
			['pack', '--dry-run', '--json', '--ignore-scripts'],
			{ stdio: ['ignore', 'pipe', 'ignore'], shell: isWindows },
		).toString();
		const [packed] = JSON.parse(output) as Array<{ files: Array<{ path: string }> }>;
		const files = (packed?.files ?? []).map((file) => file.path);
		const wanted = ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json'];
		const surplus = files.filter(
			(file) => !wanted.includes(file) && !/^(dist|workflows)\//.test(file),
		);
		expect(surplus).toEqual([]);
		expect(files).toEqual(expect.arrayContaining(wanted));
		expect(files.filter((file) => /(^|\/)(test|fixtures)\/|\.tsbuildinfo$/.test(file))).toEqual([]);
	});
});

describe('the repository', () => {
	const tracked = trackedFiles();
	const check = tracked.length > 0 ? it : it.skip;

	check('names no package registry and no folder of one machine', () => {
		const own = 'test/house/package.test.mts';
		const offenders = tracked
			.filter((file) => file !== own && existsSync(file))
			.flatMap((file) => traces(readFileSync(file, 'latin1')).map((trace) => `${file}: ${trace}`));
		expect(offenders).toEqual([]);
	});

	it('would notice a registry or a machine path', () => {
		expect(
			traces(`"resolved": "https://${['registry', 'npmjs', 'org'].join('.')}/a"`),
		).toHaveLength(1);
		expect(traces('see /home/anna/notes')).toHaveLength(1);
		expect(traces('in C:\\Users\\anna')).toHaveLength(1);
		expect(traces('https://example.test/home/page')).toHaveLength(0);
	});
});

function traces(text: string): string[] {
	const registry =
		/\b(registry\.[a-z0-9.-]+\.[a-z]{2,}|[a-z0-9.-]*(artifactory|verdaccio|nexus)\.[a-z0-9.-]+)/gi;
	const folder = /(?<![\w.:}/-])\/(home|Users|root|work)\/[\w.-]+|[A-Z]:\\Users\\\w+/g;
	// The home of n8n's Docker image is no machine of ours.
	const folders = (text.match(folder) ?? []).filter((path) => path !== '/home/node');
	return [...(text.match(registry) ?? []), ...folders];
}

/** None outside a git checkout. */
function trackedFiles(): string[] {
	const result = spawnSync('git', ['ls-files', '-z'], { encoding: 'utf8' });
	return result.status === 0 ? result.stdout.split('\0').filter(Boolean) : [];
}
