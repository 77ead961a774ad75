import { createHash } from 'node:crypto';
import { figuresOf, type Readings } from '../../templates/health/figures.mts';
import { pageOf } from '../../templates/health/page.mts';
import { STYLE, STYLE_HASH } from '../../templates/health/style.mts';
import { codeOf } from '../../templates/health/code.mts';
import { aside, readings, run } from './readings.mts';

const pageFor = (more: Partial<Readings> = {}) => pageOf(figuresOf(readings(more)));
const HOSTILE = `"><img src=x onerror=alert(1)>'<script>alert(2)</script>&amp;\u202e`;

it('an empty database gives a friendly page with the budget', () => {
	const page = pageFor();
	expect(page).toContain('No run yet');
	expect(page).toContain('300,000');
	expect(page).not.toContain('To look at');
});

it.each([
	[0, '(0 % of their part)'],
	[1, '(under 1 % of their part)'],
	[120_000, '(50 % of their part)'],
	[300_000, '(125 % of their part)'],
])('of %d tokens says %s', (tokens, words) => {
	expect(pageFor({ runs: [run(1, { tokens })] })).toContain(words);
});

it('says so when something could not be read, and does not say that there was no run', () => {
	const page = pageFor({ runs: [{ error: 'Data table with name "x" not found' }] });
	expect(page).toContain('Data table with name &quot;x&quot; not found');
	expect(page).not.toContain('No run yet');
});

it('shows as text whatever comes from the ERP, in every field of every row', () => {
	const fields = (row: object) =>
		Object.fromEntries(Object.entries(row).map(([name, value]) => [name, hostile(value)]));
	const hostile = (value: unknown) =>
		typeof value === 'string' && !/^\d{4}-/.test(value) ? HOSTILE : value;
	const page = pageFor({
		runs: [fields(run(1))],
		newestWrites: [fields({ id: 1, workflowId: '', entity: 'x', readAt: '', writtenAt: '' })],
		setAside: [fields(aside(1)), fields(aside(2))],
		budget: [{ error: HOSTILE }],
		editorAddress: `javascript:alert(1)//${HOSTILE}`,
	});
	const tags = new Set([...page.matchAll(/<([a-z0-9]+)/gi)].map(([, tag]) => tag));
	expect(tags).not.toContain('img');
	expect(tags).not.toContain('script');
	expect(page).not.toMatch(/<[^>]+\son\w+=/i);
	expect(page).not.toMatch(/href="(?!\.\.\/|"|data:,")/);
	expect(page.match(/onerror=alert/g)?.length).toBeGreaterThan(8);
});

it('loads nothing: no address but those of links, and a policy that lets in its own style alone', () => {
	const page = pageFor({ runs: [run(1)], setAside: [aside(1)] });
	const digest = createHash('sha256').update(STYLE).digest('base64');
	expect(STYLE_HASH).toBe(`sha256-${digest}`);
	// The very bytes of the digest: a browser drops any other style.
	expect(page).toContain(`<style>${STYLE}</style>`);
	expect(page).toContain(`default-src &#39;none&#39;; style-src &#39;${STYLE_HASH}&#39;`);
	expect(page).not.toMatch(/https?:|url\(|@import|\sstyle=|\ssrc=/);
	const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
	expect(links.filter((href) => !/^(\.\.\/.*|data:,|)$/.test(href ?? ''))).toEqual([]);
});

it.each([
	['beside the page', '', 'href="../workflow/partners/executions"'],
	[
		'elsewhere',
		'https://n8n.acme.test/',
		'href="https://n8n.acme.test/workflow/partners/executions"',
	],
])('links lead to the editor %s', (_, editorAddress, href) => {
	expect(pageFor({ runs: [run(1)], editorAddress })).toContain(href);
});

it.each([
	['a source that is silent', { runs: [run(50)] }, 'no run for 2 days'],
	['a budget that is used up', { runs: [run(1)], budget: [{ perDay: 9, left: 0 }] }, 'used up'],
	['a record that waits long', { setAside: [aside(72)] }, 'set aside for 3 days'],
	['runs that were not read', { runs: [run(1)], mostRuns: 1 }, 'Only the runs since'],
	[
		'dry runs',
		{ runs: [run(1, { reason: 'Dry run: 1 created, 0 updated, 0 unchanged, 0 set aside' })] },
		'1 dry run',
	],
])('says at the top: %s', (_, more, words) => {
	const [notice = ''] = /<div class="notice".*?<\/div>/s.exec(pageFor(more)) ?? [];
	expect(notice).toContain(words);
	expect(pageFor({ runs: [run(1)], setAside: [aside(1)] })).not.toContain('class="notice"');
});

it('the code of the two nodes does, without any import, what these files do', () => {
	const given = readings({ runs: [run(1, { tokens: 5 })], setAside: [aside(1)] });
	const figures = evaluated(codeOf('figures', 'return figuresOf(given);'), given);
	expect(figures).toEqual(figuresOf(given));
	const page = evaluated(codeOf('page', 'return pageOf(given);'), figures);
	expect(page).toBe(pageOf(figuresOf(given)));
});

function evaluated(code: string, given: unknown): unknown {
	// eslint-disable-next-line @typescript-eslint/no-implied-eval
	return (new Function('given', `'use strict';${code}`) as (given: unknown) => unknown)(given);
}
