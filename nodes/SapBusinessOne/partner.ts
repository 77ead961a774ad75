import {
	externalIdOf,
	type ErpAddress,
	type ErpOrganization,
	type ErpPerson,
	type OrganizationType,
} from '../../core/record/erpRecord';
import { creditOf } from './creditStatus';
import { currencyOf } from './currencies';
import type { MappingSettings } from './mappingSettings';
import type { NameOf } from './names';
import { isMember, isYes, rowsIn, text, type Row } from './rows';

export function organizationOf(
	row: Row,
	nameOf: NameOf,
	settings: MappingSettings,
	warnings: string[],
): ErpOrganization {
	const shipping = shippingAddressOf(row, warnings);
	return {
		...creditOrganizationOf(row, settings),
		phone: text(row, 'Phone1') || text(row, 'Phone2') || text(row, 'Cellular'),
		email: text(row, 'EmailAddress'),
		website: text(row, 'Website'),
		taxNumber: text(row, 'FederalTaxID'),
		currency: currencyOf(text(row, 'Currency'), settings.currencies),
		paymentTerms: nameOf('paymentTerms', text(row, 'PayTermsGrpCode')),
		segment: nameOf('group', text(row, 'GroupCode')),
		billingAddress: billingAddressOf(row),
		...(shipping && { shippingAddress: shipping }),
		extensions: {
			PriceList: nameOf('priceList', text(row, 'PriceListNum')),
			...Object.fromEntries(settings.extensions.map((name) => [name, text(row, name)])),
		},
	};
}

/** What the snapshot of limits and balances tells. Suppliers have no credit status. */
export function creditOrganizationOf(row: Row, settings: MappingSettings): ErpOrganization {
	const organization: ErpOrganization = {
		name: text(row, 'CardName'),
		type: typesOf(row),
	};
	if (!organization.type.includes('Customer')) return organization;
	const { limit, balance, status } = creditOf(row, settings.credit);
	return { ...organization, creditLimit: limit, balance, creditStatus: status };
}

/** A lead is neither yet. */
function typesOf(row: Row): OrganizationType[] {
	if (isMember(row, 'CardType', 'cCustomer', 'C')) return ['Customer'];
	return isMember(row, 'CardType', 'cSupplier', 'S') ? ['Supplier'] : [];
}

/** The default bill-to address; without one the first; without any the partner's own columns, which mirror it. */
function billingAddressOf(row: Row): ErpAddress {
	const addresses = addressesOf(row, 'bo_BillTo', 'B');
	const chosen = named(addresses, text(row, 'BilltoDefault')) ?? addresses[0];
	return chosen
		? addressOf(chosen)
		: addressOf({
				Street: row.Address,
				ZipCode: row.ZipCode,
				City: row.City,
				Country: row.Country,
			});
}

function shippingAddressOf(row: Row, warnings: string[]): ErpAddress | undefined {
	const addresses = addressesOf(row, 'bo_ShipTo', 'S');
	const standard = named(addresses, text(row, 'ShipToDefault'));
	const chosen = standard ?? addresses[0];
	if (!chosen) return undefined;
	if (!standard && addresses.length > 1) {
		warnings.push(
			`${addresses.length} ship-to addresses and none is the default: "${text(chosen, 'AddressName')}" was taken.`,
		);
	}
	return addressOf(chosen);
}

function addressesOf(row: Row, member: string, value: string): Row[] {
	return rowsIn(row, 'BPAddresses').filter((item) => isMember(item, 'AddressType', member, value));
}

function named(addresses: readonly Row[], name: string): Row | undefined {
	return name === '' ? undefined : addresses.find((item) => text(item, 'AddressName') === name);
}

function addressOf(row: Row): ErpAddress {
	return {
		street: text(row, 'Street'),
		houseNumber: text(row, 'StreetNo'),
		postalCode: text(row, 'ZipCode'),
		city: text(row, 'City'),
		region: text(row, 'State'),
		country: text(row, 'Country'),
	};
}

/** Contact employees; the internal code is their stable key, the name may be edited. */
export function personsOf(row: Row, scope: string): ErpPerson[] {
	const standard = text(row, 'ContactPerson');
	return rowsIn(row, 'ContactEmployees').map((contact) => {
		const key = text(contact, 'InternalCode');
		const firstName = [text(contact, 'FirstName'), text(contact, 'MiddleName')]
			.filter(Boolean)
			.join(' ');
		const lastName = text(contact, 'LastName');
		return {
			key,
			externalId: externalIdOf('b1', scope, 'contact', key),
			firstName,
			lastName,
			name: [firstName, lastName].filter(Boolean).join(' ') || text(contact, 'Name'),
			email: text(contact, 'E_Mail'),
			phone: text(contact, 'Phone1') || text(contact, 'Phone2'),
			mobile: text(contact, 'MobilePhone'),
			function: text(contact, 'Position') || text(contact, 'Title'),
			// Older versions have no such field: then nobody is inactive.
			isActive: text(contact, 'Active') === '' || isYes(contact, 'Active'),
			isStandard: standard !== '' && text(contact, 'Name') === standard,
		};
	});
}
