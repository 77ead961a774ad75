import { join } from 'node:path';
import type { INodeType } from 'n8n-workflow';
import { filesUnder } from './sources.mts';

const files = filesUnder('nodes').filter((file) => file.endsWith('.node.ts'));

function typeIn(file: string): INodeType {
	const module = require(join(process.cwd(), file)) as Record<string, new () => INodeType>;
	return new (Object.values(module)[0])();
}

/** What a description names under this key, however deep. */
function namedIn(value: unknown, key: string): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, inner]) =>
		name === key && typeof inner === 'string' ? [inner] : namedIn(inner, key),
	);
}

const KINDS = [
	['loadOptions', 'loadOptionsMethod'],
	['listSearch', 'searchListMethod'],
	['resourceMapping', 'resourceMapperMethod'],
] as const;

describe.each(files)('the panel of %s', (file) => {
	it.each(KINDS)('finds each %s it names, and the node holds no other', (methods, key) => {
		const { description, methods: held } = typeIn(file);
		const named = [...new Set(namedIn(description.properties, key))].sort();
		expect(Object.keys(held?.[methods] ?? {}).sort()).toEqual(named);
	});
});
