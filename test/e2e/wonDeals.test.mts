/** Won deals in a real n8n: one order each in the ERP, by event or by the hourly look, its number back on the deal. */
import { join } from 'node:path';
import type { Item } from '../n8n-host/apiTypes.mts';
import { repoRoot } from '../n8n-host/paths.mts';
import { openStage, type Stage } from '../n8n-host/stage.mts';
import { importTemplate, readTemplate } from '../n8n-host/template.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { startB1Sandbox, type B1Sandbox } from '../sandbox/b1/server.mts';

jest.setTimeout(300_000);

const FIELD = 'ERP Order Number';

describe('won deals', () => {
	let stage: Stage;
	let b1: B1Sandbox;
	let events: string;
	let reconciliation: string;
	const keys: Record<string, string> = {};
	const deals: Record<string, number> = {};

	beforeAll(async () => {
		stage = await openStage();
		b1 = await startB1Sandbox({ checksItems: true });
		stage.onClose(() => b1.close());
		b1.store.partner('C20000', { CardName: 'Muster GmbH', Currency: 'EUR' });
		b1.store.item('A-100');
		b1.store.item('A-200');
		const { companyDb, user, password } = b1.sessions.options;
		const { api } = stage.n8n;
		for (const [type, data] of Object.entries({
			erpSapBusinessOneApi: { baseUrl: b1.url, companyDb, user, password },
			erpPipedriveWebhookApi: { user: 'pipedrive', password: 'correct horse battery staple' },
		})) {
			stage.credentials[type] = await api.createCredential(type, data);
		}
		await company();
		events = await published('b1-won-deals-to-orders');
		reconciliation = await published('b1-won-deals-reconciliation', false);
	});
	afterAll(async () => await stage?.close());

	async function published(file: string, isPublished = true): Promise<string> {
		const { api } = stage.n8n;
		const template = readTemplate(join(repoRoot, 'workflows', `${file}.json`));
		const { credentials } = stage;
		const settings = { saveDataSuccessExecution: 'all' };
		const id = await importTemplate(api, template, { credentials, settings });
		if (isPublished) await api.publish(id);
		return id;
	}

	async function send(path: string, body: object): Promise<{ id: number; field_code: string }> {
		const answer = await fetch(`${stage.crm.url}/api/v2${path}`, {
			method: 'POST',
			headers: { 'x-api-token': stage.crm.token, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		const { data, error } = (await answer.json()) as { data: never; error?: string };
		if (error) throw new Error(error);
		return data;
	}

	/** Two organizations, the second not linked to the ERP, and four deals with two products each. */
	async function company(): Promise<void> {
		for (const kind of ['organization', 'product']) {
			const field = { field_name: 'ERP ID', field_type: 'varchar' };
			keys[kind] = (await send(`/${kind}Fields`, field)).field_code;
		}
		const erpId = (kind: string, entity: string, key: string) => ({
			custom_fields: { [keys[kind]]: `b1:SBODEMODE:${entity}:${key}` },
		});
		const linked = await send('/organizations', {
			name: 'Muster GmbH',
			...erpId('organization', 'businessPartner', 'C20000'),
		});
		const unlinked = await send('/organizations', { name: 'Neu AG' });
		const products = await Promise.all(
			['A-100', 'A-200'].map(
				async (code) =>
					await send('/products', { name: code, code, ...erpId('product', 'item', code) }),
			),
		);
		for (const [name, org] of [
			['pumps', linked],
			['valves', linked],
			['pipes', unlinked],
			['tanks', linked],
		] as const) {
			const { id } = await send('/deals', { title: name, org_id: org.id, currency: 'EUR' });
			deals[name] = id;
			for (const [at, product] of products.entries()) {
				const discount = at * 10;
				const line = { product_id: product.id, item_price: 99.5, quantity: at + 1, discount };
				await send(`/deals/${id}/products`, line);
			}
		}
	}

	const win = (name: string) =>
		stage.crm.edit('deals', deals[name], { status: 'won', won_time: stage.crm.store.moment() });
	const orders = () => b1.store.rows('Orders');
	const orderOf = (name: string) =>
		orders().filter((row) => row.U_PipedriveDealId === `PD-${deals[name]}`);
	const numberOn = (name: string) => {
		const deal = stage.crm.records('deals').find(({ id }) => id === deals[name]);
		const values = Object.values((deal?.custom_fields ?? {}) as Item);
		return values.find((value) => /^1\d{3}$/.test(String(value)));
	};
	const setAside = async () => await stage.n8n.api.tables.rows('erp_setaside_items');
	const ended = async (workflow: string, count: number) =>
		await stage.n8n.api.executionEnded(workflow, count, 90_000);
	async function reconcile(): Promise<{ status: string; message: string }> {
		const { api } = stage.n8n;
		const execution = await api.ended(await api.runManually(reconciliation, 'Every Hour'), 90_000);
		const { status } = execution;
		return { status, message: String(execution.data.resultData.error?.message ?? '') };
	}

	it('become one order with customer, lines and reference, however often the event comes and though an answer is lost', async () => {
		stage.crm.deliveries.twice();
		b1.faults.add({ kind: 'lostAnswer', match: 'POST /b1s/v2/Orders' });
		win('pumps');
		const run = await ended(events, 1);
		expect([run.status, run.data.resultData.error]).toEqual(['success', undefined]);
		// Another process, or a restart, would not know that the event came before.
		const { sent } = stage.crm.deliveries;
		await waitFor('the deliveries', 20_000, () => sent.length >= 2);
		stage.crm.edit('deals', deals.pumps, { status: 'open', won_time: null });
		win('pumps');
		await waitFor('both later runs', 60_000, async () => {
			const runs = await stage.n8n.api.executions(events);
			return runs.filter(({ stoppedAt }) => stoppedAt).length >= 3;
		});
		expect(orders()).toMatchObject([
			{
				CardCode: 'C20000',
				DocCurrency: 'EUR',
				U_PipedriveDealId: `PD-${deals.pumps}`,
				DocumentLines: [
					{ ItemCode: 'A-100', Quantity: 1, UnitPrice: 99.5 },
					{ ItemCode: 'A-200', Quantity: 2, UnitPrice: 99.5, DiscountPercent: 10 },
				],
			},
		]);
	});

	it('get the number of their order', async () => {
		await waitFor(FIELD, 20_000, () => numberOn('pumps') !== undefined);
		expect(numberOn('pumps')).toBe(String(orders()[0].DocNum));
	});

	it('of a customer who is not linked are set aside with the reason', async () => {
		win('pipes');
		await waitFor('the row', 60_000, async () => (await setAside()).length > 0);
		expect(await setAside()).toMatchObject([
			{
				externalId: `pipedrive:deal:${deals.pipes}`,
				system: 'b1',
				reasonCode: 'customerUnlinked',
				reason: expect.stringContaining('nobody knows the customer'),
				status: 'open',
			},
		]);
		expect(orders()).toHaveLength(1);
	});

	it('whose event was lost are found by the hourly look, which leaves the others alone', async () => {
		stage.crm.deliveries.drop();
		win('valves');
		const { status, message } = await reconcile();
		expect([status, message]).toEqual(['success', '']);
		expect(orderOf('valves')).toHaveLength(1);
		expect(numberOn('valves')).toBe(String(orderOf('valves')[0].DocNum));
		expect(orders()).toHaveLength(2);
		expect(await setAside()).toHaveLength(1);
		await reconcile();
		expect(orders()).toHaveLength(2);
	});

	it('get their order once the customer is linked, and the set-aside row is closed', async () => {
		const org = stage.crm.records('organizations').find(({ name }) => name === 'Neu AG');
		b1.store.partner('C30000', { CardName: 'Neu AG', Currency: '##' });
		stage.crm.edit('organizations', Number(org?.id), {
			custom_fields: { [keys.organization]: 'b1:SBODEMODE:businessPartner:C30000' },
		});
		expect((await reconcile()).status).toBe('success');
		expect(orderOf('pipes')).toMatchObject([{ CardCode: 'C30000' }]);
		expect(await setAside()).toMatchObject([{ status: 'solved' }]);
	});

	it('while the ERP is away are set aside, and get their order by the next look', async () => {
		b1.faults.down();
		win('tanks');
		const rowOfTanks = async () =>
			(await setAside()).find(({ externalId }) => externalId === `pipedrive:deal:${deals.tanks}`);
		const row = await waitFor('the row', 90_000, rowOfTanks);
		expect(row).toMatchObject({ reasonCode: 'failed', status: 'open' });
		b1.faults.up();
		expect((await reconcile()).status).toBe('success');
		expect(orderOf('tanks')).toHaveLength(1);
		expect(await rowOfTanks()).toMatchObject({ status: 'solved' });
	});

	it('whose products change after the order become an alert of the next look', async () => {
		const [order] = orderOf('tanks');
		const { id } = stage.crm.records('dealProducts').find((it) => it.deal_id === deals.tanks)!;
		stage.crm.edit('dealProducts', Number(id), { quantity: 7 });
		stage.crm.edit('deals', deals.tanks, { title: 'Tanks' });
		const { status, message } = await reconcile();
		expect([status, message]).toEqual(['error', expect.stringContaining('Only in the deal: 7 x')]);
		expect(orderOf('tanks')).toEqual([order]);
		stage.crm.edit('dealProducts', Number(id), { quantity: 1 });
	});

	it('that are reopened become an alert, and the order stays', async () => {
		const before = (await stage.n8n.api.executions(events)).length;
		stage.crm.edit('deals', deals.pumps, { status: 'open', won_time: null });
		const run = await ended(events, before + 1);
		expect(run.status).toBe('error');
		expect(String(run.data.resultData.error?.message)).toMatch(
			/Deal \d+ \(PD-\d+, order 1\d+\): The deal is not won any more: its status is "open"/,
		);
		expect(orders().every(({ Cancelled }) => Cancelled !== 'tYES')).toBe(true);
		const { status, message } = await reconcile();
		expect([status, message]).toEqual(['error', expect.stringContaining('is not won any more')]);
		win('pumps');
	});

	it('tell that the webhook is gone', async () => {
		await stage.n8n.api.unpublish(events);
		const hooks = () => stage.crm.records('webhooks').filter((hook) => !hook.is_deleted);
		await waitFor('the webhook to be removed', 20_000, () => hooks().length === 0);
		const { status, message } = await reconcile();
		expect([status, message]).toEqual(['error', expect.stringContaining('Trigger is missing')]);
		expect(stage.crm.log.totals().refused429).toBe(0);
	});
});
