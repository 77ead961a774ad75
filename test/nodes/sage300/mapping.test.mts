import type { ErpRecord } from '../../../core/record/erpRecord';
import { countryOf } from '../../../nodes/Sage300/country';
import { toPostedRecord } from '../../../nodes/Sage300/posted';
import { toCustomerRecord, type Companions } from '../../../nodes/Sage300/mapping';
import { customerSettings } from '../../../nodes/Sage300/parameters';

type Row = Record<string, unknown>;

const ROW: Row = {
	CustomerNumber: '1200',
	CustomerName: 'Größler & Söhne',
	GroupCode: 'WHL',
	Status: 'Active',
	OnHold: 'No',
	DateLastMaintained: '2026-11-20T00:00:00Z',
	AddressLine1: 'Hafenstr. 7 ',
	AddressLine2: '',
	AddressLine3: 'Tor 3',
	AddressLine4: null,
	City: 'Köln',
	StateProvince: 'NW',
	ZipPostalCode: '50667',
	Country: 'Germany',
	PhoneNumber: '0221445566',
	Email: 'info@groessler.example',
	WebSite: '',
	Terms: 'N30',
	CurrencyCode: 'EUR',
	TaxRegistrationNumber1: 'DE1',
	TaxRegistrationNumber2: 'X2',
	CreditLimitCustomerCurrency: 12345.5,
	CheckCreditLimit: 'Yes',
	BalanceDueInCustomerCurrency: '100.500',
	ContactName: 'Jörg Köhler',
	ContactsEmail: 'jk@groessler.example',
	ContactsPhone: '0221445567',
	PrimaryShipToLocation: '',
};

function mapped(
	row: Row = {},
	parameters: Record<string, unknown> = {},
	companions: Partial<Companions> = {},
): ErpRecord {
	const settings = customerSettings((name, fallback) => parameters[name] ?? fallback, 'SAMLTD');
	const readAt = '2026-11-20T08:00:00.000Z';
	return toCustomerRecord({ ...ROW, ...row }, { readAt, ...companions }, settings);
}
const organization = (...given: Parameters<typeof mapped>) => mapped(...given).organization;

describe('a customer as an ERP record', () => {
	it('has identity, address, terms and money, numbers as text', () => {
		const terms = new Map([['N30', 'Net 30 days']]);
		const groups = new Map([['WHL', 'Wholesale']]);
		expect(mapped({}, {}, { terms, groups })).toEqual({
			erp: {
				system: 'sage300',
				entity: 'customer',
				key: '1200',
				externalId: 'sage300:SAMLTD:customer:1200',
				version: expect.stringMatching(/^[0-9a-f]{16}$/),
				changedAt: '2026-11-20',
				readAt: '2026-11-20T08:00:00.000Z',
				isDeleted: false,
				isBlocked: false,
			},
			organization: {
				name: 'Größler & Söhne',
				type: ['Customer'],
				phone: '0221445566',
				email: 'info@groessler.example',
				website: '',
				taxNumber: 'DE1',
				currency: 'EUR',
				paymentTerms: 'N30 - Net 30 days',
				segment: 'WHL - Wholesale',
				creditLimit: '12345.5',
				balance: '100.5',
				creditStatus: 'Good',
				billingAddress: {
					street: 'Hafenstr. 7, Tor 3',
					houseNumber: '',
					postalCode: '50667',
					city: 'Köln',
					region: 'NW',
					country: 'DE',
				},
			},
			persons: [
				{
					key: '1200',
					externalId: 'sage300:SAMLTD:contact:1200',
					name: 'Jörg Köhler',
					email: 'jk@groessler.example',
					phone: '0221445567',
					isActive: true,
					isStandard: true,
				},
			],
		});
	});

	it('has the same version until its content changes, whatever the date says', () => {
		const { version } = mapped().erp;
		expect(mapped({ DateLastMaintained: '2026-11-21T00:00:00' }).erp.version).toBe(version);
		expect(mapped({ BalanceDueInCustomerCurrency: 100.5 }).erp.version).toBe(version);
		expect(mapped({ City: 'Bonn' }).erp.version).not.toBe(version);
		expect(mapped({ Status: 'Inactive' }).erp.version).not.toBe(version);
	});

	it('falls back on the short name, and tells an empty field from one that was not read', () => {
		expect(organization({ CustomerName: '', ShortName: 'GROE' })?.name).toBe('GROE');
		expect(organization({ Email: null })?.email).toBe('');
		expect(organization()).not.toHaveProperty('extensions');
	});

	it.each([
		[{ Status: 'Inactive' }, true],
		[{ Status: 'Active', OnHold: 'Yes' }, false],
	])('%j: blocked is %s', (row, isBlocked) => {
		expect(mapped(row).erp.isBlocked).toBe(isBlocked);
	});

	it('without a name the contact keeps its e-mail; without both there is none', () => {
		expect(mapped({ ContactName: '' }).persons).toMatchObject([
			{ name: '', email: 'jk@groessler.example' },
		]);
		expect(mapped({ ContactName: '', ContactsEmail: '' }).persons).toEqual([]);
		expect(mapped({}, { parts: [] })).not.toHaveProperty('persons');
	});
});

describe('rule 16: the credit status', () => {
	it.each([
		['Good', 799, 1000, 'Yes', 'No'],
		['Near limit', 800, 1000, 'Yes', 'No'],
		['Near limit', 1000, 1000, 'Yes', 'No'],
		['Over limit', 1000.01, 1000, 'Yes', 'No'],
		['Good', 5000, 0, 'Yes', 'No'],
		['Good', 5000, 1000, 'No', 'No'],
		['On hold', 0, 1000, 'Yes', 'Yes'],
	])('is %s with a balance of %d, a limit of %d, checked %s, on hold %s', (status, ...given) => {
		const [balance, limit, isChecked, onHold] = given;
		const row = {
			BalanceDueInCustomerCurrency: balance,
			CreditLimitCustomerCurrency: limit,
			CheckCreditLimit: isChecked,
			OnHold: onHold,
		};
		expect(organization(row)?.creditStatus).toBe(status);
	});
});

describe('rule 15: the shipping address', () => {
	const shipTo = { CustomerNumber: '1200', AddressLine1: 'Lager 1', City: 'Bonn', Country: 'DE' };

	it('is the primary ship-to location', () => {
		const found = organization({}, {}, { shipTos: new Map([['1200', shipTo]]) });
		expect(found?.shippingAddress).toMatchObject({
			street: 'Lager 1',
			city: 'Bonn',
			country: 'DE',
		});
	});

	it('is empty where there is none, so that an old one is cleared', () => {
		const found = organization({}, {}, { shipTos: new Map() });
		expect(found?.shippingAddress).toMatchObject({ street: '', city: '' });
	});

	it('is left out with a warning where the location is named but cannot be read', () => {
		const record = mapped({ PrimaryShipToLocation: 'WAREHS' }, {}, { shipTos: new Map() });
		expect(record.organization).not.toHaveProperty('shippingAddress');
		expect(record.warnings).toEqual(['The primary ship-to location WAREHS could not be read.']);
	});
});

describe('chosen fields', () => {
	it('optional fields and further fields come as extensions; an absent one is empty', () => {
		const values = { optionalFields: 'segment, UPSZONE', moreFields: 'TerritoryCode' };
		const row = {
			TerritoryCode: 'WEST',
			CustomerOptionalFieldValues: [{ OptionalField: 'SEGMENT', Value: 'A ' }],
		};
		expect(organization(row, { values })?.extensions).toEqual({
			TerritoryCode: 'WEST',
			segment: 'A',
			UPSZONE: '',
		});
		// A company without the module for optional fields does not have the member at all.
		expect(organization({}, { values })?.extensions).toMatchObject({ segment: '' });
	});

	it.each(['CreditBureauNumber', 'CardNumber', 'BankCode', "X' or 1 eq 1"])(
		'rule 30: %s is refused',
		(moreFields) => {
			expect(() => mapped({}, { values: { moreFields } })).toThrow(moreFields);
		},
	);

	it('another tax registration number, and ISO codes for currencies', () => {
		expect(organization({}, { values: { taxNumber: 2 } })?.taxNumber).toBe('X2');
		const values = { currencyCodes: 'CAN=cad', companyCurrency: 'usd' };
		expect(organization({ CurrencyCode: 'CAN' }, { values })?.currency).toBe('CAD');
		expect(organization({ CurrencyCode: '' }, { values })?.currency).toBe('USD');
	});
});

describe('countries, which are free text', () => {
	it.each([
		['Germany', 'DE'],
		['USA', 'US'],
		['U.S.A.', 'US'],
		['United States', 'US'],
		['canada', 'CA'],
		['de', 'DE'],
		['Deutschland', 'DE'],
		['UK', 'GB'],
		['Türkiye', 'TR'],
		['', ''],
		['Freedonia', 'Freedonia'],
		['ZZ', 'ZZ'],
	])('%s is %s', (text, code) => {
		expect(countryOf(text)).toBe(code);
	});
});

describe('posted documents', () => {
	const read = (entity: 'invoice' | 'receipt', row: Row) =>
		toPostedRecord(entity, row, {
			scope: 'SAMLTD',
			withRaw: false,
			readAt: '',
			currencies: { company: '', iso: new Map() },
		});
	const invoice: Row = {
		CustomerNumber: '1200',
		DocumentNumber: 'IN0000000000001',
		DocumentType: 'Invoice',
		DocumentDate: '2026-10-31T00:00:00',
		DueDate: '2026-11-30T00:00:00',
		PostingDate: '2026-11-02T00:00:00',
		LastActivityDate: null,
		CustomerCurrencyInvoiceAmount: 119,
		CustomerCurrencyAmountDue: 19,
		CurrencyCode: 'USD',
		FullyPaid: 'No',
	};

	it('an invoice belongs to its customer and says what is open', () => {
		expect(read('invoice', invoice)).toMatchObject({
			erp: {
				key: '1200/IN0000000000001',
				externalId: 'sage300:SAMLTD:invoice:1200/IN0000000000001',
				changedAt: '2026-11-02',
			},
			document: {
				kind: 'invoice',
				number: 'IN0000000000001',
				date: '2026-10-31',
				dueDate: '2026-11-30',
				total: '119',
				open: '19',
				organizationExternalId: 'sage300:SAMLTD:customer:1200',
			},
		});
	});

	it.each([
		['Invoice', 'invoice'],
		['CreditNote', 'creditNote'],
		['Credit Note', 'creditNote'],
		['DebitNote', 'debitNote'],
		['3', 'creditNote'],
		['4', 'interest'],
		['Receipt', undefined],
		['UnappliedCash', undefined],
		['Prepayment', undefined],
		['11', undefined],
	])('the document type %s is %s', (DocumentType, kind) => {
		expect(read('invoice', { ...invoice, DocumentType })?.document?.kind).toBe(kind);
	});

	it('a receipt; a returned one says so; a miscellaneous one belongs to nobody', () => {
		const receipt: Row = {
			BankCode: 'SEATAC',
			CustomerNumber: '1200',
			CheckReceiptNumber: '4711',
			DepositSerialNumber: 12,
			DepositLineNumber: 1,
			ReceiptDate: '2026-11-20T00:00:00',
			DateLastMaintained: '2026-11-20T00:00:00',
			CustomerReceiptAmount: 100,
			MiscellaneousReceiptFlag: 0,
			CardNumber: '4111111111111111',
		};
		const record = read('receipt', receipt);
		expect(record?.document).toMatchObject({ kind: 'payment', number: '4711', total: '100' });
		expect(JSON.stringify(record)).not.toContain('4111');
		const returned = read('receipt', { ...receipt, DateReturned: '2026-11-21T00:00:00' });
		expect(returned?.document?.kind).toBe('returnedPayment');
		expect(read('receipt', { ...receipt, MiscellaneousReceiptFlag: 1 })).toBeUndefined();
	});
});
