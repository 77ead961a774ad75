import { keysOf, recordsSince, scanAll, startSystem, type TestSystem } from './system.mts';
import type { EntityName } from '../../../nodes/SapBusinessOne/entities';
import { seedCompany } from '../../sandbox/b1/seed.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const one = async (entity: EntityName, parameters = {}, setup = {}) =>
	(await recordsSince(system.source(entity, parameters, setup), '2026-11-20'))[0];

describe('a business partner', () => {
	beforeEach(() => {
		const { store } = system.sandbox;
		store.put('BusinessPartnerGroups', 100, { Name: 'Großkunden' });
		store.put('PaymentTermsTypes', -1, { PaymentTermsGroupName: 'Sofort' });
		store.put('PriceLists', 1, { PriceListName: 'Basis' });
		store.partner("C'1", {
			CardName: 'Müller & Söhne',
			EmailAddress: 'info@mueller.example',
			Phone1: null,
			Cellular: '+49 170 1',
			BilltoDefault: 'B2',
			ContactPerson: 'Anna',
			U_Region: 'Süd',
			BPAddresses: [
				{ AddressName: 'B1', AddressType: 'bo_BillTo', City: 'Bonn' },
				{
					AddressName: 'B2',
					AddressType: 'B',
					Street: 'Weg',
					StreetNo: '5',
					ZipCode: '04109',
					City: 'Leipzig',
					State: 'SN',
					Country: 'DE',
				},
				{ AddressName: 'S1', AddressType: 'bo_ShipTo', City: 'Ulm' },
				{ AddressName: 'S2', AddressType: 'bo_ShipTo', City: 'Hof' },
			],
		});
		store.addContact("C'1", {
			Name: 'Anna',
			FirstName: 'Anna',
			LastName: 'Weiß',
			E_Mail: 'a@x.example',
		});
		store.addContact("C'1", { Name: 'Zentrale', Active: 'tNO' });
	});

	it.each(['v1', 'v2'])('becomes an organization with persons (%s)', async (version) => {
		const parameters = { values: { extensions: 'U_Region' } };
		const record = await one('businessPartner', parameters, { credential: { version } });
		expect(record).toMatchObject({
			erp: {
				system: 'b1',
				entity: 'businessPartner',
				key: "C'1",
				externalId: "b1:SBODEMODE:businessPartner:C'1",
				changedAt: '2026-11-20T08:10:00',
				isBlocked: false,
			},
			organization: {
				name: 'Müller & Söhne',
				type: ['Customer'],
				email: 'info@mueller.example',
				phone: '+49 170 1',
				currency: 'EUR',
				paymentTerms: '-1 - Sofort',
				segment: '100 - Großkunden',
				billingAddress: {
					street: 'Weg',
					houseNumber: '5',
					postalCode: '04109',
					city: 'Leipzig',
					region: 'SN',
					country: 'DE',
				},
				shippingAddress: { city: 'Ulm' },
				extensions: { PriceList: '1 - Basis', U_Region: 'Süd' },
			},
			persons: [
				{ name: 'Anna Weiß', email: 'a@x.example', isActive: true, isStandard: true },
				{ name: 'Zentrale', email: '', isActive: false, isStandard: false },
			],
			warnings: [expect.stringContaining('2 ship-to addresses')],
		});
	});

	it('never hands on what is personal, in no output', async () => {
		const record = await one('businessPartner', { output: 'raw' });
		expect(record.raw).toMatchObject({ CardName: 'Müller & Söhne' });
		expect(JSON.stringify(record)).not.toMatch(
			/1980-02-29|Bielefeld|b1-contact-password|gt_Undefined/,
		);
	});

	it('keeps its codes alone where the user may not read their texts', async () => {
		system.sandbox.rules.forbidden.add('PaymentTermsTypes');
		const { organization } = await one('businessPartner');
		expect(organization).toMatchObject({ paymentTerms: '-1', segment: '100 - Großkunden' });
	});

	it('without addresses takes the columns that mirror them', async () => {
		system.sandbox.store.partner("C'1", {
			BPAddresses: [],
			Address: 'Platz 1',
			City: 'Köln',
			Country: 'DE',
		});
		const { organization } = await one('businessPartner');
		expect(organization?.billingAddress).toMatchObject({ street: 'Platz 1', city: 'Köln' });
		expect(organization).not.toHaveProperty('shippingAddress');
	});

	it.each([
		['##', {}, ''],
		['', { companyCurrency: 'chf' }, 'CHF'],
		['$', { currencyCodes: '$=USD, CAN=CAD' }, 'USD'],
	])('in currency "%s" with %o is in "%s"', async (Currency, values, currency) => {
		system.sandbox.store.partner("C'1", { Currency });
		expect((await one('businessPartner', { values })).organization?.currency).toBe(currency);
	});

	it('is left out as a lead, a private person or an employee unless asked for', async () => {
		const { store } = system.sandbox;
		store.partner('L1', { CardType: 'cLid' });
		store.partner('P1', { CompanyPrivate: 'cPrivate' });
		store.partner('E1', { CompanyPrivate: 'cEmployee' });
		store.partner('N1', { CompanyPrivate: null });
		store.partner('V1', { CardType: 'cSupplier' });
		const keys = async (parameters: object) =>
			keysOf(await scanAll(system.source('businessPartner', { ...parameters })));
		expect(await keys({})).toEqual(["C'1", 'N1', 'V1']);
		expect(await keys({ kinds: ['cLid'] })).toEqual(['L1']);
		expect(await keys({ exclude: [] })).toEqual(["C'1", 'E1', 'N1', 'P1', 'V1']);
		expect(await keys({ filters: { groups: '101' } })).toEqual([]);
	});
});

describe('rule 16: credit status', () => {
	const limits = { CreditLimit: 1000, MaxCommitment: 3000, CurrentAccountBalance: 500 };
	const statusWith = async (fields: object, values = {}) => {
		system.sandbox.store.partner('C1', { ...limits, ...fields });
		const [record] = await scanAll(system.source('creditStatus', { values }));
		return record.organization?.creditStatus;
	};

	it.each([
		[{}, {}, 'Good'],
		[{ OpenOrdersBalance: 300 }, {}, 'Near limit'],
		[{ OpenOrdersBalance: 299.99 }, {}, 'Good'],
		[{ OpenOrdersBalance: 500 }, {}, 'Near limit'],
		[{ OpenOrdersBalance: 300, OpenDeliveryNotesBalance: 200.01 }, {}, 'Over limit'],
		[{ OpenOrdersBalance: 600 }, { countOpenOrders: false }, 'Good'],
		[{ OpenDeliveryNotesBalance: 600 }, { countOpenDeliveries: false }, 'Good'],
		[{ OpenOrdersBalance: 600 }, { creditLimitField: 'MaxCommitment' }, 'Good'],
		[{ CreditLimit: 0, CurrentAccountBalance: 9e6 }, {}, 'Good'],
		[{ CurrentAccountBalance: 600 }, { nearLimitPercent: 60 }, 'Near limit'],
	])('%o with %o is %s', async (fields, values, status) => {
		expect(await statusWith(fields, values)).toBe(status);
	});

	it('changes with a balance that touches no date, under the identity of the partner', async () => {
		await statusWith({});
		const [before] = await scanAll(system.source('creditStatus'));
		system.sandbox.store.partner('C1', { CurrentAccountBalance: 2000 }, { bump: false });
		const [after] = await scanAll(system.source('creditStatus'));
		expect(after.erp.version).not.toBe(before.erp.version);
		expect(after.erp.externalId).toBe('b1:SBODEMODE:businessPartner:C1');
		expect(after.organization).toEqual({
			name: 'Partner',
			type: ['Customer'],
			creditLimit: '1000',
			balance: '2000',
			creditStatus: 'Over limit',
		});
	});

	it('does not exist for suppliers', async () => {
		expect(await statusWith({ CardType: 'cSupplier' })).toBeUndefined();
	});

	it.each([
		[{ Valid: 'tNO', Frozen: 'tNO' }, false],
		[{ Frozen: 'tYES' }, true],
		[{ Frozen: 'tYES', FrozenFrom: '2026-11-21' }, false],
		[{ Frozen: 'tYES', FrozenFrom: '2026-11-20', FrozenTo: '2026-11-20' }, true],
		[{ Frozen: 'tYES', FrozenTo: '2026-11-19' }, false],
		[{ Valid: 'tYES', ValidFrom: '2026-11-21' }, true],
		[{ Valid: 'tYES', ValidTo: '2026-11-20' }, false],
		[{ Valid: 'tYES', ValidTo: '2026-11-19' }, true],
	])('is apart from being inactive: %o is %s', async (fields, isBlocked) => {
		expect(await statusWith(fields)).toBe('Good');
		expect((await one('businessPartner')).erp.isBlocked).toBe(isBlocked);
	});
});

describe('an item', () => {
	it('becomes a product with the prices of one list and the stock of its warehouses', async () => {
		system.sandbox.store.item('A1', {
			ItemName: 'Schraube',
			SalesUnit: 'Stk',
			MovingAveragePrice: 1.5,
			ItemPrices: [
				{ PriceList: 1, Price: 9, Currency: 'EUR' },
				{
					PriceList: 2,
					Price: 12.3456,
					Currency: 'EUR',
					AdditionalPrice1: 14,
					AdditionalCurrency1: '$',
					AdditionalPrice2: 0,
					AdditionalCurrency2: null,
				},
			],
			ItemWarehouseInfoCollection: [
				{ WarehouseCode: '02', InStock: 0.1, Committed: 0.2, Ordered: 0.3 },
				{ WarehouseCode: '01', InStock: 10, Committed: 4, Ordered: 2 },
			],
		});
		const values = { priceList: 2, currencyCodes: '$=USD', companyCurrency: 'EUR', withCost: true };
		expect((await one('item', { values })).product).toEqual({
			code: 'A1',
			name: 'Schraube',
			unit: 'Stk',
			prices: [
				{ currency: 'EUR', price: '12.3456', cost: '1.5' },
				{ currency: 'USD', price: '14' },
			],
			stock: [
				{ warehouse: '01', onHand: '10', allocated: '4', available: '8' },
				{ warehouse: '02', onHand: '0.1', allocated: '0.2', available: '0.2' },
			],
			isActive: true,
		});
		const narrow = { warehouses: '01', countOrdered: false };
		const { product } = await one('item', { values: narrow });
		expect(product?.stock).toEqual([
			{ warehouse: '01', onHand: '10', allocated: '4', available: '6' },
		]);
		expect(product?.prices[0]).toEqual({ currency: 'EUR', price: '9' });
	});

	it('that is not sold is left out', async () => {
		system.sandbox.store.item('A1', { SalesItem: 'tNO' });
		expect(await one('item')).toBeUndefined();
		expect(await one('item', { salesItemsOnly: false })).toBeDefined();
	});
});

describe('documents', () => {
	const lines = [
		{
			LineNum: 0,
			ItemCode: 'A1',
			ItemDescription: 'Schraube',
			Quantity: 2,
			RemainingOpenQuantity: 0.5,
			UnitPrice: 50,
			Price: 45,
			DiscountPercent: 10,
			VatGroup: 'S1',
		},
		{ LineNum: 1, ItemCode: null, FreeText: 'Fracht', Quantity: 1, Price: 10 },
	];

	it('an order becomes a deal, net, with its lines', async () => {
		system.sandbox.store.document('Orders', {
			CardCode: 'C1',
			CardName: 'Firma',
			NumAtCard: 'PO 7',
			DocTotal: 119,
			VatSum: 19,
			DocumentLines: lines,
		});
		const record = await one('order');
		expect(record.deal).toMatchObject({
			title: 'Order 1001 - Firma',
			number: '1001',
			customerReference: 'PO 7',
			status: 'Open',
			state: 'open',
			value: '100',
			currency: 'EUR',
			orderDate: '2026-11-20',
			organizationExternalId: 'b1:SBODEMODE:businessPartner:C1',
			lines: [
				{
					productCode: 'A1',
					description: 'Schraube',
					quantity: '2',
					unitPrice: '50',
					discount: '10',
					shippedQuantity: '1.5',
					tax: 'S1',
				},
				{
					productCode: '',
					description: 'Fracht',
					quantity: '1',
					unitPrice: '10',
					discount: '',
					tax: '',
				},
			],
		});
	});

	it.each([
		[{ DocumentStatus: 'bost_Close' }, 'completed'],
		[{ DocumentStatus: 'bost_Close', Cancelled: 'tYES' }, 'cancelled'],
		[{ DocumentStatus: 'C', CancelStatus: 'csYes' }, 'cancelled'],
		[{ DocumentStatus: 'O' }, 'open'],
	])('an order with %o is %s', async (fields, status) => {
		system.sandbox.store.document('Orders', { CardCode: 'C1', ...fields });
		expect((await one('order')).deal?.state).toBe(status);
	});

	it.each([
		[{ DocTotal: 119, PaidToDate: 19 }, '119', '100'],
		[{ DocTotal: 119, PaidToDate: 19, DocumentStatus: 'bost_Close' }, '119', '0'],
		[{ DocTotal: 100, DocTotalFc: 110, DocCurrency: 'USD', PaidToDate: 50 }, '110', '55'],
	])('an invoice with %o has total %s and open %s', async (fields, total, open) => {
		system.sandbox.store.document('Invoices', { CardCode: 'C1', ...fields });
		expect((await one('invoice')).document).toMatchObject({ kind: 'invoice', total, open });
	});

	it('a cancelled invoice and a cancelled payment say so, an open one is not paid', async () => {
		const { store } = system.sandbox;
		store.document('Invoices', { CardCode: 'C1', DocumentStatus: 'bost_Close', Cancelled: 'tYES' });
		expect((await one('invoice')).document?.state).toBe('cancelled');
		store.payment({ CardCode: 'C1', CashSum: 10, Cancelled: 'tYES' });
		expect((await one('incomingPayment')).document?.state).toBe('cancelled');
	});

	it('come without the paid amount from a server that does not know it', async () => {
		system.sandbox.rules.absent.add('CreditNotes/PaidToDate');
		system.sandbox.store.document('CreditNotes', { CardCode: 'C1', DocTotal: 50 });
		const { document } = await one('creditNote');
		expect(document).toMatchObject({ kind: 'creditNote', total: '50', open: '50' });
	});

	it.each([
		[{ CashSum: 10, TransferSum: 5.5, PaymentChecks: [{ CheckSum: 4 }] }, '19.5'],
		[{ PaymentInvoices: [{ SumApplied: 70 }, { SumApplied: 7 }] }, '77'],
		[{ CashSum: 10, Cancelled: 'tYES' }, '0'],
	])('a payment with %o is %s', async (fields, total) => {
		system.sandbox.store.payment({ CardCode: 'C1', ...fields });
		const record = await one('incomingPayment', { output: 'raw' });
		expect(record.document).toMatchObject({ kind: 'payment', total });
		expect(JSON.stringify(record)).not.toContain('4111111111111111');
	});

	it('dated before the chosen day are left out', async () => {
		system.sandbox.store.document('Invoices', { CardCode: 'C1', DocDate: '2025-12-31' });
		expect(await one('invoice', { documentsFrom: '2026-01-01' })).toBeUndefined();
	});
});

describe('every read', () => {
	it('names its fields and changes nothing', async () => {
		seedCompany(system.sandbox.store, 30);
		const entities: EntityName[] = [
			'businessPartner',
			'creditStatus',
			'item',
			'order',
			'invoice',
			'creditNote',
			'incomingPayment',
			'profitCenter',
			'priceList',
		];
		for (const entity of entities) {
			const source = system.source(entity);
			await recordsSince(source, '2026-11-01');
			await scanAll(source);
		}
		const urls = system.sandbox.log.urls();
		expect(urls.filter((url) => !/select=|QueryService_PostQuery/.test(url))).toEqual([]);
		expect(urls.length).toBeGreaterThan(20);
		expect(system.sandbox.log.writes).toBe(0);
	});

	it('of a profit center hands its row on', async () => {
		system.sandbox.store.put('ProfitCenters', 'PC-1', { CenterName: 'Nord', Active: 'tYES' });
		const [record] = await scanAll(system.source('profitCenter'));
		expect(record).toMatchObject({ erp: { key: 'PC-1' }, raw: { CenterName: 'Nord' } });
	});
});
