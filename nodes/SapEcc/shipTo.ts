import type { ErpAddress } from '../../core/record/erpRecord';
import type { Master } from './masterReader';
import type { TableRow } from './readTable';
import { chosenAreas, type OrganizationalUnit } from './terms';

/**
 * The address of the ship-to party in the chosen sales area: the customer's own where it is its own ship-to
 * party. Of several the first one counts (lowest PARZA), and the record says how many there are.
 */
export function shippingAddressOf(
	master: Master,
	unit: OrganizationalUnit,
	addressOf: (row: TableRow, address: TableRow | undefined) => ErpAddress,
): { address?: ErpAddress; warning?: string } {
	const rows = [...chosenAreas(master.shipTos ?? [], unit)].sort((a, b) =>
		a.PARZA < b.PARZA ? -1 : 1,
	);
	const parties = [...new Set(rows.map((row) => row.KUNN2))];
	if (parties.length === 0) return {};
	const chosen = parties[0];
	const count =
		parties.length > 1
			? `There are ${parties.length} ship-to parties; the first one (${chosen}) was taken.`
			: undefined;
	const party = master.shipToMasters?.get(chosen);
	if (!party) return { warning: `The ship-to party ${chosen} could not be read.` };
	return { address: addressOf(party.row, party.address), warning: count };
}
