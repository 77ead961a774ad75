/** One partner of each awkward kind that real systems hold. */
import type { PartnerInput } from './partners.mts';

export type SpecialPartner = PartnerInput | ((base: PartnerInput) => PartnerInput);

const customerOf = (accountGroup: string): PartnerInput => ({
	customer: { accountGroup },
	supplier: undefined,
});

export const SPECIAL_PARTNERS: Record<string, SpecialPartner> = {
	umlauts: { name: 'Gebrüder Größe & Söhne Käse-Öl GmbH' },
	apostrophe: { name: "O'Neil's Tools 'n' More Ltd.", ...customerOf('0001') },
	/** 40 + blank + 40 characters: as long as a name can get. */
	longName: {
		name:
			'Gesellschaft für innovative Antriebstech'.padEnd(40, 'n') +
			'nik und Sonderanlagenbau Mitteldeutschl.'.padEnd(40, '.'),
		...customerOf('0001'),
	},
	noName: { name: '', ...customerOf('0001') },
	invalidEmail: { email: 'info(at)firma', ...customerOf('0001') },
	unknownCountry: (base) => ({
		address: { ...base.address, Country: 'QX' },
		...customerOf('0001'),
	}),
	noAddress: { address: null, email: undefined, phone: undefined, ...customerOf('0001') },
	blocked: { fields: { BusinessPartnerIsBlocked: true }, ...customerOf('0001') },
	archived: { fields: { IsMarkedForArchiving: true }, ...customerOf('0001') },
	orderBlocked: {
		customer: { fields: { OrderIsBlockedForCustomer: '01', DeletionIndicator: true } },
		supplier: undefined,
	},
	naturalPerson: {
		name: undefined,
		category: '1',
		firstName: 'Wiebke',
		lastName: 'Hansen',
		...customerOf('0001'),
	},
	oneTime: { name: 'Laufkundschaft', grouping: 'BPCP', ...customerOf('CPD') },
	shipToOnly: { ...customerOf('0002') },
	payerOnly: { ...customerOf('0003') },
	billToOnly: { ...customerOf('0004') },
	employee: {
		name: undefined,
		category: '1',
		firstName: 'Jens',
		lastName: 'Albers',
		roles: ['BUP003'],
		customer: undefined,
		supplier: undefined,
	},
	prospect: { customer: undefined, supplier: undefined, roles: ['BUP002'] },
	neverChanged: { changedAt: undefined, ...customerOf('0001') },
	/** Sorts before all others in the database and behind them as text. */
	shortNumber: { key: '977', ...customerOf('0001') },
	letters: { key: 'EXT-ÄÖ/7', ...customerOf('0001') },
	/** The customer number is not the partner number. */
	otherNumber: { customer: { number: '3000777' }, supplier: undefined },
	manyTerms: {
		customer: {
			companies: [
				{ CompanyCode: '1010', PaymentTerms: '0001' },
				{ CompanyCode: '1020', PaymentTerms: 'NT30' },
				{ CompanyCode: '1030', PaymentTerms: '' },
			],
			salesAreas: [{ SalesOrganization: '1010' }, { SalesOrganization: '1020', Currency: 'USD' }],
		},
		supplier: undefined,
	},
};
