import { allOf, anyOf } from '../../core/odata/query';
import type { EntityName } from './entities';
import { day, isMember, isYes, text, type Row } from './rows';

export type PartnerKind = 'cCustomer' | 'cSupplier' | 'cLid';
export type Exclusion = 'employees' | 'privatePersons';

/** Which records are meant. */
export interface SourceFilter {
	kinds: readonly PartnerKind[];
	exclude: readonly Exclusion[];
	/** Group codes of partners; empty: all. */
	groups: readonly string[];
	/** Only items that are sold. */
	salesItemsOnly: boolean;
	/** Documents dated earlier are left out (`YYYY-MM-DD`); '' for none. */
	documentsFrom: string;
}

export const DEFAULT_FILTER: SourceFilter = {
	kinds: ['cCustomer', 'cSupplier'],
	exclude: ['employees', 'privatePersons'],
	groups: [],
	salesItemsOnly: true,
	documentsFrom: '',
};

/** What the server can decide. */
export function serverFilter(entity: EntityName, filter: SourceFilter): string | undefined {
	switch (entity) {
		case 'businessPartner':
		case 'creditStatus': {
			const kinds = filter.kinds.map((kind) => `'${kind}'`);
			const groups = filter.groups.map((group) => String(Number(group)));
			return allOf(
				kinds.length > 0 ? anyOf('CardType', kinds) : undefined,
				groups.length > 0 ? anyOf('GroupCode', groups) : undefined,
			);
		}
		case 'item':
			return filter.salesItemsOnly ? "SalesItem eq 'tYES'" : undefined;
		default:
			return DOCUMENTS.includes(entity) && filter.documentsFrom !== ''
				? `DocDate ge '${filter.documentsFrom}'`
				: undefined;
	}
}

const DOCUMENTS: readonly EntityName[] = [
	'order',
	'purchaseOrder',
	'invoice',
	'creditNote',
	'incomingPayment',
];

/**
 * What is decided here: a comparison on the server would drop records whose field is empty, and records that are read
 * by their keys were not chosen there.
 */
export function isSelected(entity: EntityName, row: Row, filter: SourceFilter): boolean {
	if (entity === 'item') return !filter.salesItemsOnly || isYes(row, 'SalesItem');
	if (DOCUMENTS.includes(entity)) {
		return filter.documentsFrom === '' || day(row, 'DocDate') >= filter.documentsFrom;
	}
	if (entity !== 'businessPartner' && entity !== 'creditStatus') return true;
	const isExcluded =
		(filter.exclude.includes('employees') && isMember(row, 'CompanyPrivate', 'cEmployee', 'E')) ||
		(filter.exclude.includes('privatePersons') && isMember(row, 'CompanyPrivate', 'cPrivate', 'I'));
	return !isExcluded && isChosen(row, filter);
}

const KIND_VALUES: Readonly<Record<PartnerKind, string>> = {
	cCustomer: 'C',
	cSupplier: 'S',
	cLid: 'L',
};

function isChosen(row: Row, { kinds, groups }: SourceFilter): boolean {
	const isKind =
		kinds.length === 0 || kinds.some((kind) => isMember(row, 'CardType', kind, KIND_VALUES[kind]));
	return isKind && (groups.length === 0 || groups.includes(text(row, 'GroupCode')));
}
