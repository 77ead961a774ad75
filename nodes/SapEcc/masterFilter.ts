import { anyOf, type Condition } from './conditions';
import type { TableRow } from './readTable';
import type { Side } from './sides';

export type Exclusion = 'addressOnly' | 'oneTime';

export interface MasterFilter {
	exclude: readonly Exclusion[];
	/** Account groups that stand for one-time accounts, beside the flag XCPDK. */
	oneTimeGroups: readonly string[];
	/** Customer account groups of pure ship-to, payer and bill-to accounts. */
	addressOnlyGroups: readonly string[];
	/** Empty: all. */
	accountGroups: readonly string[];
}

/** SAP delivers these; a company's own groups are copies with other names, so both lists are settings. */
export const STANDARD_ONE_TIME_GROUPS = ['CPD', 'CPDA', 'CPDL', '0099'];
export const STANDARD_ADDRESS_ONLY_GROUPS = ['0002', '0003', '0004'];

export const DEFAULT_FILTER: MasterFilter = {
	exclude: ['addressOnly', 'oneTime'],
	oneTimeGroups: STANDARD_ONE_TIME_GROUPS,
	addressOnlyGroups: STANDARD_ADDRESS_ONLY_GROUPS,
	accountGroups: [],
};

/** For a record that is asked for by its number. */
export const NO_FILTER: MasterFilter = {
	exclude: [],
	oneTimeGroups: [],
	addressOnlyGroups: [],
	accountGroups: [],
};

/** Asked only after contact persons and addresses were resolved to their companies. */
export function isSelected(master: TableRow, side: Side, filter: MasterFilter): boolean {
	const group = master[side.accountGroup];
	if (filter.exclude.includes('oneTime')) {
		if (master.XCPDK === 'X' || filter.oneTimeGroups.includes(group)) return false;
	}
	const isAddressOnly = side.type === 'Customer' && filter.addressOnlyGroups.includes(group);
	if (filter.exclude.includes('addressOnly') && isAddressOnly) return false;
	return filter.accountGroups.length === 0 || filter.accountGroups.includes(group);
}

/** The part of the filter that SAP can apply when everything is read. */
export function serverFilter(side: Side, filter: MasterFilter): Condition | undefined {
	return filter.accountGroups.length === 0
		? undefined
		: anyOf(side.accountGroup, filter.accountGroups);
}
