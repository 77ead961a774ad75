import type { OrganizationType } from '../../core/record/erpRecord';
import { KNA1, KNB1, LFA1, LFB1, type TableFields } from './tables';

/** What differs between customers and suppliers. */
export interface Side {
	type: OrganizationType;
	/** Entity in external ids. */
	entity: 'customer' | 'supplier';
	master: TableFields;
	companies: TableFields;
	/** Key of the master record in all its tables. */
	key: 'KUNNR' | 'LIFNR';
	accountGroup: 'KTOKD' | 'KTOKK';
	/** Number of the same company on the other side, where there is one. */
	otherSide: 'KUNNR' | 'LIFNR';
	/** Class of its change documents; the object is the number of the record. */
	objectClass: 'DEBI' | 'KRED';
	/** A field of the master record that blocks it for every business, beside LOEVM and SPERR. */
	block: 'AUFSD' | 'SPERM';
}

export const CUSTOMER: Side = {
	type: 'Customer',
	entity: 'customer',
	master: KNA1,
	companies: KNB1,
	key: 'KUNNR',
	accountGroup: 'KTOKD',
	otherSide: 'LIFNR',
	objectClass: 'DEBI',
	block: 'AUFSD',
};

export const SUPPLIER: Side = {
	type: 'Supplier',
	entity: 'supplier',
	master: LFA1,
	companies: LFB1,
	key: 'LIFNR',
	accountGroup: 'KTOKK',
	otherSide: 'KUNNR',
	objectClass: 'KRED',
	block: 'SPERM',
};
