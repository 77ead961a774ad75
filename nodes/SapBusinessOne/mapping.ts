import { externalIdOf, type ErpIdentity, type ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { documentOf, orderOf, paymentOf } from './documents';
import { ENTITIES, type EntityName } from './entities';
import { isInactive } from './creditStatus';
import type { MappingSettings } from './mappingSettings';
import type { NameOf } from './names';
import type { AmountsRead, OrderAmounts } from './orderAmounts';
import { creditOrganizationOf, organizationOf, personsOf } from './partner';
import { productOf } from './product';
import { rowsIn, stampOf, text, type Row } from './rows';

export interface Moment {
	/** The ERP's local day. */
	today: string;
	/** ISO instant. */
	readAt: string;
	/** What was delivered and invoiced of the orders at hand, where it was asked for. */
	amounts?: AmountsRead;
}

/** `warnings`: what was left out of the record on purpose, one sentence each. */
export type B1Record = ErpRecord & { warnings?: string[] };

/** Partners keep one identity, whichever entity brings them. */
const IDENTITY: Readonly<Partial<Record<EntityName, string>>> = { creditStatus: 'businessPartner' };

/** A row of the Service Layer becomes an ErpRecord. Pure. */
export function toErpRecord(
	entity: EntityName,
	row: Row,
	nameOf: NameOf,
	settings: MappingSettings,
	moment: Moment,
): B1Record {
	const warnings: string[] = [];
	const content = contentOf(entity, row, nameOf, settings, moment, warnings);
	const isBlocked = hasActivity(entity) && isInactive(row, moment.today);
	const isRawOnly = Object.keys(content).length === 0;
	const raw = shownRow(row);
	const { changed } = ENTITIES[entity];
	return {
		erp: {
			...identityOf(entity, text(row, ENTITIES[entity].key), settings.scope, moment.readAt),
			version: fingerprintOf(isRawOnly ? raw : { ...content, isBlocked }),
			changedAt: changed ? stampOf(row, changed.date, changed.time) : '',
			isBlocked,
		},
		...content,
		...((settings.withRaw || isRawOnly) && { raw }),
		...(warnings.length > 0 && { warnings }),
	};
}

/** A record that the ERP does not know any more. */
export function deletedRecord(
	entity: EntityName,
	key: string,
	scope: string,
	readAt: string,
): B1Record {
	return {
		erp: { ...identityOf(entity, key, scope, readAt), version: 'deleted', isDeleted: true },
	};
}

export function identityOf(
	entity: EntityName,
	key: string,
	scope: string,
	readAt: string,
): ErpIdentity {
	const name = IDENTITY[entity] ?? entity;
	return {
		system: 'b1',
		entity: name,
		key,
		externalId: externalIdOf('b1', scope, name, key),
		version: '',
		changedAt: '',
		readAt,
		isDeleted: false,
		isBlocked: false,
	};
}

function contentOf(
	entity: EntityName,
	row: Row,
	nameOf: NameOf,
	settings: MappingSettings,
	{ today, amounts }: Moment,
	warnings: string[],
): Pick<ErpRecord, 'organization' | 'persons' | 'product' | 'deal' | 'document'> {
	switch (entity) {
		case 'businessPartner':
			return {
				organization: organizationOf(row, nameOf, settings, warnings),
				persons: personsOf(row, settings.scope),
			};
		case 'creditStatus':
			return { organization: creditOrganizationOf(row, settings) };
		case 'item':
			return { product: productOf(row, settings.product, settings.currencies, today) };
		case 'order':
			return { deal: orderOf(row, settings, amountsIn(amounts, row, warnings)) };
		case 'purchaseOrder':
			return { deal: orderOf(row, settings) };
		case 'invoice':
		case 'creditNote':
			return { document: documentOf(entity, row, settings) };
		case 'incomingPayment':
			return { document: paymentOf(row, settings) };
		default:
			return {};
	}
}

function amountsIn(
	read: AmountsRead | undefined,
	row: Row,
	warnings: string[],
): OrderAmounts | undefined {
	const amounts = read?.get(text(row, 'DocEntry'));
	if (!amounts || !('why' in amounts)) return amounts;
	warnings.push(amounts.why);
	return undefined;
}

function hasActivity(entity: EntityName): boolean {
	return entity === 'businessPartner' || entity === 'creditStatus' || entity === 'item';
}

/** What nobody outside the ERP needs to know of a person or a bank, though the ERP hands it over unasked. */
const PERSONAL =
	/birth|gender|password|bank|iban|card(?!code|name|type|foreignname)|account(?!balance)|profession|fiscalid/i;

/** The row with personal and bank data taken out of its sub-collections. */
export function shownRow(row: Row): Row {
	const entries = Object.entries(row).filter(([name]) => !/^@?odata\.|^@odata/.test(name));
	return Object.fromEntries(
		entries.map(([name, value]) => [
			name,
			Array.isArray(value) ? rowsIn(row, name).map(withoutPersonal) : value,
		]),
	);
}

function withoutPersonal(row: Row): Row {
	return Object.fromEntries(Object.entries(row).filter(([name]) => !PERSONAL.test(name)));
}
