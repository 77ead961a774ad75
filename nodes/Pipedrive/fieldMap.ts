import type { ErpPerson, ErpRecord } from '../../core/record/erpRecord';
import type { EntityName } from './api';

/** Who wins when both sides have a value (business rule: who wins, per field). */
export type WritePolicy = 'erpWins' | 'erpChanged' | 'onlyWhenEmpty';

/** One line of the field map that the user sees. */
export interface MapRow {
	/** Path in the ERP record: `organization.phone`, `person.email`, `organization.extensions.YY1_REGION`. */
	erpField: string;
	/** Name or key of the Pipedrive field. */
	pipedriveField: string;
	policy: WritePolicy;
	isActive: boolean;
}

export const EXTERNAL_ID_FIELD = 'ERP ID';

/** ERP fields that can be picked; `organization.extensions.NAME` can be typed. */
export const ERP_FIELDS: Record<EntityName, ReadonlyArray<[path: string, name: string]>> = {
	organization: [
		['organization.balance', 'Balance'],
		['organization.billingAddress', 'Billing Address'],
		['organization.creditLimit', 'Credit Limit'],
		['organization.creditStatus', 'Credit Status'],
		['organization.currency', 'Currency'],
		['organization.email', 'Email'],
		['organization.industry', 'Industry'],
		['organization.language', 'Language'],
		['organization.name', 'Name'],
		['organization.paymentTerms', 'Payment Terms'],
		['organization.phone', 'Phone'],
		['organization.salesRepresentativeEmail', 'Sales Representative Email'],
		['organization.segment', 'Segment'],
		['organization.shippingAddress', 'Shipping Address'],
		['status', 'Status in the ERP'],
		['organization.taxNumber', 'Tax Number'],
		['organization.type', 'Type (Customer, Supplier)'],
		['organization.website', 'Website'],
	],
	person: [
		['person.department', 'Department'],
		['person.email', 'Email'],
		['person.function', 'Function'],
		['person.mobile', 'Mobile'],
		['person.name', 'Name'],
		['person.phone', 'Phone'],
		['status', 'Status in the ERP'],
	],
};

const row = (
	erpField: string,
	pipedriveField: string,
	policy: WritePolicy = 'erpWins',
): MapRow => ({
	erpField,
	pipedriveField,
	policy,
	isActive: true,
});

/** Eight custom organization fields and three custom person fields with the external id: Lite allows 30 per company. */
export const DEFAULT_MAP: Record<EntityName, readonly MapRow[]> = {
	organization: [
		row('organization.name', 'Name'),
		row('organization.type', 'ERP Type'),
		row('organization.billingAddress', 'Address'),
		row('organization.shippingAddress', 'Shipping Address'),
		row('organization.phone', 'ERP Phone', 'erpChanged'),
		row('organization.email', 'ERP Email', 'erpChanged'),
		row('organization.website', 'Website', 'erpChanged'),
		row('organization.taxNumber', 'Tax Number'),
		row('organization.paymentTerms', 'Payment Terms'),
		row('status', 'ERP Status'),
	],
	person: [
		row('person.name', 'Name'),
		row('person.email', 'Email', 'erpChanged'),
		row('person.phone', 'Phone', 'erpChanged'),
		row('person.mobile', 'Phone', 'erpChanged'),
		row('person.function', 'ERP Function'),
		row('status', 'ERP Status'),
	],
};

/** Custom fields that the default map needs, in the order in which Ensure Fields creates them. */
export const TEMPLATE_FIELDS: Record<
	EntityName,
	ReadonlyArray<{ name: string; type: string; options?: readonly string[] }>
> = {
	organization: [
		{ name: EXTERNAL_ID_FIELD, type: 'varchar' },
		{ name: 'ERP Type', type: 'set', options: ['Customer', 'Supplier'] },
		{ name: 'Shipping Address', type: 'address' },
		{ name: 'ERP Phone', type: 'phone' },
		{ name: 'ERP Email', type: 'varchar' },
		{ name: 'Tax Number', type: 'varchar' },
		{ name: 'Payment Terms', type: 'varchar' },
		{ name: 'ERP Status', type: 'varchar' },
	],
	person: [
		{ name: EXTERNAL_ID_FIELD, type: 'varchar' },
		{ name: 'ERP Function', type: 'varchar' },
		{ name: 'ERP Status', type: 'varchar' },
	],
};

export const LEFT_STATUS = 'No longer at this company';
export const DELETED_STATUS = 'Deleted in ERP';

/** What `status` says; '' never: a record that is fine again must be told from one that was never looked at. */
export function statusOf(record: ErpRecord, person?: ErpPerson): string {
	if (person && !person.isActive) return LEFT_STATUS;
	if (record.erp.isDeleted) return DELETED_STATUS;
	if (record.erp.isBlocked) return 'Blocked in ERP';
	return 'Active';
}

/** The ERP's value behind a path; `undefined` where the ERP did not tell. */
export function erpValue(record: ErpRecord, path: string, person?: ErpPerson): unknown {
	if (path === 'status') return statusOf(record, person);
	const root: Record<string, unknown> = {
		erp: record.erp,
		organization: record.organization,
		person,
		raw: record.raw,
	};
	let value: unknown = root;
	for (const part of path.split('.')) {
		if (value === null || typeof value !== 'object') return undefined;
		value = (value as Record<string, unknown>)[part];
	}
	return value;
}

/** Amounts that need the record's currency beside them when they go to a monetary field. */
export function isAmount(path: string): boolean {
	return path === 'organization.creditLimit' || path === 'organization.balance';
}
