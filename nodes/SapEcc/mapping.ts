import {
	externalIdOf,
	type ErpAddress,
	type ErpOrganization,
	type ErpRecord,
	type OrganizationType,
} from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { companyEmail, companyPhone } from './communication';
import { personsOf } from './contacts';
import type { Master } from './masterReader';
import type { TableRow } from './readTable';
import type { Side } from './sides';
import {
	currencyOf,
	paymentTermsOf,
	segmentOf,
	type Choice,
	type OrganizationalUnit,
} from './terms';
import { shippingAddressOf } from './shipTo';

export interface MappingSettings {
	/** Scope of external ids: the system alias, the SAP client or the host. */
	scope: string;
	side: Side;
	unit: OrganizationalUnit;
	extensions: readonly string[];
	/** The company's identity and its contact persons alone. */
	personsOnly: boolean;
	/** Adds the tables' rows to the record. */
	withRaw: boolean;
}

/** `warnings`: what was left out of the record on purpose, one sentence each. */
export type EccRecord = ErpRecord & { warnings?: string[] };

/** Pure. */
export function toErpRecord(master: Master, settings: MappingSettings, readAt: string): EccRecord {
	const { side, scope } = settings;
	const warnings: string[] = [];
	const organization = settings.personsOnly
		? identityOrganization(master, side)
		: organizationOf(master, settings, warnings);
	const persons = personsOf(master, scope);
	const isBlocked = isBlockedMaster(master.row, side);
	const version = fingerprintOf({ organization, persons, isBlocked });
	return {
		erp: { ...identityOf(settings, master.row[side.key], readAt), version, isBlocked },
		organization,
		...(persons && { persons }),
		...(settings.withRaw && { raw: rawOf(master, side) }),
		...(warnings.length > 0 && { warnings }),
	};
}

/** A record that the system does not know any more. */
export function deletedRecord(key: string, settings: MappingSettings, readAt: string): EccRecord {
	const identity = identityOf(settings, key, readAt);
	return { erp: { ...identity, version: 'deleted', isDeleted: true } };
}

function identityOf(settings: MappingSettings, key: string, readAt: string): ErpRecord['erp'] {
	const { entity } = settings.side;
	return {
		system: 'ecc',
		entity,
		key,
		externalId: externalIdOf('ecc', settings.scope, entity, key),
		version: '',
		// No row holds a change stamp, and a change may be logged later than its time says: what was read later is newer.
		changedAt: readAt,
		readAt,
		isDeleted: false,
		isBlocked: false,
	};
}

function identityOrganization(master: Master, side: Side): ErpOrganization {
	return { name: nameOf(master), type: typesOf(master.row, side) };
}

function organizationOf(
	master: Master,
	settings: MappingSettings,
	warnings: string[],
): ErpOrganization {
	const { row } = master;
	const organization: ErpOrganization = {
		...identityOrganization(master, settings.side),
		taxNumber: row.STCEG,
		billingAddress: addressOf(row, master.address),
		phone: companyPhone(master),
	};
	const email = companyEmail(master);
	if (email !== undefined) organization.email = email;
	const assign = (field: 'paymentTerms' | 'currency' | 'segment', choice: Choice) => {
		if (choice.value !== undefined) organization[field] = choice.value;
		if (choice.warning !== undefined) warnings.push(choice.warning);
	};
	assign('paymentTerms', paymentTermsOf(master.companies ?? [], settings.unit));
	assign('currency', currencyOf(master.salesAreas ?? [], settings.unit));
	assign('segment', segmentOf(master.salesAreas ?? [], settings.unit));
	const { address, warning } = shippingAddressOf(master, settings.unit, addressOf);
	if (address) organization.shippingAddress = address;
	if (warning !== undefined) warnings.push(warning);
	if (settings.extensions.length > 0) {
		const entries = settings.extensions.map((name) => [name, row[name] ?? '']);
		organization.extensions = Object.fromEntries(entries) as Record<string, string>;
	}
	return organization;
}

/** Central address management holds longer names than the master record; the master has only a cut copy. */
function nameOf({ row, address }: Master): string {
	const parts = (from: TableRow) => [from.NAME1, from.NAME2].filter(Boolean).join(' ');
	return (address && parts(address)) || parts(row);
}

function typesOf(row: TableRow, side: Side): OrganizationType[] {
	if (row[side.otherSide] === '') return [side.type];
	return ['Customer', 'Supplier'];
}

/** The address of central address management, else the copy in the master record. */
export function addressOf(row: TableRow, address: TableRow | undefined): ErpAddress {
	if (!address) {
		return {
			street: row.STRAS,
			houseNumber: '',
			postalCode: row.PSTLZ,
			city: row.ORT01,
			region: row.REGIO,
			country: row.LAND1,
		};
	}
	return {
		street: address.STREET,
		houseNumber: address.HOUSE_NUM1,
		postalCode: address.POST_CODE1,
		city: address.CITY1,
		region: address.REGION,
		country: address.COUNTRY || row.LAND1,
	};
}

/** Flagged for deletion, blocked for posting, or blocked for orders (suppliers: for purchasing) everywhere. */
function isBlockedMaster(row: TableRow, side: Side): boolean {
	return row.LOEVM === 'X' || row.SPERR === 'X' || row[side.block] !== '';
}

/** The rows as they were read, under the names of their tables. */
function rawOf(master: Master, side: Side): Record<string, unknown> {
	const entries: Array<[string, unknown]> = [
		[side.master.name, master.row],
		['ADRC', master.address],
		[side.companies.name, master.companies],
		['KNVV', master.salesAreas],
		['KNVK', master.contacts],
		['ADR6', master.emails],
		['ADR2', master.phones],
		['KNVP', master.shipTos],
	];
	return Object.fromEntries(entries.filter(([, rows]) => rows !== undefined));
}
