/** A deal becomes one document of the right customer with the right lines, or it is set aside with a reason. */
import { createFromDeal } from '../../../nodes/SapBusinessOne/deals/createFromDeal';
import { dealOf } from '../../../nodes/SapBusinessOne/deals/deal';
import type { DealSettings } from '../../../nodes/SapBusinessOne/deals/settings';
import { cancelDocument } from '../../../nodes/SapBusinessOne/writing';
import { errorOf, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem({ checksItems: true });
	const { store } = system.sandbox;
	store.partner('C1', { Currency: 'EUR' });
	store.partner('C2', { Currency: '##' });
	store.partner('V1', { CardType: 'cSupplier', Currency: 'EUR' });
	for (const code of ['A1', 'A:2', 'MISC']) store.item(code);
});
afterEach(async () => await system.close());

type Fields = Record<string, unknown>;

const line = (more: Fields = {}) => ({
	productExternalId: 'b1:SBODEMODE:item:A1',
	productCode: 'A1',
	name: 'Pump',
	quantity: 2,
	unitPrice: 100,
	discount: 0,
	discountType: 'percentage',
	tax: 19,
	taxMethod: 'exclusive',
	comments: '',
	...more,
});
const deal = ({ deal: inner = {}, ...more }: Fields & { deal?: Fields } = {}) => ({
	deal: {
		id: 7,
		title: 'Pumps',
		status: 'won',
		stage: 'Negotiations',
		currency: 'EUR',
		...inner,
	},
	organizationId: 12,
	organizationName: 'Muster GmbH',
	organizationExternalId: 'b1:SBODEMODE:businessPartner:C1',
	lines: [line()],
	...more,
});
const settings = (more: Partial<DealSettings> = {}): DealSettings => ({
	document: 'order',
	reference: 'PD-7',
	referenceField: 'U_PipedriveDealId',
	dueDate: '2026-12-31',
	vendor: '',
	onlyWon: true,
	priceSource: 'deal',
	placeholderItem: '',
	leadPrefix: '',
	currencies: new Map(),
	warehouse: '',
	taxCode: '',
	vatGroup: '',
	header: {},
	...more,
});
const create = async (given: Fields = deal(), more: Partial<DealSettings> = {}) =>
	await createFromDeal(system.service(), dealOf(given), settings(more));
const stored = (set = 'Orders') => system.sandbox.store.rows(set);
const linesOf = (set = 'Orders') => stored(set)[0]?.DocumentLines as Fields[];

describe('rule 28: a won deal', () => {
	it('becomes an order with customer, lines, currency and reference', async () => {
		const result = await create();
		expect(result).toMatchObject({
			outcome: 'created',
			state: 'open',
			number: '1001',
			alerts: [],
			document: { DocTotal: 200 },
		});
		expect(stored()[0]).toMatchObject({
			CardCode: 'C1',
			DocCurrency: 'EUR',
			DocDueDate: '2026-12-31',
			U_PipedriveDealId: 'PD-7',
		});
		expect(linesOf()).toMatchObject([{ ItemCode: 'A1', Quantity: 2, UnitPrice: 100 }]);
	});

	it('becomes one order, however many runs come at once and after', async () => {
		await Promise.all(Array.from({ length: 4 }, async () => await create()));
		expect((await create()).outcome).toBe('existing');
		expect(stored()).toHaveLength(1);
	});

	it('waits in Drafts where an approval procedure keeps it, without a number', async () => {
		system.sandbox.rules.approval = true;
		expect(await create()).toMatchObject({ outcome: 'draft', state: 'draft', number: '' });
		expect(await create()).toMatchObject({ outcome: 'draft', number: '', alerts: [] });
		expect(stored('Drafts')).toHaveLength(1);
	});

	it('whose answer is lost, is one order', async () => {
		system.sandbox.faults.add({ kind: 'lostAnswer', match: 'POST /b1s/v2/Orders' });
		expect(await create()).toMatchObject({ outcome: 'created', number: '1001' });
		expect(stored()).toHaveLength(1);
	});

	it('takes branch, series, warehouse and taxes from the settings', async () => {
		const header = { BPL_IDAssignedToInvoice: 3, Series: 12 };
		await create(deal(), { header, warehouse: '01', taxCode: 'T1', vatGroup: 'A1' });
		expect(stored()[0]).toMatchObject(header);
		expect(linesOf()).toMatchObject([{ WarehouseCode: '01', TaxCode: 'T1', VatGroup: 'A1' }]);
	});
});

describe('a line', () => {
	it.each([
		['a percentage', { discount: 10 }, { UnitPrice: 100, DiscountPercent: 10 }],
		['money off the whole line', { discount: 50, discountType: 'amount' }, { UnitPrice: 75 }],
		['a price with tax', { taxMethod: 'inclusive', discount: 10 }, { PriceAfterVAT: 90 }],
		['a code alone', { productExternalId: '' }, { ItemCode: 'A1', UnitPrice: 100 }],
		['a code with a colon', { productExternalId: 'b1:SBODEMODE:item:A%3A2' }, { ItemCode: 'A:2' }],
		['comments', { comments: 'By truck' }, { FreeText: 'By truck' }],
	])('with %s', async (_what, fields, expected) => {
		await create(deal({ lines: [line(fields)] }));
		const [stored] = linesOf();
		expect(stored).toMatchObject(expected);
		const prices = ['UnitPrice', 'PriceAfterVAT', 'DiscountPercent'].filter((it) => it in stored);
		if ('PriceAfterVAT' in expected) expect(prices).toEqual(['PriceAfterVAT']);
	});

	it('gets its price from the ERP where that is chosen, whatever currency the deal has', async () => {
		await create(deal({ deal: { currency: 'USD' } }), { priceSource: 'erp' });
		expect(Object.keys(linesOf()[0])).not.toContain('UnitPrice');
		expect(stored()[0].DocCurrency).toBe('EUR');
	});

	it('without an item stands under the placeholder, if there is one', async () => {
		const free = line({ productExternalId: '', productCode: '', name: 'Travel' });
		expect((await errorOf(create(deal({ lines: [free] })))).code).toBe('lineWithoutItem');
		await create(deal({ lines: [free] }), { placeholderItem: 'MISC' });
		expect(linesOf()).toMatchObject([
			{ ItemCode: 'MISC', ItemDescription: 'Travel', UnitPrice: 100 },
		]);
	});

	it.each([
		['of another company', { productExternalId: 'b1:OTHER:item:A1' }, 'wrongExternalId'],
		['of another system', { productExternalId: 's4hana:100:item:A1' }, 'wrongExternalId'],
		[
			'of another kind',
			{ productExternalId: 'b1:SBODEMODE:businessPartner:A1' },
			'wrongExternalId',
		],
		['without quantity', { quantity: 0 }, 'quantity'],
		['without price', { unitPrice: '' }, 'price'],
		['with more discount than price', { discount: 300, discountType: 'amount' }, 'price'],
	])('%s sets the deal aside', async (_what, fields, code) => {
		expect((await errorOf(create(deal({ lines: [line(fields)] })))).code).toBe(code);
		expect(stored()).toEqual([]);
	});

	it('is missing: the deal is set aside', async () => {
		expect((await errorOf(create(deal({ lines: [] })))).code).toBe('noLines');
	});
});

describe('the customer', () => {
	it.each([
		['unlinked', { organizationExternalId: '' }, 'customerUnlinked'],
		['absent', { organizationExternalId: '', organizationId: null }, 'customerUnlinked'],
		[
			'of another company',
			{ organizationExternalId: 'b1:B:businessPartner:C1' },
			'wrongExternalId',
		],
		['no ID at all', { organizationExternalId: 'C1' }, 'wrongExternalId'],
		['gone', { organizationExternalId: 'b1:SBODEMODE:businessPartner:C9' }, 'customerMissing'],
		['a supplier', { organizationExternalId: 'b1:SBODEMODE:businessPartner:V1' }, 'noCustomer'],
		['billed otherwise', { deal: { currency: 'USD' } }, 'currency'],
	])('%s: nothing is created', async (_what, more, code) => {
		expect((await errorOf(create(deal(more)))).code).toBe(code);
		expect(system.sandbox.log.writes).toBe(0);
	});

	it('with all currencies takes that of the deal, by the code that the ERP uses', async () => {
		const usd = deal({
			deal: { currency: 'USD' },
			organizationExternalId: 'b1:SBODEMODE:businessPartner:C2',
		});
		await create(usd, { currencies: new Map([['USD', '$']]) });
		expect(stored()[0].DocCurrency).toBe('$');
		expect(linesOf()).toMatchObject([{ Currency: '$' }]);
	});

	it('who is missing becomes one lead, if chosen, though answers get lost', async () => {
		const unlinked = deal({ organizationExternalId: '' });
		system.sandbox.faults.add({ kind: 'lostAnswer', match: 'POST /b1s/v2/BusinessPartners' });
		const [first] = await Promise.all([
			create(unlinked, { leadPrefix: 'PD' }),
			create(unlinked, { leadPrefix: 'PD', reference: 'PD-8' }),
		]);
		expect(first.newOrganizationExternalId).toBe('b1:SBODEMODE:businessPartner:PD12');
		expect(system.sandbox.store.get('BusinessPartners', 'PD12')).toMatchObject({
			CardName: 'Muster GmbH',
			CardType: 'cLid',
		});
		expect(stored().map(({ CardCode }) => CardCode)).toEqual(['PD12', 'PD12']);
		expect((await create(unlinked, { leadPrefix: 'PD' })).alerts).toEqual([]);
	});
});

describe('which document', () => {
	const stages = [
		{ stage: 'proposal made', document: 'quotation' },
		{ stage: 'Negotiations', document: 'order' },
	] as const;

	it('follows the stage', async () => {
		const proposal = deal({ deal: { status: 'open', stage: 'Proposal Made' } });
		expect((await create(proposal, { document: stages })).kind).toBe('quotation');
		expect((await create(deal(), { document: stages })).kind).toBe('order');
		expect([stored('Quotations').length, stored().length]).toEqual([1, 1]);
		const other = deal({ deal: { stage: 'Qualified' } });
		expect(await create(other, { document: stages })).toMatchObject({
			outcome: 'skipped',
			kind: 'nothing',
		});
	});

	it('a purchase order goes to its vendor', async () => {
		const purchase = { document: 'purchaseOrder', priceSource: 'erp' } as const;
		expect((await errorOf(create(deal(), purchase))).remedy).toContain('"Vendor"');
		expect((await errorOf(create(deal(), { ...purchase, vendor: 'C1' }))).code).toBe(
			'vendorMissing',
		);
		await create(deal({ organizationExternalId: '' }), { ...purchase, vendor: 'V1' });
		expect(stored('PurchaseOrders')).toMatchObject([{ CardCode: 'V1' }]);
	});

	it.each(['open', 'lost'])('none of a deal that is %s again when it is read', async (status) => {
		expect(await create(deal({ deal: { status } }))).toMatchObject({
			outcome: 'skipped',
			number: '',
		});
		expect(system.sandbox.log.writes).toBe(0);
	});
});

describe('when the document is there already', () => {
	beforeEach(async () => void (await create()));
	const alerts = async (more: Parameters<typeof deal>[0] = {}, set: Partial<DealSettings> = {}) => {
		const result = await create(deal(more), set);
		expect([result.outcome, result.number]).toEqual(['existing', '1001']);
		expect(system.sandbox.log.writes).toBe(1);
		return result.alerts.join(' ');
	};

	it('nothing is told while it says what the deal says', async () => {
		expect(await alerts()).toBe('');
	});

	it.each([
		['reopened', { deal: { status: 'open' } }, 'not won any more: its status is "open"'],
		['lost', { deal: { status: 'lost' } }, 'its status is "lost"'],
		['another quantity', { lines: [line({ quantity: 3 })] }, 'Only in the deal: 3 x A1 at 100.'],
		['another price', { lines: [line({ unitPrice: 90 })] }, 'Only in the document: 2 x A1 at 100.'],
		['a discount', { lines: [line({ discount: 5 })] }, 'Only in the deal'],
		['one more line', { lines: [line(), line()] }, 'Only in the deal: 2 x A1 at 100.'],
		[
			'another customer',
			{ organizationExternalId: 'b1:SBODEMODE:businessPartner:C2' },
			'The deal is for C2, the document for C1.',
		],
		['a customer no longer linked', { organizationExternalId: '' }, 'could not be compared'],
	])('%s is told, and nothing is changed', async (_what, more, words) => {
		expect(await alerts(more)).toContain(words);
	});

	it('a cancelled one is told and not created again', async () => {
		await cancelDocument(system.service(), 'Orders', '1');
		system.sandbox.log.clear();
		const result = await create();
		expect(result).toMatchObject({ outcome: 'existing', state: 'cancelled' });
		expect(result.alerts).toEqual([expect.stringContaining('is cancelled')]);
		expect(system.sandbox.log.writes).toBe(0);
	});
});

it.each([undefined, 'no JSON', {}, { deal: { id: 1 } }, { lines: [] }])(
	'%o is no deal, and says which node gives one',
	(given) => {
		expect(() => dealOf(given)).toThrow('is no deal with its lines');
	},
);
