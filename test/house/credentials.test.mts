import { existsSync } from 'node:fs';
import { filesUnder, textOf } from './sources.mts';

const BASE_FOLDER = 'test/n8n-host/node_modules/n8n-nodes-base/dist/credentials';
const LANGCHAIN_FOLDER = 'test/n8n-host/node_modules/@n8n/n8n-nodes-langchain/dist/credentials';

const typeNames = filesUnder('credentials')
	.filter((file) => file.endsWith('.ts'))
	.map((file) => ({ file, name: /^\tname = '([^']+)'/m.exec(textOf(file))?.[1] ?? '' }));

describe('credential types', () => {
	it('carry the prefix of this package, because their names are global in n8n', () => {
		expect(typeNames.filter(({ name }) => !/^erp[A-Z]\w+$/.test(name))).toEqual([]);
		expect(new Set(typeNames.map(({ name }) => name)).size).toBe(typeNames.length);
	});

	const knownToN8n = [BASE_FOLDER, LANGCHAIN_FOLDER].flatMap(namesIn);
	const withN8n = knownToN8n.length > 0 ? it : it.skip;

	withN8n(
		'do not take the name of one of n8n’s own (skipped unless test/n8n-host is installed)',
		() => {
			expect(knownToN8n).toEqual(expect.arrayContaining(['pipedriveApi', 'oAuth2Api']));
			expect(typeNames.filter(({ name }) => knownToN8n.includes(name))).toEqual([]);
		},
	);
});

function namesIn(folder: string): string[] {
	const file = `${folder.replace(/credentials$/, 'types')}/credentials.json`;
	if (!existsSync(file)) return [];
	return (JSON.parse(textOf(file)) as Array<{ name: string }>).map((type) => type.name);
}
