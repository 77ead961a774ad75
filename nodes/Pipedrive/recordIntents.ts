import { asCoreError } from '../../core/http/errors';
import type { ErpDeal, ErpPerson, ErpRecord } from '../../core/record/erpRecord';
import { isEmail } from '../../core/record/matchKeys';
import { stageOf } from './deals/dealSettings';
import { ENTITIES, isName, type EntityName } from './entities';
import { currencyOfAmount, erpValue, FLAGS } from './fieldMap';
import { addWanted, cleanName, unusableId, type Intent, type ResolvedMap } from './intents';
import { withTruthValues } from './truthValues';

/** The intents of one ERP record: its organization with the contact persons, its product, its deal. */
export function intentsOf(
	record: ErpRecord,
	item: number,
	maps: Record<EntityName, ResolvedMap>,
): Intent[] {
	try {
		return wellFormedIntentsOf(withTruthValues(record), item, maps);
	} catch (error) {
		return [malformedIntent(record, item, error)];
	}
}

/** Whatever a workflow put in the place of a record's parts must cost that record only, not the whole run. */
function malformedIntent(record: ErpRecord, item: number, error: unknown): Intent {
	return {
		item,
		entity: mainEntityOf(record),
		externalId: String(record.erp.externalId),
		erp: record.erp,
		name: '',
		values: [],
		contacts: [],
		isBlocked: false,
		isDeleted: false,
		isStandard: true,
		missingOptions: [],
		warnings: [],
		rejected: `The item has not the shape of an ERP Record (${asCoreError(error).message}): connect an ERP trigger, or correct what changes its items`,
		payload: record,
	};
}

function wellFormedIntentsOf(
	record: ErpRecord,
	item: number,
	maps: Record<EntityName, ResolvedMap>,
): Intent[] {
	const vanished = vanishedEntityOf(record);
	const organization =
		record.organization || vanished === 'organization'
			? organizationIntent(record, item, maps.organization)
			: undefined;
	const persons = (record.persons ?? []).map((person) => ({
		...personIntent(record, person, item, maps.person),
		...(organization ? { organization } : {}),
	}));
	const product =
		record.product || vanished === 'product' ? [productIntent(record, item, maps.product)] : [];
	const deal = record.deal || vanished === 'deal' ? [dealIntent(record, item, maps.deal)] : [];
	return [...(organization ? [organization] : []), ...persons, ...product, ...deal];
}

/** Which Pipedrive entities these records touch, in the order of writing. A deal needs its organization. */
export function entitiesIn(records: readonly ErpRecord[]): EntityName[] {
	const needed = new Set<EntityName>();
	for (const record of records) {
		const vanished = vanishedEntityOf(record);
		if (vanished) needed.add(vanished);
		if (record.organization || hostIn(record)) needed.add('organization');
		if (record.persons?.length) needed.add('person');
		if (record.product) needed.add('product');
		if (record.deal) needed.add('deal');
	}
	return ENTITIES.filter((entity) => needed.has(entity));
}

/** Entities of which these records only name one that is there already. */
export function lookedUpIn(records: readonly ErpRecord[]): EntityName[] {
	const isWritten = records.some((record) => record.organization);
	return !isWritten && records.some(hostIn) ? ['organization'] : [];
}

function hostIn({ deal, document }: ErpRecord): string | undefined {
	return deal?.organizationExternalId || document?.organizationExternalId;
}

export function mainEntityOf(record: ErpRecord): EntityName {
	if (record.organization) return 'organization';
	if (record.product) return 'product';
	if (record.deal) return 'deal';
	return record.persons?.length ? 'person' : (vanishedEntityOf(record) ?? 'organization');
}

/** A tombstone is only an identity: what it was is told by the ERP's name of the entity. `undefined` = no tombstone, or of a document. */
export function vanishedEntityOf(record: ErpRecord): EntityName | undefined {
	const { erp, organization, persons, deal, product, document } = record;
	if (!erp.isDeleted || organization || persons?.length || deal || product || document) {
		return undefined;
	}
	if (/order|quotation/i.test(erp.entity)) return 'deal';
	if (/item|stock|product/i.test(erp.entity)) return 'product';
	return /invoice|credit|payment|receipt|center/i.test(erp.entity) ? undefined : 'organization';
}

function organizationIntent(record: ErpRecord, item: number, map: ResolvedMap): Intent {
	const { organization = { name: '', type: [] } } = record;
	const intent: Intent = {
		...recordIntent(record, item, 'organization', organization.name),
		address: organization.billingAddress,
		payload: { erp: { ...record.erp, readAt: '' }, organization },
	};
	if (intent.rejected === undefined && intent.name === '' && !record.erp.isDeleted) {
		intent.rejected = `The ERP record ${record.erp.key} has no name: give it one in the ERP`;
	}
	fill(intent, map, record, undefined);
	return intent;
}

function productIntent(record: ErpRecord, item: number, map: ResolvedMap): Intent {
	const { product } = record;
	const intent: Intent = {
		...recordIntent(record, item, 'product', product?.name || product?.code),
		code: product?.code,
		payload: { erp: { ...record.erp, readAt: '' }, product },
	};
	fill(intent, map, record, undefined);
	return intent;
}

function dealIntent(record: ErpRecord, item: number, map: ResolvedMap): Intent {
	const deal = record.deal && wellFormedDeal(record.deal);
	const intent: Intent = {
		...recordIntent(record, item, 'deal', deal?.title),
		hostExternalId: deal?.organizationExternalId || undefined,
		orderNumbers: [deal?.number, deal?.customerReference].filter((text) => text !== undefined),
		deal,
		payload: { erp: { ...record.erp, readAt: '' }, deal },
	};
	if (!deal && record.deal) {
		intent.rejected ??=
			'"lines" of the deal is no list of lines: connect an ERP trigger, or correct what changes its items';
	}
	// What was cancelled before Pipedrive heard of it is no business lost.
	intent.isBlocked ||= deal?.state === 'cancelled';
	fill(intent, map, { ...record, deal }, undefined);
	return intent;
}

/** Numbers where texts are expected are harmless; `undefined` for lines that are no lines. */
function wellFormedDeal(deal: ErpDeal): ErpDeal | undefined {
	const lines: unknown = deal.lines ?? [];
	if (!Array.isArray(lines)) return undefined;
	const rows = lines as Array<Record<string, unknown> | null>;
	if (rows.some((row) => row === null || typeof row !== 'object')) return undefined;
	return {
		...texts(deal),
		lines: rows.map((row) => ({ ...EMPTY_LINE, ...texts(row!) })),
	};
}

const EMPTY_LINE = {
	productCode: '',
	description: '',
	quantity: '',
	unitPrice: '',
	discount: '',
	tax: '',
};

function texts<T extends object>(row: T): T {
	return Object.fromEntries(
		Object.entries(row).map(([name, value]) => [
			name,
			typeof value === 'number' ? String(value) : value === null ? '' : (value as unknown),
		]),
	) as T;
}

function recordIntent(
	record: ErpRecord,
	item: number,
	entity: EntityName,
	givenName: string | undefined,
): Intent {
	const { name, warning } = cleanName(givenName ?? '');
	return {
		item,
		entity,
		externalId: record.erp.externalId,
		erp: { ...record.erp, changedAt: String(record.erp.changedAt ?? '') },
		name,
		values: [],
		contacts: [],
		isBlocked: record.erp.isBlocked,
		isDeleted: record.erp.isDeleted,
		isStandard: true,
		missingOptions: [],
		warnings: [...(warning ? [warning] : []), ...(record.warnings ?? [])],
		rejected: unusableId(record.erp.externalId),
		payload: undefined,
	};
}

function personIntent(
	record: ErpRecord,
	person: ErpPerson,
	item: number,
	map: ResolvedMap,
): Intent {
	const named = cleanName(personName(record, person));
	const intent: Intent = {
		item,
		entity: 'person',
		externalId: person.externalId,
		erp: { ...record.erp, entity: 'contactPerson', key: person.key, externalId: person.externalId },
		name: named.name,
		email: person.email && isEmail(person.email) ? person.email.trim() : undefined,
		values: [],
		contacts: [],
		isBlocked: !person.isActive || record.erp.isBlocked,
		isDeleted: record.erp.isDeleted,
		isStandard: person.isStandard !== false,
		missingOptions: [],
		warnings: named.warning ? [named.warning] : [],
		rejected: unusableId(person.externalId),
		payload: person,
	};
	if (intent.rejected === undefined && named.name === '') {
		intent.rejected = `The contact person ${person.key} has no name, e-mail or function: give it a name in the ERP`;
	}
	fill(intent, map, record, { ...person, name: named.name });
	return intent;
}

function personName(record: ErpRecord, person: ErpPerson): string {
	const full = person.name || [person.firstName, person.lastName].filter(Boolean).join(' ');
	if (full.trim() !== '') return full;
	if (person.email && isEmail(person.email)) return person.email.split('@')[0];
	const company = record.organization?.name ?? '';
	return person.function ? [person.function, company].filter(Boolean).join(' - ') : '';
}

function fill(intent: Intent, map: ResolvedMap, record: ErpRecord, person?: ErpPerson): void {
	for (const row of map.rows) {
		// A deleted record is only flagged: what the ERP still shows of it is no news.
		if (intent.isDeleted && !FLAGS.includes(row.source)) continue;
		let input = chosenFor(row.source, record, map) ?? erpValue(record, row.source, person);
		if (input === undefined) continue;
		if (isName(intent.entity, row.field.key)) input = intent.name;
		const currency = currencyOfAmount(record, row.source);
		if (row.field.type === 'monetary' && currency !== undefined && input !== '') {
			if (currency === '') {
				intent.warnings.push(
					`"${row.field.name}" was left out: the ERP gives ${String(input)} without a currency. Name the company's currency in the ERP's credential or trigger.`,
				);
				continue;
			}
			input = { value: input, currency };
		}
		if (row.field.type === 'user' && typeof input === 'string' && input.includes('@')) {
			const userId = map.users?.get(input.trim().toLowerCase());
			if (userId === undefined) {
				intent.warnings.push(`Pipedrive has no active user "${input}": the owner was left alone.`);
				continue;
			}
			input = userId;
		}
		addWanted(intent, row, input, map.misfitsHoldBack);
	}
}

/** What the node's settings say instead of the ERP. */
function chosenFor(source: string, { deal }: ErpRecord, map: ResolvedMap): string | undefined {
	if (source === 'deal.stage') return stageOf(deal, map.deal);
	// Without lines in Pipedrive nothing else tells the value.
	if (source === 'deal.value' && map.deal?.writesLines === false) return deal?.value;
	if (source === 'deal.pipeline') return (deal && map.deal?.pipeline) || undefined;
	return undefined;
}
