import { objectionTo } from './importRules.mts';
import { cycleIn, filesUnder, importsOf, textOf } from './sources.mts';

const sources = ['core', 'nodes', 'credentials']
	.flatMap(filesUnder)
	.filter((file) => file.endsWith('.ts'));
const imports = sources.flatMap((file) => importsOf(file));

/** Sources that must not be able to change anything in the ERP. */
const READ_ONLY = ['nodes/SapS4Hana/', 'nodes/Syspro/', 'nodes/Sage300/'];
const WRITE_VERB = /['"`](POST|PATCH|PUT|DELETE|MERGE)['"`]/i;

describe('the rules of who may import whom', () => {
	it('are kept by every file of core, nodes and credentials', () => {
		expect(sources.length).toBeGreaterThan(10);
		expect(imports.map(objectionTo).filter(Boolean)).toEqual([]);
	});

	it('are kept without any cycle', () => {
		expect(cycleIn(imports)).toBeUndefined();
	});

	it.each([
		['core/sync/drain.ts', 'core/http/client.ts', 'core/sync does not know core/http'],
		['core/http/client.ts', 'core/sync/drain.ts', 'core/http does not know core/sync'],
		['core/record/erpRecord.ts', 'n8n-workflow', 'only core/n8n may'],
		['core/n8n/poll.ts', 'nodes/Pipedrive/api.ts', 'core knows no vendor'],
		['nodes/Pipedrive/api.ts', 'nodes/SapS4Hana/source.ts', 'its own folder only'],
		['nodes/Pipedrive/api.ts', 'node:fs', 'no such runtime dependency'],
		['nodes/Pipedrive/api.ts', 'axios', 'no such runtime dependency'],
		['nodes/Pipedrive/api.ts', 'test/fakes/clock.mts', 'nothing imports test'],
		['credentials/A.credentials.ts', 'core/http/client.ts', 'only n8n-workflow'],
		['credentials/A.credentials.ts', 'luxon', 'only n8n-workflow'],
	])('object to %s importing %s', (from, to, why) => {
		expect(objectionTo({ from, to })).toContain(why);
	});

	it.each([
		['core/odata/v2.ts', 'core/http/errors.ts'],
		['core/n8n/poll.ts', 'n8n-workflow'],
		['nodes/Pipedrive/upsert.ts', 'core/http/client.ts'],
		['nodes/Pipedrive/upsert.ts', 'nodes/Pipedrive/plan.ts'],
		['credentials/A.credentials.ts', 'n8n-workflow'],
	])('allow %s to import %s', (from, to) => {
		expect(objectionTo({ from, to })).toBeUndefined();
	});

	it('see imports of every kind', () => {
		const text = `import a from 'a'; import type { B } from 'b'; export * from 'c'; import('d'); require('e');`;
		const seen = importsOf('core/n8n/x.ts', text).map((one) => one.to);
		expect(seen.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
	});

	it('see a cycle', () => {
		const circle = [
			{ from: 'a', to: 'b' },
			{ from: 'b', to: 'c' },
			{ from: 'c', to: 'b' },
		];
		expect(cycleIn(circle)).toEqual(['b', 'c', 'b']);
	});
});

describe('the sources', () => {
	it('have names that say what is in them', () => {
		const banned = /(^|\/)(utils?|helpers?|common|misc|GenericFunctions|.*manager)\.(ts|mts)$/i;
		const all = [...sources, ...filesUnder('test').filter((file) => file.endsWith('.mts'))];
		expect(all.filter((file) => banned.test(file))).toEqual([]);
		expect(banned.test('core/http/utils.ts')).toBe(true);
		expect(banned.test('core/sync/StateManager.ts')).toBe(true);
	});

	it('of read-only systems hold no word that could write to the ERP', () => {
		const files = sources.filter((file) => READ_ONLY.some((folder) => file.startsWith(folder)));
		const writing = files.filter((file) => WRITE_VERB.test(textOf(file)));
		expect(writing).toEqual([]);
		expect(WRITE_VERB.test("method: 'POST'")).toBe(true);
	});

	it('use no clock, timer or global of their own outside core/n8n', () => {
		const banned = /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval)\b/;
		const files = sources.filter((file) => !file.startsWith('core/n8n/'));
		const withOwnClock = files.filter((file) => banned.test(withoutComments(textOf(file))));
		expect(withOwnClock).toEqual([]);
	});
});

function withoutComments(text: string): string {
	return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
