import { join } from 'node:path';
import axios from 'axios';
import { itemsOf } from '../n8n-host/api.mts';
import { findChromium } from '../n8n-host/chromium.mts';
import { contrastsOf, type Contrast } from '../n8n-host/contrast.mts';
import { repoRoot } from '../n8n-host/paths.mts';
import { openScene, type Scene } from '../n8n-host/scene.mts';
import { importTemplate, readTemplate, type CredentialReference } from '../n8n-host/template.mts';
import { Visitor, pictureOf, type Visit } from '../n8n-host/visitor.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { expectedFrom } from '../sandbox/s4hana/expected.mts';

jest.setTimeout(300_000);

const chromium = findChromium();
const inBrowser = chromium ? it : it.skip;

const AUDIT = 'erp_audit_rows';
const SET_ASIDE = 'erp_setaside_items';
const template = join(repoRoot, 'workflows', 'sync-health.json');
const LOGIN = { user: 'sales-operations', password: 'Sandbox-2026' };
const HOSTILE = `"><img src="//outside.test/x" onerror="alert(1)"><script>alert(2)</script>`;

/** One n8n life: each test goes on where the one before ended. */
describe('the health page', () => {
	let scene: Scene;
	let visitor: Visitor | undefined;
	let workflowId: string;
	let address: string;
	let login: CredentialReference;
	let spentBefore = 0;
	beforeAll(async () => {
		scene = await openScene({ partners: 45 });
		address = `${scene.n8n.baseUrl}/webhook/erp-sync-health`;
		if (chromium) visitor = await Visitor.arrive(chromium);
	});
	afterAll(async () => {
		await visitor?.close();
		await scene?.close();
	});

	const publishPage = async (more: Record<string, CredentialReference>) => {
		const credentials = { ...scene.credentials, ...more };
		const id = await importTemplate(scene.n8n.api, readTemplate(template), { credentials });
		await scene.n8n.api.publish(id);
		return id;
	};
	const ask = async (auth?: { username: string; password: string }) =>
		await axios.get<string>(address, { auth, proxy: false, validateStatus: () => true });
	const signedIn = { username: LOGIN.user, password: LOGIN.password };
	const open = async (options = {}): Promise<Visit> =>
		await visitor!.open(address, { httpCredentials: signedIn, ...options });
	const page = async () => {
		const { status, data } = await ask(signedIn);
		expect(status).toBe(200);
		return data;
	};
	/** Created, updated, unchanged, set aside, runs of the first source on its newest day. */
	const today = (text: string) => {
		const [row = ''] = /<tbody>[\s\S]*?<\/tr>/.exec(text.slice(text.indexOf('class="days"'))) ?? [];
		return [...row.matchAll(/<td>([\d,]+)<\/td>/g)].map(([, value = '']) => toNumber(value));
	};
	const toNumber = (text: string) => Number(text.replaceAll(',', ''));
	const figure = (text: string, name: string) =>
		toNumber(new RegExp(`data-number="${name}">([\\d,]+)<`).exec(text)?.[1] ?? 'missing');
	const readable = (html: string) =>
		html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
	const runRows = async () =>
		(await scene.n8n.api.tables.rows(AUDIT)).filter(({ action }) => action === 'sealed').length;
	const untilRun = async (number: number) =>
		await waitFor(`run ${number}`, 120_000, async () => (await runRows()) === number);

	it('cannot be published as long as nobody chose a login for it', async () => {
		await expect(publishPage({})).rejects.toThrow('Missing required credential: httpBasicAuth');
		expect((await ask(signedIn)).status).toBe(404);
	});

	it('is friendly on an empty database', async () => {
		login = await scene.n8n.api.createCredential('httpBasicAuth', LOGIN, 'Health page');
		await publishPage({ httpBasicAuth: login });
		const text = await page();
		expect(text).toContain('No run yet');
		expect(text).not.toContain('could not be read');
		expect(figure(text, 'perDay')).toBe(scene.crm.limits.dailyTokens);
		expect(figure(text, 'reserve')).toBe(scene.crm.limits.dailyTokens / 5);
		expect(figure(text, 'spent')).toBe(0);
		expect(scene.crm.log.totals().tokens).toBe(0);
	});

	it('answers 401 without the login, and with a wrong one nothing either', async () => {
		const [none, wrong] = [await ask(), await ask({ ...signedIn, password: 'guess' })];
		expect(none.status).toBe(401);
		expect(none.headers['www-authenticate']).toMatch(/^Basic/);
		expect([401, 403]).toContain(wrong.status);
		for (const { data } of [none, wrong]) expect(String(data)).not.toContain('<');
	});

	it('tells what a first run did and what it cost', async () => {
		const companies = expectedFrom(scene.erp.store).companies;
		const { organizations } = scene.crm.seed({ organizations: 3 });
		organizations.forEach((id, at) =>
			scene.crm.edit('organizations', id, { name: companies[at]?.name, address: null }),
		);
		scene.erp.store.createPartner({ name: HOSTILE.slice(0, 80), customer: {} });
		workflowId = await scene.importPartners({ everyMinute: false });
		await scene.n8n.api.publish(workflowId);
		await untilRun(1);
		const text = await page();
		const created = scene.crm.records('organizations').length - organizations.length;
		const setAside = await scene.n8n.api.tables.count(SET_ASIDE);
		expect(setAside).toBeGreaterThan(2);
		expect(created).toBeGreaterThan(25);
		const [run] = await scene.n8n.api.executions(workflowId);
		const delivered = itemsOf(await scene.n8n.api.execution(run!.id), 'SAP S/4HANA Trigger').length;
		expect(today(text)).toEqual([created, 0, delivered - created - setAside, setAside, 1]);
		spentBefore = scene.crm.log.totals().tokens;
		expect(spentBefore).toBeGreaterThan(200);
		expect(figure(text, 'spent')).toBe(spentBefore);
	});

	it('tells of a later run what changed, and costs nothing itself', async () => {
		const [key = ''] = expectedFrom(scene.erp.store)
			.companies.slice(10)
			.map((company) => company.key);
		scene.erp.store.changeAddress(key, { StreetName: 'Neue Allee' }, { bump: true });
		await scene.n8n.api.pollAgain(workflowId);
		await untilRun(2);
		const text = await page();
		expect(today(text)[1]).toBe(1);
		expect(today(text)[4]).toBe(2);
		const { tokens } = scene.crm.log.totals();
		expect(tokens).toBeGreaterThan(spentBefore);
		expect(figure(text, 'spent')).toBe(tokens);
		await page();
		expect(scene.crm.log.totals().tokens).toBe(tokens);
	});

	it('names the oldest set-aside record with its reason', async () => {
		const [oldest] = await scene.n8n.api.tables.rows(SET_ASIDE);
		const text = await page();
		const waiting = text.slice(text.indexOf('id="waiting"'));
		expect(waiting).toContain(String(oldest?.erpKey));
		expect(readable(waiting)).toContain(String(oldest?.reason));
	});

	inBrowser('looks as in the README', async () => {
		const { page: shown } = await open({ viewport: { width: 900, height: 700 } });
		await pictureOf(shown, 'health');
	});

	it('lets nobody frame, cache or sniff it', async () => {
		const { headers } = await ask(signedIn);
		expect(headers).toMatchObject({
			'content-type': 'text/html; charset=utf-8',
			'cache-control': 'no-store',
			'x-frame-options': 'DENY',
			'x-content-type-options': 'nosniff',
			'referrer-policy': 'no-referrer',
		});
	});

	inBrowser(
		'shows its numbers without scripts, in its own style, and asks nobody else',
		async () => {
			await scene.n8n.api.tables.insert(SET_ASIDE, [hostileRow()]);
			const visit = await open({ javaScriptEnabled: false });
			expect(visit.requested).toEqual([address]);
			expect(visit.complaints).toEqual([]);
			const text = await visit.page.locator('body').innerText();
			expect(text).toContain(HOSTILE);
			expect(text).toMatch(/14 days\s+\d+\s+1\s+\d+\s+\d+\s+2\s/);
			const ground = await visit.page.locator('section').first().evaluate(backgroundOf);
			expect(ground).toBe('rgb(255, 255, 255)');
		},
	);

	inBrowser('runs nothing that a customer wrote into a name', async () => {
		const visit = await open();
		expect(await visit.page.locator('img, script, iframe').count()).toBe(0);
		expect(visit.requested).toEqual([address]);
		expect(visit.complaints).toEqual([]);
	});

	inBrowser.each(['light', 'dark'] as const)('can be read in %s', async (colorScheme) => {
		const { page: shown } = await open({ colorScheme });
		for (const details of await shown.locator('summary').all()) await details.click();
		const contrasts = await contrastsOf(shown);
		expect(contrasts.length).toBeGreaterThan(100);
		expect(tooFaint(contrasts)).toEqual([]);
		const grey = colorScheme === 'dark' ? '#666666' : '#8a8a8a';
		const quiet = shown.locator('header .quiet');
		await quiet.evaluate((element, color) => (element.style.color = color), grey);
		expect(tooFaint(await contrastsOf(shown))).not.toEqual([]);
		const ground = await shown.locator('section').first().evaluate(backgroundOf);
		expect(ground).toBe(colorScheme === 'dark' ? 'rgb(27, 33, 40)' : 'rgb(255, 255, 255)');
	});

	inBrowser('fits a phone without scrolling sideways', async () => {
		const { page: shown } = await open({ viewport: { width: 360, height: 740 } });
		const [inner, whole] = await shown.evaluate(() => [
			document.documentElement.clientWidth,
			document.documentElement.scrollWidth,
		]);
		expect(whole).toBeLessThanOrEqual(inner ?? 0);
		const row = await shown.locator('.days tbody tr').first().boundingBox();
		expect(row?.height).toBeLessThan(40);
		await pictureOf(shown, 'health-phone');
	});

	inBrowser('its links lead to the executions in n8n', async () => {
		const { page: shown } = await open();
		const [name = '', value = ''] = scene.n8n.api.cookie.split('=');
		await shown.context().addCookies([{ name, value, url: scene.n8n.baseUrl }]);
		const [editor] = await Promise.all([
			shown.context().waitForEvent('page'),
			shown.getByText('All executions').first().click(),
		]);
		await editor.locator('[data-test-id="current-executions-list"]').waitFor();
		expect(editor.url()).toContain(`/workflow/${workflowId}/executions`);
	});

	it('shows a sync that fell silent long ago, also when its first runs were trimmed away', async () => {
		const table = await scene.n8n.api.tables.rows(AUDIT);
		const { id, createdAt, updatedAt, ...row } =
			table.find(({ action }) => action === 'sealed') ?? {};
		const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
		await scene.n8n.api.tables.insert(AUDIT, [
			{ ...row, workflowId: 'silent', system: 'syspro', runNumber: 1, readAt: daysAgo(20.5) },
			{ ...row, workflowId: 'trimmed', system: 'b1', action: 'anchor', readAt: daysAgo(60) },
			{ ...row, workflowId: 'trimmed', system: 'b1', runNumber: 7, readAt: daysAgo(30.5) },
		]);
		const text = await page();
		const [notice = ''] = /<div class="notice"[\s\S]*?<\/div>/.exec(text) ?? [];
		expect(notice).toMatch(/SYSPRO.*no run for 20 days/);
		expect(notice).toMatch(/SAP Business One.*no run for 30 days/);
		expect(text.match(/class="days"/g)).toHaveLength(3);
	});

	it('reads the newest 5,000 runs at most, and says so', async () => {
		const table = await scene.n8n.api.tables.rows(AUDIT);
		const { id, createdAt, updatedAt, ...row } =
			table.find(({ action }) => action === 'sealed') ?? {};
		for (let thousand = 0; thousand < 6; thousand++) {
			await scene.n8n.api.tables.insert(AUDIT, Array<typeof row>(1_000).fill(row));
		}
		const text = await page();
		expect(text).toContain('Only the runs since');
		expect(today(text)[4]).toBe(5_000);
	});

	it('is closed again when its login is emptied', async () => {
		expect((await ask(signedIn)).status).toBe(200);
		await scene.n8n.api.updateCredential(login.id, { user: '', password: '' });
		const answers = [await ask(signedIn), await ask({ username: '', password: '' }), await ask()];
		expect(answers.map(({ status }) => status)).toEqual([500, 500, 500]);
		expect(answers.map(({ data }) => String(data)).join()).not.toContain('<');
	});
});

const tooFaint = (contrasts: Contrast[]) =>
	contrasts.filter(({ ratio, needed }) => ratio < needed).map(({ what }) => what);
const backgroundOf = (element: Element) => getComputedStyle(element).backgroundColor;

function hostileRow() {
	const names = ['externalId', 'system', 'entity', 'erpKey', 'reason', 'runId'];
	const fields = Object.fromEntries(names.map((name) => [name, HOSTILE]));
	return { ...fields, status: 'open', attempt: 1, setAsideAt: new Date().toISOString() };
}
