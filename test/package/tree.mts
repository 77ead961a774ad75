import {
	cpSync,
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { filesUnder, importsOf, textOf } from '../house/sources.mts';
import { readmeOf } from './readme.mts';
import { SYSTEM_PACKAGES, WHOLE_PACKAGE, type SystemPackage } from './systems.mts';

interface Manifest extends Record<string, unknown> {
	keywords: string[];
	n8n: { nodes: string[]; credentials: string[] } & Record<string, unknown>;
}

/** What a package of one system holds, as paths of this repository. */
export interface Contents {
	/** Source files with everything that they import, and their icons. */
	sources: string[];
	nodes: string[];
	credentials: string[];
	workflows: string[];
}

/** Everything that is not source and stands the same in every package. */
const COMMON = ['LICENSE', 'CHANGELOG.md', 'tsconfig.json', 'eslint.config.mjs'];

export function contentsOf(system: SystemPackage): Contents {
	const own = filesUnder(`nodes/${system.folder}`);
	const text = own
		.filter((file) => file.endsWith('.ts'))
		.map(textOf)
		.join('\n');
	const credentials = filesUnder('credentials').filter((file) => {
		const name = /^\s*name = '(\w+)'/m.exec(file.endsWith('.ts') ? textOf(file) : '')?.[1];
		return name !== undefined && text.includes(`'${name}'`);
	});
	return {
		sources: [...withImports([...own, ...credentials])].sort(),
		nodes: own.filter((file) => file.endsWith('.node.ts')),
		credentials,
		workflows: workflowsOf(system),
	};
}

function withImports(start: readonly string[]): Set<string> {
	const found = new Set<string>();
	const waiting = [...start];
	for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
		if (found.has(file) || !existsSync(file)) continue;
		found.add(file);
		if (!file.endsWith('.ts')) continue;
		waiting.push(...importsOf(file).map(({ to }) => to));
		const icons = [...textOf(file).matchAll(/'file:([^']+)'/g)];
		waiting.push(...icons.map(([, icon = '']) => posix.join(dirname(file), icon)));
	}
	return found;
}

/** An ERP's package brings the templates that begin with it; what belongs to no ERP is Pipedrive's. */
function workflowsOf(system: SystemPackage): string[] {
	const files = filesUnder('workflows').filter((file) => file.endsWith('.json'));
	return files.filter((file) => {
		const erps = SYSTEM_PACKAGES.filter(
			({ folder }) =>
				folder !== 'Pipedrive' &&
				typesOf(folder).some((type) => textOf(file).includes(`"${type}"`)),
		);
		return system.folder === 'Pipedrive' ? erps.length === 0 : erps.includes(system);
	});
}

/** `n8n-nodes-erp-pipedrive.sapEcc`, `….sapEccTrigger`: the types as the whole package names them. */
function typesOf(folder: string): string[] {
	return filesUnder(`nodes/${folder}`)
		.filter((file) => file.endsWith('.node.ts'))
		.map((file) => posix.basename(file, '.node.ts'))
		.map((name) => `${WHOLE_PACKAGE}.${name[0]?.toLowerCase()}${name.slice(1)}`);
}

/** Types of nodes begin with the name of the package that brings them. */
export function withSplitTypes(text: string): string {
	return SYSTEM_PACKAGES.reduce(
		(changed, { name, folder }) =>
			typesOf(folder).reduce(
				(one, type) => one.replaceAll(`"${type}"`, `"${type.replace(WHOLE_PACKAGE, name)}"`),
				changed,
			),
		text,
	);
}

/** Writes the whole source tree of one package: it can be linted, built, packed, or put into a repository of its own. */
export function writeTree(system: SystemPackage, target: string): Contents {
	const contents = contentsOf(system);
	rmSync(target, { recursive: true, force: true });
	mkdirSync(target, { recursive: true });
	for (const file of [...contents.sources, ...COMMON]) {
		cpSync(file, join(target, file), { recursive: true });
	}
	for (const file of [
		...contents.sources.filter((one) => one.endsWith('.json')),
		...contents.workflows,
	]) {
		mkdirSync(dirname(join(target, file)), { recursive: true });
		writeFileSync(join(target, file), withSplitTypes(textOf(file)));
	}
	writeFileSync(join(target, 'README.md'), readmeOf(system, contents));
	const manifest = JSON.stringify(manifestOf(system, contents), null, 2);
	writeFileSync(join(target, 'package.json'), `${manifest}\n`);
	symlinkSync(join(process.cwd(), 'node_modules'), join(target, 'node_modules'), 'junction');
	return contents;
}

function manifestOf(system: SystemPackage, contents: Contents): Manifest {
	const whole = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
	const built = (file: string) => `dist/${file.replace(/\.ts$/, '.js')}`;
	return {
		name: system.name,
		version: whole.version,
		description: system.description,
		keywords: ['n8n-community-node-package', 'n8n', ...system.keywords],
		license: whole.license,
		homepage: whole.homepage,
		author: whole.author,
		repository: whole.repository,
		engines: whole.engines,
		files: whole.files,
		scripts: { build: 'n8n-node build', lint: 'n8n-node lint' },
		n8n: {
			...whole.n8n,
			credentials: contents.credentials.map(built),
			nodes: contents.nodes.map(built),
		},
		peerDependencies: whole.peerDependencies,
		devDependencies: toolsOf(whole.devDependencies as Record<string, string>),
	};
}

/** What building and linting need; the tests stay in this repository. */
function toolsOf(devDependencies: Record<string, string>): Record<string, string> {
	const needed =
		/^(@n8n\/node-cli|@types\/(luxon|node)|eslint|luxon|n8n-workflow|prettier|typescript|zod)$/;
	return Object.fromEntries(Object.entries(devDependencies).filter(([name]) => needed.test(name)));
}
