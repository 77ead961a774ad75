import { CoreError } from '../../core/http/errors';
import type { ODataRow } from '../../core/odata/dialect';
import { checkedName } from '../../core/odata/literals';
import { externalIdOf, type ErpOrganization } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { EccRecord } from './mapping';
import type { MasterFilter } from './masterFilter';

/**
 * Property of the service by field of the record. The usual names are those that the service builder makes of
 * the ABAP fields (NAME1 becomes Name1). `''`: not read.
 */
export type FieldNames = Record<GatewayField, string>;

export const USUAL_NAMES = {
	name: 'Name1',
	name2: 'Name2',
	street: 'Stras',
	houseNumber: 'HouseNum1',
	postalCode: 'Pstlz',
	city: 'Ort01',
	region: 'Regio',
	country: 'Land1',
	phone: 'Telf1',
	email: 'SmtpAddr',
	taxNumber: 'Stceg',
	paymentTerms: 'Zterm',
	accountGroup: 'Ktokd',
	deletionFlag: 'Loevm',
	postingBlock: 'Sperr',
	orderBlock: 'Aufsd',
} as const;

export type GatewayField = keyof typeof USUAL_NAMES;

export interface GatewayMapping {
	scope: string;
	entitySet: string;
	/** `customer`: an organization that Pipedrive Upsert takes. `nothing`: the row as it is. */
	maps: 'customer' | 'nothing';
	/** What the user named; the usual name counts for the rest, where the service has it. */
	names: Partial<FieldNames>;
	/** Read beside the mapped ones; with `customer` they become extension fields. */
	fields: readonly string[];
	filter: MasterFilter;
	withRaw: boolean;
}

/** Names that the user gave must exist; usual names are read where they do. */
export function propertiesToRead(mapping: GatewayMapping, known: ReadonlySet<string>): string[] {
	const asked = [
		...mapping.fields.map((name) => ({ name: checkedName(name, 'Fields'), setting: 'Fields' })),
		...(mapping.maps === 'customer' ? Object.values(mapping.names) : [])
			.filter((name) => name !== '')
			.map((name) => ({ name: checkedName(name, 'Field Names'), setting: 'Field Names' })),
	];
	const missing = asked.find(({ name }) => !known.has(name));
	if (missing) {
		throw new CoreError(
			'configuration',
			`${mapping.entitySet} of this service has no property ${missing.name}.`,
			{ remedy: `Correct "${missing.setting}"; there are ${[...known].sort().join(', ')}.` },
		);
	}
	const usual = mapping.maps === 'customer' ? Object.values(namesOf(mapping)) : [];
	return [
		...new Set([...asked.map(({ name }) => name), ...usual.filter((name) => known.has(name))]),
	];
}

function namesOf(mapping: GatewayMapping): FieldNames {
	return { ...USUAL_NAMES, ...mapping.names };
}

/** A text property; `undefined` when the service does not have it. */
function reader(row: ODataRow, mapping: GatewayMapping) {
	const names = namesOf(mapping);
	return (field: GatewayField): string | undefined => {
		const value = row[names[field]];
		if (value === undefined || names[field] === '') return undefined;
		return value === null ? '' : String(value).trim();
	};
}

export function isSelectedRow(row: ODataRow, mapping: GatewayMapping): boolean {
	if (mapping.maps !== 'customer') return true;
	const { filter } = mapping;
	const group = reader(row, mapping)('accountGroup') ?? '';
	const excluded = [
		...(filter.exclude.includes('oneTime') ? filter.oneTimeGroups : []),
		...(filter.exclude.includes('addressOnly') ? filter.addressOnlyGroups : []),
	];
	if (excluded.includes(group)) return false;
	return filter.accountGroups.length === 0 || filter.accountGroups.includes(group);
}

export function toGatewayRecord(
	row: ODataRow,
	key: string,
	changedAt: string,
	mapping: GatewayMapping,
	readAt: string,
): EccRecord {
	const identity = identityOf(key, mapping, readAt);
	if (mapping.maps !== 'customer') {
		return { erp: { ...identity, version: fingerprintOf(row), changedAt }, raw: row };
	}
	const organization = organizationOf(row, mapping);
	const isBlocked = isBlockedRow(row, mapping);
	const version = fingerprintOf({ organization, isBlocked });
	return {
		erp: { ...identity, version, changedAt, isBlocked },
		organization,
		...(mapping.withRaw && { raw: row }),
	};
}

export function deletedGatewayRecord(
	key: string,
	mapping: GatewayMapping,
	readAt: string,
): EccRecord {
	return { erp: { ...identityOf(key, mapping, readAt), version: 'deleted', isDeleted: true } };
}

/** As SAP stores it: services may show numbers without their zeros. */
export function storedKey(key: string): string {
	return /^\d+$/.test(key) ? key.padStart(10, '0') : key;
}

function identityOf(key: string, mapping: GatewayMapping, readAt: string): EccRecord['erp'] {
	// The same ids as by function calls: a site may change over to a service later.
	const entity = mapping.maps === 'customer' ? 'customer' : mapping.entitySet;
	return {
		system: 'ecc',
		entity,
		key,
		externalId: externalIdOf('ecc', mapping.scope, entity, key),
		version: '',
		changedAt: '',
		readAt,
		isDeleted: false,
		isBlocked: false,
	};
}

function organizationOf(row: ODataRow, mapping: GatewayMapping): ErpOrganization {
	const read = reader(row, mapping);
	const organization: ErpOrganization = {
		name: [read('name'), read('name2')].filter(Boolean).join(' '),
		type: ['Customer'],
	};
	for (const field of ['phone', 'email', 'taxNumber', 'paymentTerms'] as const) {
		const value = read(field);
		if (value !== undefined) organization[field] = value;
	}
	const hasAddress = read('street') !== undefined || read('city') !== undefined;
	if (hasAddress) {
		organization.billingAddress = {
			street: read('street') ?? '',
			houseNumber: read('houseNumber') ?? '',
			postalCode: read('postalCode') ?? '',
			city: read('city') ?? '',
			region: read('region') ?? '',
			country: read('country') ?? '',
		};
	}
	if (mapping.fields.length > 0) {
		const entries = mapping.fields.map((name) => [name, String(row[name] ?? '').trim()]);
		organization.extensions = Object.fromEntries(entries) as Record<string, string>;
	}
	return organization;
}

/** Flags are `X`, or `true` where the service made Booleans of them. */
function isBlockedRow(row: ODataRow, mapping: GatewayMapping): boolean {
	const read = reader(row, mapping);
	const isSet = (value: string | undefined) => value === 'X' || value === 'true';
	return isSet(read('deletionFlag')) || isSet(read('postingBlock')) || Boolean(read('orderBlock'));
}
