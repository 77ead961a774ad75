import type { ODataDialect, ODataRow } from '../../core/odata/dialect';
import {
	externalIdOf,
	type ErpOrganization,
	type ErpPerson,
	type ErpRecord,
} from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { communicationOf, defaultAddress, erpAddressOf } from './addresses';
import { contactsOf } from './contacts';
import { changeTimeOf, isSet, storedKey, text } from './fields';
import { sidesOf, type PartnerFilter } from './partnerFilter';
import type { Part } from './parts';
import { shippingAddressOf, shipToOf } from './shipTo';
import { paymentTermsOf, salesAreaValue, type Choice, type OrganizationalUnit } from './terms';

export interface MappingSettings {
	/** Scope of the external id: the system alias, the SAP client or the host. */
	scope: string;
	parts: ReadonlySet<Part>;
	filter: PartnerFilter;
	unit: OrganizationalUnit;
	/** Tax types in the order of preference, for example `DE0`. Empty: the first VAT registration number. */
	taxTypes: readonly string[];
	/** Extension fields by name, or by `to_Customer/Name` and `to_Supplier/Name`. */
	extensions: readonly string[];
	/** Adds the service's row to the record. */
	withRaw: boolean;
}

/** Rows that were read beside the partner's own. */
export interface Companions {
	/** Contact persons' own rows by stored partner key. */
	persons: ReadonlyMap<string, ODataRow>;
	/** Ship-to parties by stored customer number. */
	shipTos: ReadonlyMap<string, ODataRow>;
	/** The ERP's local day. */
	day: string;
	/** ISO instant. */
	readAt: string;
}

/** A partner row with its expanded navigations becomes an ErpRecord. Pure. */
export function toErpRecord(
	dialect: ODataDialect,
	row: ODataRow,
	companions: Companions,
	settings: MappingSettings,
): ErpRecord {
	const warnings: string[] = [];
	const organization = organizationOf(dialect, row, companions, settings, warnings);
	const persons = settings.parts.has('contacts')
		? personsOf(dialect, row, companions, settings)
		: undefined;
	const isBlocked = isBlockedPartner(dialect, row, organization.type);
	const version = fingerprintOf({ organization, persons, isBlocked });
	return {
		erp: {
			...identityOf(settings.scope, text(row, 'BusinessPartner'), companions.readAt),
			version,
			changedAt: changeTimeOf(dialect, row).at,
			isBlocked,
		},
		organization,
		...(persons && { persons }),
		...(settings.withRaw && { raw: dialect.plain(row) }),
		...(warnings.length > 0 && { warnings }),
	};
}

/** A partner that the system does not know any more. */
export function deletedRecord(scope: string, key: string, readAt: string): ErpRecord {
	return { erp: { ...identityOf(scope, key, readAt), version: 'deleted', isDeleted: true } };
}

function identityOf(scope: string, shownKey: string, readAt: string): ErpRecord['erp'] {
	const key = storedKey(shownKey);
	return {
		system: 's4hana',
		entity: 'businessPartner',
		key,
		externalId: externalIdOf('s4hana', scope, 'businessPartner', key),
		version: '',
		changedAt: '',
		readAt,
		isDeleted: false,
		isBlocked: false,
	};
}

function organizationOf(
	dialect: ODataDialect,
	row: ODataRow,
	companions: Companions,
	settings: MappingSettings,
	warnings: string[],
): ErpOrganization {
	const { parts } = settings;
	const organization: ErpOrganization = {
		name: nameOf(row),
		type: sidesOf(dialect, row, settings.filter),
		industry: text(row, 'Industry'),
		language: text(row, 'CorrespondenceLanguage') || text(row, 'Language'),
	};
	const address = defaultAddress(dialect, row, companions.day);
	if (parts.has('addresses')) organization.billingAddress = erpAddressOf(address);
	if (parts.has('communication')) {
		const { email, phone, mobile, website } = communicationOf(dialect, address, ownRows(row));
		Object.assign(organization, { email, phone: phone || mobile, website });
	}
	if (parts.has('taxNumbers')) organization.taxNumber = taxNumberOf(dialect, row, settings);
	assignChosen(organization, 'paymentTerms', paymentTerms(dialect, row, settings), warnings);
	if (parts.has('salesAreas')) {
		const { unit } = settings;
		const value = (field: 'Currency' | 'CustomerGroup') =>
			salesAreaValue(dialect, row, unit, field);
		assignChosen(organization, 'currency', value('Currency'), warnings);
		assignChosen(organization, 'segment', value('CustomerGroup'), warnings);
	}
	if (parts.has('shipTo'))
		addShippingAddress(organization, dialect, row, companions, settings, warnings);
	if (settings.extensions.length > 0) {
		organization.extensions = extensionsOf(dialect, row, settings.extensions);
	}
	return organization;
}

/** An address holds the e-mails of the persons at it too, except where the partner is a person itself. */
function ownRows(partner: ODataRow): (row: ODataRow) => boolean {
	const isPerson = text(partner, 'BusinessPartnerCategory') === '1';
	return (row) => isPerson || text(row, 'Person') === '';
}

function nameOf(row: ODataRow): string {
	const parts = [text(row, 'OrganizationBPName1'), text(row, 'OrganizationBPName2')];
	return (
		text(row, 'BusinessPartnerFullName') ||
		text(row, 'BusinessPartnerName') ||
		parts.filter(Boolean).join(' ')
	);
}

function paymentTerms(dialect: ODataDialect, row: ODataRow, settings: MappingSettings): Choice {
	const { parts, unit } = settings;
	return parts.has('customer') || parts.has('supplier') ? paymentTermsOf(dialect, row, unit) : {};
}

function assignChosen(
	organization: ErpOrganization,
	field: 'currency' | 'paymentTerms' | 'segment',
	choice: Choice,
	warnings: string[],
): void {
	if (choice.value !== undefined) organization[field] = choice.value;
	if (choice.warning !== undefined) warnings.push(choice.warning);
}

function addShippingAddress(
	organization: ErpOrganization,
	dialect: ODataDialect,
	row: ODataRow,
	companions: Companions,
	settings: MappingSettings,
	warnings: string[],
): void {
	const { shipTo, warning } = shipToOf(dialect, row, settings.unit);
	if (warning !== undefined) warnings.push(warning);
	if (!shipTo) return;
	const address = shippingAddressOf(dialect, row, shipTo, companions.shipTos, companions.day);
	if (address) organization.shippingAddress = address;
	else warnings.push(`The ship-to party ${shipTo.customer} could not be read.`);
}

/** Types such as `DE0` are VAT registration numbers of a country; `DE1` to `DE4` are other numbers. */
function taxNumberOf(dialect: ODataDialect, row: ODataRow, settings: MappingSettings): string {
	const numbers = [...(dialect.related(row, 'to_BusinessPartnerTax') ?? [])].sort((a, b) =>
		text(a, 'BPTaxType') < text(b, 'BPTaxType') ? -1 : 1,
	);
	const byType = (type: string) => numbers.find((tax) => text(tax, 'BPTaxType') === type);
	const chosen =
		settings.taxTypes.length > 0
			? settings.taxTypes.map(byType).find((tax) => tax !== undefined)
			: numbers.find((tax) => /^[A-Z]{2}0$/.test(text(tax, 'BPTaxType')));
	const number = text(chosen, 'BPTaxLongNumber') || text(chosen, 'BPTaxNumber');
	if (number !== '' || settings.taxTypes.length > 0) return number;
	const sides = ['to_Customer', 'to_Supplier'].map((side) => dialect.related(row, side)?.[0]);
	return sides.map((side) => text(side, 'VATRegistration')).find((vat) => vat !== '') ?? '';
}

function extensionsOf(
	dialect: ODataDialect,
	row: ODataRow,
	names: readonly string[],
): Record<string, string> {
	return Object.fromEntries(
		names.map((name) => {
			const [property, navigation] = name.split('/').reverse();
			const holder = navigation ? dialect.related(row, navigation)?.[0] : row;
			return [property, text(holder, property)];
		}),
	);
}

function personsOf(
	dialect: ODataDialect,
	row: ODataRow,
	companions: Companions,
	settings: MappingSettings,
): ErpPerson[] {
	return contactsOf(row, {
		dialect,
		day: companions.day,
		scope: settings.scope,
		persons: companions.persons,
		companyAddress: defaultAddress(dialect, row, companions.day),
	});
}

/** Blocked centrally or archived, or every side of it (customer, supplier) is blocked or flagged for deletion. */
function isBlockedPartner(
	dialect: ODataDialect,
	row: ODataRow,
	sides: ErpOrganization['type'],
): boolean {
	if (isSet(row, 'BusinessPartnerIsBlocked') || isSet(row, 'IsMarkedForArchiving')) return true;
	const isSideBlocked = {
		Customer: (side: ODataRow | undefined) =>
			text(side, 'OrderIsBlockedForCustomer') !== '' || isSideFlagged(side),
		Supplier: (side: ODataRow | undefined) =>
			isSet(side, 'PurchasingIsBlocked') || isSideFlagged(side),
	};
	return (
		sides.length > 0 &&
		sides.every((side) => isSideBlocked[side](dialect.related(row, `to_${side}`)?.[0]))
	);
}

function isSideFlagged(side: ODataRow | undefined): boolean {
	return isSet(side, 'PostingIsBlocked') || isSet(side, 'DeletionIndicator');
}
