import { externalIdOf, type ErpPerson } from '../../core/record/erpRecord';
import { contactCommunication } from './communication';
import type { Master } from './masterReader';
import type { TableRow } from './readTable';

/** Contact persons of a company in the order of their numbers; `undefined` when they were not read. */
export function personsOf(master: Master, scope: string): ErpPerson[] | undefined {
	return master.contacts
		?.map((contact) => personOf(master, contact, scope))
		.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function personOf(master: Master, contact: TableRow, scope: string): ErpPerson {
	const { PARNR, NAMEV, NAME1, PAFKT, ABTNR, ABTPA } = contact;
	return {
		key: PARNR,
		externalId: externalIdOf('ecc', scope, 'contactPerson', PARNR),
		firstName: NAMEV,
		lastName: NAME1,
		name: [NAMEV, NAME1].filter(Boolean).join(' '),
		...contactCommunication(master, contact),
		function: initialAsEmpty(PAFKT),
		department: ABTPA || initialAsEmpty(ABTNR),
		// A contact in KNVK belongs to one customer, and its row goes when it ends.
		isActive: true,
		isStandard: true,
	};
}

function initialAsEmpty(code: string): string {
	return /^0+$/.test(code) ? '' : code;
}
