/** The OAuth2 scopes that credential and docs name, held against what Pipedrive asks for each address that we call. */
import { readFileSync } from 'node:fs';
import { ErpPipedriveOAuth2Api } from '../../credentials/ErpPipedriveOAuth2Api.credentials';
import { documentsPresent, loadOperations, skipReason } from './openapiDocuments.mts';
import { endpointsOf, filesWithCosts } from './pipedriveEndpoints.mts';

/** Every app has it. */
const ALWAYS = 'base';

const scopesIn = (text: string) => [
	...new Set(text.match(/\b(?:[a-z]+(?:-[a-z]+)?:(?:full|read)|admin)\b/g)),
];
const notice = new ErpPipedriveOAuth2Api().properties.find(({ name }) => name === 'scopeNotice');
const named = scopesIn(String(notice?.displayName));

describe('OAuth2 scopes', () => {
	it('are the same in the credential and in the docs', () => {
		const page = readFileSync('docs/pipedrive.md', 'utf8');
		const paragraph = page.split('\n\n').find((text) => text.startsWith('OAuth2 instead')) ?? '';
		expect(named.length).toBeGreaterThan(5);
		expect(scopesIn(paragraph).sort()).toEqual([...named].sort());
	});

	(documentsPresent ? it : it.skip)(
		`open every address that is called, and none is asked for in vain${documentsPresent ? '' : ` (${skipReason})`}`,
		() => {
			const asked = new Map(
				loadOperations().map(({ method, version, path, scopes }) => [
					`${method} ${version}${path}`,
					scopes,
				]),
			);
			const called = filesWithCosts.flatMap((file) =>
				endpointsOf(file).map(({ method, path, version }) => `${method} v${version}${path}`),
			);
			const needed = [...new Set(called)].map((name) => ({ name, scopes: asked.get(name) ?? [] }));
			const closed = needed.filter(
				({ scopes }) =>
					scopes.length > 0 && !scopes.some((scope) => [ALWAYS, ...named].includes(scope)),
			);
			expect(closed).toEqual([]);
			const idle = named.filter((scope) => !needed.some(({ scopes }) => scopes.includes(scope)));
			expect(idle).toEqual([]);
			process.stdout.write(`Pipedrive: scopes of ${needed.length} endpoints compared\n`);
			expect(needed.length).toBeGreaterThan(30);
		},
	);
});
