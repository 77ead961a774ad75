import type { ODataDialect, ODataRow } from '../../core/odata/dialect';
import type { ErpAddress } from '../../core/record/erpRecord';
import { addressById, defaultAddress, erpAddressOf } from './addresses';
import { isSet, storedKey, text } from './fields';
import { salesAreasOf, type OrganizationalUnit } from './terms';

/** Partner function "ship-to party": `WE` as stored, `SH` as shown in English. */
const SHIP_TO_FUNCTIONS = ['SH', 'WE'];

export interface ShipTo {
	/** Customer number of the ship-to party. */
	customer: string;
	/** The address chosen in the partner function, `''` for the party's default address. */
	addressId: string;
}

export interface ShipToChoice {
	shipTo?: ShipTo;
	warning?: string;
}

/**
 * The ship-to party of the chosen sales area. Several in one area: the default one, else the first by counter.
 * Areas that name different parties, with no area chosen: none.
 */
export function shipToOf(
	dialect: ODataDialect,
	partner: ODataRow,
	unit: OrganizationalUnit,
): ShipToChoice {
	const perArea = salesAreasOf(dialect, partner, unit)
		.map((area) => shipToRows(dialect, area))
		.filter((rows) => rows.length > 0);
	if (perArea.length === 0) return {};
	const chosen = perArea.map((rows) => toShipTo(rows.find(isDefault) ?? rows[0]));
	const different = new Set(chosen.map(({ customer, addressId }) => `${customer}|${addressId}`));
	if (different.size > 1) {
		return {
			warning: `The ship-to party differs between ${perArea.length} sales areas and the shipping address was not written: choose a "Sales Organization".`,
		};
	}
	const count = Math.max(...perArea.map((rows) => rows.length));
	if (count === 1) return { shipTo: chosen[0] };
	const which = perArea.some((rows) => rows.some(isDefault)) ? 'default' : 'first';
	return {
		shipTo: chosen[0],
		warning: `There are ${count} ship-to parties: the ${which} one is the shipping address.`,
	};
}

function shipToRows(dialect: ODataDialect, area: ODataRow): ODataRow[] {
	return (dialect.related(area, 'to_PartnerFunction') ?? [])
		.filter((row) => SHIP_TO_FUNCTIONS.includes(text(row, 'PartnerFunction')))
		.filter((row) => text(row, 'BPCustomerNumber') !== '')
		.sort((a, b) => Number(text(a, 'PartnerCounter')) - Number(text(b, 'PartnerCounter')));
}

function isDefault(row: ODataRow): boolean {
	return isSet(row, 'DefaultPartner');
}

function toShipTo(row: ODataRow): ShipTo {
	return { customer: text(row, 'BPCustomerNumber'), addressId: text(row, 'AddressID') };
}

/**
 * The ship-to party's address: the partner's own where it ships to itself.
 * @param others partner rows of other ship-to parties, by stored customer number
 */
export function shippingAddressOf(
	dialect: ODataDialect,
	partner: ODataRow,
	shipTo: ShipTo,
	others: ReadonlyMap<string, ODataRow>,
	day: string,
): ErpAddress | undefined {
	const isSelf = storedKey(shipTo.customer) === storedKey(text(partner, 'Customer'));
	const party = isSelf ? partner : others.get(storedKey(shipTo.customer));
	if (!party) return undefined;
	const address =
		addressById(dialect, party, shipTo.addressId) ?? defaultAddress(dialect, party, day);
	return address && erpAddressOf(address);
}
