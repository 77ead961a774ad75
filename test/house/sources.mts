import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

const root = process.cwd();

export interface Import {
	from: string;
	/** A package (`luxon`), a built-in (`node:crypto`), or a file of the repository (`core/http/client.ts`). */
	to: string;
}

/** Files under a folder of the repository, as paths with `/` from its root. */
export function filesUnder(folder: string): string[] {
	if (!existsSync(join(root, folder))) return [];
	return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) =>
			posix.join(
				...join(entry.parentPath, entry.name)
					.slice(root.length + 1)
					.split(/[\\/]/),
			),
		)
		.filter((file) => !file.includes('node_modules/'))
		.sort();
}

export function textOf(file: string): string {
	return readFileSync(join(root, file), 'utf8');
}

/** Imports of every kind: static, type only, `require`, dynamic. */
export function importsOf(file: string, text = textOf(file)): Import[] {
	const info = ts.preProcessFile(text, true, true);
	return info.importedFiles.map(({ fileName }) => ({ from: file, to: resolve(file, fileName) }));
}

function resolve(file: string, name: string): string {
	if (!name.startsWith('.')) return name;
	const path = posix.join(dirname(file), name);
	const candidates = [path, `${path}.ts`, `${path}/index.ts`];
	return candidates.find((one) => /\.\w+$/.test(one) && existsSync(join(root, one))) ?? path;
}

/** The files of one cycle, first one repeated at the end; undefined when there is none. */
export function cycleIn(imports: Import[]): string[] | undefined {
	const targets = new Map<string, string[]>();
	for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
	const done = new Set<string>();
	const visit = (file: string, path: string[]): string[] | undefined => {
		if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
		if (done.has(file)) return undefined;
		for (const target of targets.get(file) ?? []) {
			const cycle = visit(target, [...path, file]);
			if (cycle) return cycle;
		}
		done.add(file);
		return undefined;
	};
	for (const file of targets.keys()) {
		const cycle = visit(file, []);
		if (cycle) return cycle;
	}
	return undefined;
}
