import { customerRecord, type CustomerSettings } from '../../../nodes/Syspro/customer';
import { invoiceRecord } from '../../../nodes/Syspro/invoice';
import { orderRecord } from '../../../nodes/Syspro/salesOrder';
import { stockCodeRecord } from '../../../nodes/Syspro/stockCode';
import { dayIn, decimalIn } from '../../../nodes/Syspro/values';
import { NOW, scanAll, startSystem, type Mode } from './system.mts';

const settings = {
	company: 'A',
	companyCurrency: 'ZAR',
	currencies: new Map([['D', 'USD']]),
	withRaw: false,
	withCost: false,
	readAt: () => new Date(NOW).toISOString(),
	addressLayout: 'labelled',
	extensions: [],
	customFields: [],
	withOrderedItems: false,
} satisfies CustomerSettings & { withCost: boolean };

const customer = {
	Customer: '000000000000017',
	Name: 'Müller & Söhne (Pty) Ltd',
	CustomerClass: 'RT',
	CreditStatus: '1',
	CreditLimit: '25000.00',
	TermsCode: 'A',
	Currency: '',
	Telephone: '+27 11 123 4567',
	Contact: 'Ann Smith',
	Email: 'ann@mueller.example',
	SoldToAddr1: 'Unit 4',
	SoldToAddr2: '12 Main Road',
	SoldToAddr3: 'Sandton',
	SoldToAddr3Loc: 'Rivonia',
	SoldToAddr4: 'Gauteng',
	SoldToAddr5: 'South Africa',
	SoldPostalCode: '2128',
	ShipToAddr1: '',
	ShipToAddr2: 'Dock 3',
	ShipToAddr3: 'Durban',
	ShipToAddr4: '',
	ShipToAddr5: '',
	ShipPostalCode: '4001',
	CustomerOnHold: 'N',
	CompanyTaxNumber: '4123456789',
};
const mapped = (changes = {}, more: Partial<CustomerSettings> = {}) =>
	customerRecord({ ...customer, ...changes }, {}, { ...settings, ...more });

describe('a customer', () => {
	it('becomes an organization with terms, limit, status, both addresses and its contact', () => {
		expect(mapped().record).toEqual({
			erp: {
				system: 'syspro',
				entity: 'customer',
				key: '000000000000017',
				externalId: 'syspro:A:customer:000000000000017',
				version: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
				changedAt: '',
				readAt: '2026-11-20T08:10:00.000Z',
				isDeleted: false,
				isBlocked: false,
			},
			organization: {
				name: 'Müller & Söhne (Pty) Ltd',
				type: ['Customer'],
				phone: '+27 11 123 4567',
				email: 'ann@mueller.example',
				taxNumber: '4123456789',
				currency: 'ZAR',
				paymentTerms: 'A',
				creditLimit: '25000.00',
				creditStatus: 'Not on hold (credit status 1)',
				segment: 'RT',
				billingAddress: {
					street: 'Unit 4, 12 Main Road',
					houseNumber: '',
					postalCode: '2128',
					city: 'Sandton, Rivonia',
					region: 'Gauteng',
					country: 'South Africa',
				},
				shippingAddress: {
					street: 'Dock 3',
					houseNumber: '',
					postalCode: '4001',
					city: 'Durban',
					region: '',
					country: '',
				},
			},
			persons: [
				{
					key: '000000000000017/contact',
					externalId: 'syspro:A:customer:000000000000017/contact',
					name: 'Ann Smith',
					email: 'ann@mueller.example',
					isActive: true,
					isStandard: true,
				},
			],
		});
	});

	it('on hold is blocked and says so (business rule 16)', () => {
		const { record } = mapped({ CustomerOnHold: 'Y' });
		expect(record.erp.isBlocked).toBe(true);
		expect(record.organization?.creditStatus).toBe('On hold (credit status 1)');
	});

	it('without a contact has no person, whoever the e-mail belongs to (business rule 18)', () => {
		expect(mapped({ Contact: '' }).record.persons).toEqual([]);
	});

	it.each([
		['', 'ZAR'],
		['$', 'ZAR'],
		['D', 'USD'],
		['EUR', 'EUR'],
	])('with the currency %j is in %s (business rule 17)', (Currency, iso) => {
		expect(mapped({ Currency }).record.organization?.currency).toBe(iso);
	});

	it('has one street where its address lines are free', () => {
		const { record } = mapped({}, { addressLayout: 'lines' });
		expect(record.organization?.billingAddress).toMatchObject({
			street: 'Unit 4, 12 Main Road, Sandton, Rivonia, Gauteng, South Africa',
			city: '',
		});
	});

	it('lacks what was not read, and has empty what SYSPRO has empty', () => {
		const row: Record<string, string> = { ...customer, Telephone: '' };
		delete row.Email;
		const { organization } = customerRecord(row, {}, settings).record;
		expect(organization?.phone).toBe('');
		expect(organization).not.toHaveProperty('email', expect.anything());
	});

	it('changes its version with any mapped field and with nothing else', () => {
		const { version } = mapped();
		for (const column of Object.keys(customer)) {
			const changed = column === 'CustomerOnHold' ? 'Y' : '12';
			if (column !== 'Customer') expect(mapped({ [column]: changed }).version).not.toBe(version);
		}
		expect(mapped({ OutstOrdVal: '1' }).version).toBe(version);
		expect(mapped({}, { readAt: () => '2027-01-01T00:00:00.000Z', withRaw: true }).version).toBe(
			version,
		);
	});

	it('never has columns that were not picked, except as Raw', () => {
		const record = mapped({ UserField1: 'x' }, { extensions: ['UserField1'] }).record;
		expect(record.organization?.extensions).toEqual({ UserField1: 'x' });
		expect(record.raw).toBeUndefined();
		expect(mapped({}, { withRaw: true }).record.raw).toMatchObject({ TermsCode: 'A' });
	});
});

describe('a sales order', () => {
	const header = {
		SalesOrder: '000123',
		OrderStatus: '4',
		CancelledFlag: '',
		DocumentType: 'O',
		Customer: '0000017',
		CustomerName: 'Bayside Bikes',
		CustomerPoNumber: 'PO-9',
		LastInvoice: '',
		Currency: 'D',
		OrderDate: '2026-11-02',
		EntrySystemDate: '2026-11-03',
		ReqShipDate: '2026-12-01',
		DateLastInvPrt: '',
	};
	const line = {
		SalesOrderLine: '1',
		LineType: '1',
		MStockCode: 'A100',
		MStockDes: '15 Speed Mountain Bike',
		MOrderQty: '3.000',
		MShipQty: '2.000',
		MBackOrderQty: '1.000',
		MOrderUom: 'EA',
		MPrice: '99.99',
		MDiscPct1: '0',
		MDiscPct2: '0',
		MDiscPct3: '0',
		MDiscValue: '0',
		NMscChargeValue: '0',
	};
	const deal = (changes = {}, ...lines: Array<Record<string, string>>) =>
		orderRecord(
			{ ...header, ...changes },
			lines.map((one) => ({ ...line, ...one })),
			settings,
		).record.deal;

	it('becomes a deal with number, dates, status, value, lines and quantities', () => {
		expect(deal({}, {})).toEqual({
			title: 'Order 000123 Bayside Bikes',
			number: '000123',
			customerReference: 'PO-9',
			status: 'In warehouse',
			state: 'open',
			value: '299.97',
			currency: 'USD',
			orderDate: '2026-11-02',
			dueDate: '2026-12-01',
			lastInvoiceDate: '',
			organizationExternalId: 'syspro:A:customer:0000017',
			lines: [
				{
					productCode: 'A100',
					description: '15 Speed Mountain Bike',
					quantity: '3.000',
					unitPrice: '99.99',
					discount: '0',
					tax: '',
					unit: 'EA',
					shippedQuantity: '2.000',
					backOrderedQuantity: '1.000',
				},
			],
		});
	});

	it.each([
		['0', 'In process', 'open'],
		['1', 'Open', 'open'],
		['2', 'Open back order', 'open'],
		['3', 'Released back order', 'open'],
		['8', 'Ready to invoice', 'open'],
		['9', 'Complete', 'completed'],
		['S', 'Suspended', 'open'],
		['F', 'Forward', 'open'],
		['*', 'Cancelled during entry', 'cancelled'],
		['\\', 'Cancelled', 'cancelled'],
		['7', '7', undefined],
	])('of status %s is "%s" (business rule 24)', (OrderStatus, status, state) => {
		expect(deal({ OrderStatus })).toMatchObject({ status });
		expect(deal({ OrderStatus })?.state).toBe(state);
	});

	it('that is flagged as cancelled is cancelled, whatever its status', () => {
		expect(deal({ CancelledFlag: 'Y' })).toMatchObject({ status: 'Cancelled', state: 'cancelled' });
	});

	it('has net prices: each discount off what the one before left (business rule 25)', () => {
		const discounted = deal({}, { MPrice: '100', MDiscPct1: '10', MDiscPct2: '5', MDiscPct3: '1' });
		expect(discounted?.lines[0].unitPrice).toBe('84.645');
		expect(discounted?.value).toBe('253.94');
	});

	it('adds up freight and charges, leaves out comments, and knows no rounding error', () => {
		const many = Array.from({ length: 10 }, () => ({ MOrderQty: '1', MPrice: '0.1' }));
		const freight = { LineType: '4', MStockCode: '', MStockDes: '', NMscChargeValue: '12.50' };
		const comment = { LineType: '6', MStockDes: 'Call first', MOrderQty: '5' };
		const added = deal({}, ...many, freight, { ...freight, LineType: '5' }, comment);
		expect(added?.value).toBe('26.00');
		expect(added?.lines.slice(10).map((one) => [one.description, one.unitPrice])).toEqual([
			['Freight', '12.50'],
			['Miscellaneous charge', '12.50'],
		]);
	});

	it('takes a discount in money off the line', () => {
		expect(deal({}, { MDiscValue: '9.97' })).toMatchObject({
			value: '290.00',
			lines: [{ discount: '9.97', discountType: 'amount' }],
		});
	});
});

describe('stock', () => {
	const item = {
		StockCode: 'A100',
		Description: 'Bike',
		LongDesc: '',
		StockUom: 'EA',
		StockOnHold: '',
	};
	const warehouse = {
		StockCode: 'A100',
		Warehouse: 'N',
		QtyOnHand: '10.500000',
		QtyAllocated: '3.000000',
		QtyAllocatedWip: '1.000000',
		LastCostEntered: '55.10',
	};

	it('is on hand, allocated and available by warehouse, exactly', () => {
		const { record } = stockCodeRecord(
			item,
			[warehouse, { ...warehouse, Warehouse: 'S', QtyOnHand: '1' }],
			settings,
		);
		expect(record.product).toMatchObject({
			code: 'A100',
			name: 'Bike',
			unit: 'EA',
			prices: [],
			isActive: true,
			stock: [
				{ warehouse: 'N', onHand: '10.5', allocated: '4', available: '6.5' },
				{ warehouse: 'S', onHand: '1', allocated: '4', available: '-3' },
			],
		});
		expect(record.erp.externalId).toBe('syspro:A:stockCode:A100');
	});

	it('without a description has the long one for a name, and never its code', () => {
		const nameOf = (texts: object) =>
			stockCodeRecord({ ...item, ...texts }, [], settings).record.product?.name;
		expect(nameOf({ Description: '', LongDesc: 'Bike, red' })).toBe('Bike, red');
		expect(nameOf({ Description: '', LongDesc: '' })).toBe('');
	});

	it('has a cost only where it was asked for (business rule 17)', () => {
		const prices = (withCost: boolean) =>
			stockCodeRecord(item, [warehouse], { ...settings, withCost }).record.product?.prices;
		expect(prices(false)).toEqual([]);
		expect(prices(true)).toEqual([{ currency: 'ZAR', price: '', cost: '55.10' }]);
	});

	it.each([
		['', true],
		['N', true],
		['F', false],
		['P', false],
	])('on hold %j: active %s', (StockOnHold, isActive) => {
		const { record } = stockCodeRecord({ ...item, StockOnHold }, [], settings);
		expect(record.product?.isActive).toBe(isActive);
		expect(record.erp.isBlocked).toBe(!isActive);
	});
});

describe('an invoice', () => {
	const row = {
		Customer: '17',
		Invoice: '100',
		DocumentType: 'I',
		InvoiceDate: '2026-11-02',
		CurrencyValue: '115.00',
		InvoiceBal1: '15.00',
		PostCurrency: '',
	};

	it('becomes a document of the customer', () => {
		const { key, record } = invoiceRecord(row, settings);
		expect(key).toBe('17/100/I');
		expect(record.document).toEqual({
			kind: 'invoice',
			number: '100',
			date: '2026-11-02',
			dueDate: '',
			total: '115.00',
			open: '15.00',
			currency: 'ZAR',
			organizationExternalId: 'syspro:A:customer:17',
			lines: [],
		});
	});

	it.each([
		['C', 'creditNote'],
		['D', 'debitNote'],
		['X', 'X'],
	])('of type %s is a %s', (DocumentType, kind) => {
		expect(invoiceRecord({ ...row, DocumentType }, settings).record.document?.kind).toBe(kind);
	});
});

describe('values as SYSPRO writes them', () => {
	it.each([
		['   1500.00', '1500.00'],
		['5.00-', '-5.00'],
		['.5', '0.5'],
		['', ''],
		['-.25', '-0.25'],
		['1e-7', '0'],
		['1.5E+3', '1500'],
	])('the number %j is %j', (text, number) => expect(decimalIn(text)).toBe(number));
	it('a text where a number belongs is an error', () =>
		expect(() => decimalIn('n/a')).toThrow('"n/a"'));
	it.each([
		['2026-11-02', '2026-11-02'],
		['2026-11-02T00:00:00Z', '2026-11-02'],
		['0000-00-00', ''],
		['', ''],
		['1900-01-01', ''],
	])('the date %j is %j', (text, day) => expect(dayIn(text)).toBe(day));
});

describe.each<Mode>(['enet', 'odata'])('by %s', (mode) => {
	it('umlauts, ampersands, padded numbers and odd null dates arrive as they are meant', async () => {
		const system = await startSystem(mode);
		const { store } = system.sandbox;
		store.put('ArCustomer', {
			...customer,
			Name: 'Bäcker & Ö€ <GmbH>',
			CreditLimit: '1500.5',
			Currency: '',
		});
		store.put('ArCustomer', { Customer: 'ZZ "quoted" \'x\'', Name: 'Quotes' });
		const records = await scanAll(system.source('customer', {}, { pageSize: 1 }));
		expect(records.map(({ organization }) => organization?.name)).toEqual([
			'Bäcker & Ö€ <GmbH>',
			'Quotes',
		]);
		expect(records[0].organization).toMatchObject({ creditLimit: '1500.5', currency: 'ZAR' });
		expect(records[1].erp.key).toBe('ZZ "quoted" \'x\'');
		await system.close();
	});
});

describe('what is read beside a customer and a stock code', () => {
	it('are the custom form and the warehouses, page by page', async () => {
		const system = await startSystem('enet');
		const { store, log } = system.sandbox;
		for (let n = 1; n <= 7; n++) {
			const [Customer, StockCode] = [`C${n}`, `S${n}`];
			store.put('ArCustomer', { Customer, Name: Customer, Branch: n % 2 ? '10' : '20' });
			if (n !== 4) store.put('ArCustomer+', { Customer, Industry: `I${n}` });
			store.put('InvMaster', { StockCode, Description: StockCode });
			for (let w = 1; w <= n; w++)
				store.put('InvWarehouse', { StockCode, Warehouse: `W${w}`, QtyOnHand: String(w) });
		}
		const values = { customFields: 'Industry', extensions: 'Branch' };
		const found = await scanAll(
			system.source('customer', { values, filters: { branches: '10, 30' } }, { pageSize: 3 }),
		);
		expect(found.map(({ organization }) => organization?.extensions)).toEqual(
			[1, 3, 5, 7].map((n) => ({ Branch: '10', Industry: `I${n}` })),
		);
		const stock = await scanAll(system.source('stock', {}, { pageSize: 2 }));
		expect(stock.map(({ product }) => product?.stock.length)).toEqual([1, 2, 3, 4, 5, 6, 7]);
		const lean = await scanAll(system.source('stockCode', {}, { pageSize: 2 }));
		expect(lean.map(({ product }) => product?.stock.length)).toEqual([0, 0, 0, 0, 0, 0, 0]);
		expect(log.unknownElements).toEqual([]);
		await system.close();
	});
});
