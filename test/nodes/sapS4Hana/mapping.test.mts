import type { ODataRow } from '../../../core/odata/dialect';
import { v2 } from '../../../core/odata/v2';
import { toErpRecord, type MappingSettings } from '../../../nodes/SapS4Hana/mapping';
import { DEFAULT_FILTER } from '../../../nodes/SapS4Hana/partnerFilter';
import { ALL_PARTS, readableParts } from '../../../nodes/SapS4Hana/parts';
import addressWithoutUsage from '../../fixtures/s4hana/address-without-usage.json';
import bothSidesBlocked from '../../fixtures/s4hana/both-sides-blocked.json';
import contactTwice from '../../fixtures/s4hana/contact-with-two-relationships.json';
import contactWithCompanyEmail from '../../fixtures/s4hana/contact-with-the-companys-email.json';
import neverChanged from '../../fixtures/s4hana/never-changed.json';
import postBox from '../../fixtures/s4hana/post-box.json';
import severalAddresses from '../../fixtures/s4hana/several-addresses.json';
import severalShipTos from '../../fixtures/s4hana/several-ship-tos.json';
import severalTaxNumbers from '../../fixtures/s4hana/several-tax-numbers.json';
import termsDiffer from '../../fixtures/s4hana/terms-differ.json';

interface Fixture {
	partner: ODataRow;
	persons?: ODataRow[];
	shipTos?: ODataRow[];
}

const NO_UNIT = { companyCode: '', salesOrganization: '', distributionChannel: '', division: '' };

function map(
	{ partner, persons = [], shipTos = [] }: Fixture,
	more: Partial<MappingSettings> = {},
) {
	const settings: MappingSettings = {
		scope: 'PRD',
		parts: readableParts(ALL_PARTS),
		filter: DEFAULT_FILTER,
		unit: NO_UNIT,
		taxTypes: [],
		extensions: [],
		withRaw: false,
		...more,
	};
	const stored = (value: unknown) => String(value).padStart(10, '0');
	const companions = {
		persons: new Map(persons.map((row) => [stored(row.BusinessPartner), row])),
		shipTos: new Map(shipTos.map((row) => [stored(row.Customer), row])),
		day: '2026-11-20',
		readAt: '2026-11-20T08:10:00.000Z',
	};
	return toErpRecord(v2, partner, companions, settings);
}

const variant = (fixture: Fixture, change: Record<string, unknown>): Fixture => ({
	...fixture,
	partner: { ...fixture.partner, ...change },
});

describe('identity', () => {
	it('a partner that was never changed carries its creation as time of change', () => {
		expect(map(neverChanged).erp).toMatchObject({
			system: 's4hana',
			entity: 'businessPartner',
			key: '0000000011',
			externalId: 's4hana:PRD:businessPartner:0000000011',
			changedAt: '2020-03-06T07:53:50',
			isBlocked: false,
			isDeleted: false,
		});
	});

	it('version changes with the content, and with nothing else', () => {
		const { version } = map(neverChanged).erp;
		const touched = { ETag: 'OTHER20261120081000', LastChangeDate: '/Date(1795132800000)/' };
		expect(map(variant(neverChanged, touched)).erp.version).toBe(version);
		const renamed = { BusinessPartnerFullName: 'Anders AG' };
		expect(map(variant(neverChanged, renamed)).erp.version).not.toBe(version);
		const blocked = { BusinessPartnerIsBlocked: true };
		expect(map(variant(neverChanged, blocked)).erp.version).not.toBe(version);
	});

	it('an address that ETag does not see makes another version', () => {
		const moved = structuredClone(severalAddresses);
		moved.partner.to_BusinessPartnerAddress.results[1].CityName = 'Bonn';
		expect(map(moved).erp.version).not.toBe(map(severalAddresses).erp.version);
	});
});

describe('addresses', () => {
	it('the default address by usage, with the e-mail and phones of the company', () => {
		const { organization } = map(severalAddresses);
		expect(organization).toMatchObject({
			billingAddress: {
				street: 'Hauptstraße',
				houseNumber: '12 b',
				postalCode: '50667',
				city: 'Köln',
				region: 'NW',
				country: 'DE',
			},
			email: 'info@beispiel.example',
			phone: '+4922112340',
			website: 'https://beispiel.example',
		});
	});

	it('a usage that ended does not count', () => {
		const ended = structuredClone(severalAddresses);
		const usage = ended.partner.to_BusinessPartnerAddress.results[1].to_AddressUsage.results[0];
		usage.ValidityEndDate = '/Date(1600000000000+0000)/';
		expect(map(ended).organization?.billingAddress?.city).toBe('Aachen');
	});

	it('without any usage the first address by number', () => {
		expect(map(addressWithoutUsage).organization?.billingAddress?.city).toBe('Erste Stadt');
	});

	it('a post box stands in place of the street', () => {
		expect(map(postBox).organization?.billingAddress).toMatchObject({
			street: 'PO Box 1005',
			postalCode: '50668',
		});
	});

	it('a field that is empty in the ERP is empty, one that was not read is absent', () => {
		expect(map(neverChanged).organization).toMatchObject({ email: '', website: '', taxNumber: '' });
		const { organization } = map(neverChanged, { parts: readableParts(['roles']) });
		expect(Object.keys(organization ?? {}).sort()).toEqual([
			'industry',
			'language',
			'name',
			'type',
		]);
	});
});

describe('rule 14: what depends on company code or sales area', () => {
	it('none chosen and rows differ: not written, reported', () => {
		const { organization, warnings } = map(termsDiffer);
		expect(organization).not.toHaveProperty('paymentTerms');
		expect(organization).not.toHaveProperty('currency');
		expect(warnings).toEqual([
			'The payment terms differ between company codes (0001, NT30) and were not written: choose a "Company Code".',
			'The currencies differ between sales areas (EUR, USD) and were not written: choose a "Sales Organization".',
		]);
	});

	it('the chosen ones are written', () => {
		const unit = { ...NO_UNIT, companyCode: '1020', salesOrganization: '1720' };
		const { organization, warnings } = map(termsDiffer, { unit });
		expect(organization).toMatchObject({ paymentTerms: 'NT30', currency: 'USD', segment: '02' });
		expect(warnings).toBeUndefined();
	});

	it('all agree: no choice is needed, rows flagged for deletion do not count', () => {
		const agreeing = structuredClone(termsDiffer);
		agreeing.partner.to_Customer.to_CustomerCompany.results[1].DeletionIndicator = true;
		expect(map(agreeing).organization?.paymentTerms).toBe('0001');
	});
});

describe('rule 15: shipping address', () => {
	it('the default one of several, and a count', () => {
		const { organization, warnings } = map(severalShipTos);
		expect(organization?.shippingAddress?.city).toBe('Lagerstadt');
		expect(warnings).toEqual([
			'There are 2 ship-to parties: the default one is the shipping address.',
		]);
	});

	it('its own address when the customer ships to itself', () => {
		const own = structuredClone(severalShipTos);
		const area = own.partner.to_Customer.to_CustomerSalesArea.results[0];
		area.to_PartnerFunction.results = [area.to_PartnerFunction.results[0]];
		expect(map(own).organization?.shippingAddress?.city).toBe('Hauptstadt');
	});

	it('a ship-to party that cannot be read is reported', () => {
		const { organization, warnings } = map({ partner: severalShipTos.partner });
		expect(organization).not.toHaveProperty('shippingAddress');
		expect(warnings).toContain('The ship-to party 3000777 could not be read.');
	});
});

describe('tax number', () => {
	it.each([
		[[], 'DE123456789'],
		[['AT0', 'DE1'], '11/222/33333'],
		[['FR0'], ''],
	])('types %j give "%s"', (taxTypes, expected) => {
		expect(map(severalTaxNumbers, { taxTypes }).organization?.taxNumber).toBe(expected);
	});

	it('without tax rows the VAT number of the customer', () => {
		const none = variant(severalTaxNumbers, { to_BusinessPartnerTax: { results: [] } });
		expect(map(none).organization?.taxNumber).toBe('DE999');
	});
});

describe('rule 13: type', () => {
	it.each([
		['11', '', ['Customer']],
		['', '11', ['Supplier']],
		['11', '11', ['Customer', 'Supplier']],
	])('customer "%s", supplier "%s"', (Customer, Supplier, type) => {
		expect(map(variant(neverChanged, { Customer, Supplier })).organization?.type).toEqual(type);
	});
});

describe('rule 18: contact persons', () => {
	it('two relationships of one person are one person, the valid one counts', () => {
		expect(map(contactTwice).persons).toEqual([
			{
				key: '0000000200',
				externalId: 's4hana:PRD:businessPartner:0000000200',
				firstName: 'Eva',
				lastName: 'Muster',
				name: 'Eva Muster',
				email: 'eva@beispiel.example',
				phone: '+4922112345',
				mobile: '+491701234',
				function: 'Einkauf',
				department: 'Zentrale',
				isActive: true,
				isStandard: false,
			},
		]);
	});

	it('the company e-mail is not the e-mail of its person', () => {
		expect(map(contactWithCompanyEmail).persons?.map(({ email }) => email)).toEqual([
			'',
			'frieda@beispiel.example',
		]);
	});

	it('a blocked or archived person is not active, and marked for whoever has to act', () => {
		const [person] = contactTwice.persons;
		for (const flag of ['BusinessPartnerIsBlocked', 'IsMarkedForArchiving']) {
			const fixture = { ...contactTwice, persons: [{ ...person, [flag]: true }] };
			expect(map(fixture).persons?.[0]).toMatchObject({ isActive: false, isBlocked: true });
			expect(map(contactTwice).persons?.[0]).not.toHaveProperty('isBlocked');
		}
	});

	it('a person whose own row cannot be read has no name, and stays', () => {
		const [person] = map({ partner: contactTwice.partner }).persons ?? [];
		expect(person).toMatchObject({ key: '0000000200', name: '', email: 'eva@beispiel.example' });
	});
});

describe('rule 5: blocked', () => {
	it('every side blocked or flagged for deletion', () => {
		expect(map(bothSidesBlocked).erp.isBlocked).toBe(true);
	});

	it('one side free', () => {
		const free = structuredClone(bothSidesBlocked);
		free.partner.to_Supplier.DeletionIndicator = false;
		expect(map(free).erp.isBlocked).toBe(false);
	});

	it.each(['BusinessPartnerIsBlocked', 'IsMarkedForArchiving'])('%s', (flag) => {
		expect(map(variant(neverChanged, { [flag]: true })).erp.isBlocked).toBe(true);
	});
});

describe('rule 12: extension fields', () => {
	it('are picked by name, of the partner and of its customer', () => {
		const fixture = variant(neverChanged, {
			YY1_Class_bus: 'A',
			to_Customer: { YY1_Region_cus: 'Süd' },
		});
		const extensions = ['YY1_Class_bus', 'to_Customer/YY1_Region_cus', 'YY1_Empty_bus'];
		expect(map(fixture, { extensions }).organization?.extensions).toEqual({
			YY1_Class_bus: 'A',
			YY1_Region_cus: 'Süd',
			YY1_Empty_bus: '',
		});
	});
});

describe('Raw', () => {
	it('is the row without the protocol around it', () => {
		const { raw } = map(severalAddresses, { withRaw: true });
		expect(JSON.stringify(raw)).not.toMatch(/__metadata|__deferred|"results"/);
		expect(raw).toMatchObject({ BusinessPartner: '1000123' });
	});
});
