import type { ODataShape } from '../../core/odata/dialect';

/** What a person can switch off in "Parts to Read", for systems or users that lack it. */
export type Part =
	| 'addresses'
	| 'communication'
	| 'contacts'
	| 'customer'
	| 'roles'
	| 'salesAreas'
	| 'shipTo'
	| 'supplier'
	| 'taxNumbers';

export const PART_NAMES: Readonly<Record<Part, string>> = {
	addresses: 'Addresses',
	communication: 'E-Mails, Phones and Websites',
	contacts: 'Contact Persons',
	customer: 'Customer Data',
	roles: 'Roles',
	salesAreas: 'Sales Areas',
	shipTo: 'Ship-To Addresses',
	supplier: 'Supplier Data',
	taxNumbers: 'Tax Numbers',
};

export const ALL_PARTS = Object.keys(PART_NAMES) as Part[];

/** A part without which this one cannot be read. */
const NEEDS: Partial<Record<Part, Part>> = {
	communication: 'addresses',
	salesAreas: 'customer',
	shipTo: 'salesAreas',
};

/** One navigation from `A_BusinessPartner`, the properties read there and the part it belongs to. */
export interface Navigation {
	path: string;
	part: Part;
	select: readonly string[];
}

const ADDRESS = [
	'AddressID',
	'StreetName',
	'HouseNumber',
	'HouseNumberSupplementText',
	'PostalCode',
	'CityName',
	'Region',
	'Country',
	'POBox',
	'POBoxPostalCode',
];
const EMAIL = ['OrdinalNumber', 'Person', 'EmailAddress', 'IsDefaultEmailAddress'];
const PHONE = [
	'OrdinalNumber',
	'Person',
	'PhoneNumber',
	'PhoneNumberExtension',
	'InternationalPhoneNumber',
	'PhoneNumberType',
	'IsDefaultPhoneNumber',
];
const RELATIONSHIP = ['RelationshipNumber', 'BusinessPartnerCompany', 'BusinessPartnerPerson'];

/** Every navigation this node reads, parents before children. Bank, birth date, identification and cards are not among them. */
export const NAVIGATIONS: readonly Navigation[] = [
	{ path: 'to_BusinessPartnerAddress', part: 'addresses', select: ADDRESS },
	{
		path: 'to_BusinessPartnerAddress/to_AddressUsage',
		part: 'addresses',
		select: ['AddressUsage', 'ValidityStartDate', 'ValidityEndDate'],
	},
	{ path: 'to_BusinessPartnerAddress/to_EmailAddress', part: 'communication', select: EMAIL },
	{ path: 'to_BusinessPartnerAddress/to_PhoneNumber', part: 'communication', select: PHONE },
	{ path: 'to_BusinessPartnerAddress/to_MobilePhoneNumber', part: 'communication', select: PHONE },
	{
		path: 'to_BusinessPartnerAddress/to_URLAddress',
		part: 'communication',
		select: ['OrdinalNumber', 'WebsiteURL', 'IsDefaultURLAddress'],
	},
	{
		path: 'to_BusinessPartnerRole',
		part: 'roles',
		select: ['BusinessPartnerRole', 'ValidFrom', 'ValidTo'],
	},
	{
		path: 'to_BusinessPartnerTax',
		part: 'taxNumbers',
		select: ['BPTaxType', 'BPTaxNumber', 'BPTaxLongNumber'],
	},
	{
		path: 'to_BusinessPartnerContact',
		part: 'contacts',
		select: [...RELATIONSHIP, 'ValidityStartDate', 'ValidityEndDate', 'IsStandardRelationship'],
	},
	{
		path: 'to_BusinessPartnerContact/to_ContactRelationship',
		part: 'contacts',
		select: [
			'ContactPersonFunction',
			'ContactPersonFunctionName',
			'ContactPersonDepartment',
			'ContactPersonDepartmentName',
			'EmailAddress',
			'PhoneNumber',
			'PhoneNumberExtension',
		],
	},
	{
		path: 'to_BusinessPartnerContact/to_ContactAddress',
		part: 'contacts',
		select: [
			'AddressID',
			'Person',
			'IsDefaultAddress',
			'ContactRelationshipFunction',
			'ContactRelationshipDepartment',
		],
	},
	{
		path: 'to_BusinessPartnerContact/to_ContactAddress/to_EmailAddress',
		part: 'contacts',
		select: EMAIL,
	},
	{
		path: 'to_BusinessPartnerContact/to_ContactAddress/to_PhoneNumber',
		part: 'contacts',
		select: PHONE,
	},
	{
		path: 'to_BusinessPartnerContact/to_ContactAddress/to_MobilePhoneNumber',
		part: 'contacts',
		select: PHONE,
	},
	{
		path: 'to_Customer',
		part: 'customer',
		select: [
			'Customer',
			'CustomerAccountGroup',
			'CustomerClassification',
			'VATRegistration',
			'OrderIsBlockedForCustomer',
			'PostingIsBlocked',
			'DeletionIndicator',
		],
	},
	{
		path: 'to_Customer/to_CustomerCompany',
		part: 'customer',
		select: ['CompanyCode', 'PaymentTerms', 'DeletionIndicator'],
	},
	{
		path: 'to_Customer/to_CustomerSalesArea',
		part: 'salesAreas',
		select: [
			'SalesOrganization',
			'DistributionChannel',
			'Division',
			'Currency',
			'CustomerGroup',
			'CustomerPaymentTerms',
			'DeletionIndicator',
		],
	},
	{
		path: 'to_Customer/to_CustomerSalesArea/to_PartnerFunction',
		part: 'shipTo',
		select: [
			'PartnerFunction',
			'PartnerCounter',
			'BPCustomerNumber',
			'AddressID',
			'DefaultPartner',
		],
	},
	{
		path: 'to_Supplier',
		part: 'supplier',
		select: [
			'Supplier',
			'SupplierAccountGroup',
			'VATRegistration',
			'PostingIsBlocked',
			'PurchasingIsBlocked',
			'DeletionIndicator',
		],
	},
	{
		path: 'to_Supplier/to_SupplierCompany',
		part: 'supplier',
		select: ['CompanyCode', 'PaymentTerms', 'Currency', 'DeletionIndicator'],
	},
];

/** Read of every partner, whichever parts are chosen. */
export const PARTNER_FIELDS = [
	'BusinessPartner',
	'Customer',
	'Supplier',
	'BusinessPartnerCategory',
	'BusinessPartnerFullName',
	'BusinessPartnerName',
	'BusinessPartnerGrouping',
	'OrganizationBPName1',
	'OrganizationBPName2',
	'Industry',
	'Language',
	'CorrespondenceLanguage',
	'IsNaturalPerson',
	'BusinessPartnerIsBlocked',
	'IsMarkedForArchiving',
	'CreationDate',
	'CreationTime',
	'LastChangeDate',
	'LastChangeTime',
	'ETag',
] as const;

/** Enough to see that a partner changed. */
export const CHANGE_FIELDS = [
	'BusinessPartner',
	'BusinessPartnerCategory',
	'CreationDate',
	'CreationTime',
	'LastChangeDate',
	'LastChangeTime',
	'ETag',
] as const;

/** Of a contact person's own row: the name and whether the person is still active. */
export const PERSON_FIELDS = [
	'BusinessPartner',
	'FirstName',
	'LastName',
	'PersonFullName',
	'BusinessPartnerFullName',
	'BusinessPartnerIsBlocked',
	'IsMarkedForArchiving',
] as const;

export const RELATIONSHIP_FIELDS = [
	'RelationshipNumber',
	'BusinessPartner1',
	'BusinessPartner2',
	'ValidityEndDate',
	'CreationDate',
	'CreationTime',
	'LastChangeDate',
	'LastChangeTime',
] as const;

/** A chosen part is left out when the part it hangs on is switched off. */
export function readableParts(chosen: readonly Part[]): Set<Part> {
	const isReadable = (part: Part): boolean => {
		const needed = NEEDS[part];
		return chosen.includes(part) && (needed === undefined || isReadable(needed));
	};
	return new Set(chosen.filter(isReadable));
}

/** The shape of a partner read. `extensions` are names, or `to_Customer/Name` and `to_Supplier/Name`. */
export function partnerShape(parts: ReadonlySet<Part>, extensions: readonly string[]): ODataShape {
	const own = extensions.filter((name) => !name.includes('/'));
	return shapeBelow('', [...PARTNER_FIELDS, ...own], parts, extensions);
}

/** The address part alone, for ship-to partners. */
export const SHIP_TO_SHAPE: ODataShape = shapeBelow(
	'',
	['BusinessPartner', 'Customer'],
	new Set<Part>(['addresses']),
	[],
);

function shapeBelow(
	path: string,
	select: readonly string[],
	parts: ReadonlySet<Part>,
	extensions: readonly string[],
): ODataShape {
	const prefix = path === '' ? '' : `${path}/`;
	const children = NAVIGATIONS.filter(
		(navigation) =>
			parts.has(navigation.part) &&
			navigation.path.startsWith(prefix) &&
			!navigation.path.slice(prefix.length).includes('/'),
	);
	const expand = children.map((child) => {
		const extra = extensions
			.filter((name) => name.startsWith(`${child.path}/`))
			.map((name) => name.slice(child.path.length + 1));
		const shape = shapeBelow(child.path, [...child.select, ...extra], parts, extensions);
		return [child.path.slice(prefix.length), shape] as const;
	});
	const unique = [...new Set(select)];
	return expand.length === 0
		? { select: unique }
		: { select: unique, expand: Object.fromEntries(expand) };
}
