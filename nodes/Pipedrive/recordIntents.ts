import { asCoreError } from '../../core/http/errors';
import type { ErpDeal, ErpPerson, ErpRecord } from '../../core/record/erpRecord';
import { isEmail } from '../../core/record/matchKeys';
import { stageOf } from './deals/dealSettings';
import { isName, type EntityName } from './entities';
import { currencyOfAmount, erpValue, FLAGS } from './fieldMap';
import {
	addWanted,
	blankIntent,
	cleanName,
	unusableId,
	type Intent,
	type ResolvedMap,
} from './intents';
import { mainEntityOf, vanishedEntityOf } from './recordEntities';
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
	const externalId = String(record.erp.externalId);
	return {
		...blankIntent({ item, entity: mainEntityOf(record), externalId, erp: record.erp }),
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

function organizationIntent(record: ErpRecord, item: number, map: ResolvedMap): Intent {
	const { organization = { name: '', type: [] } } = record;
	const intent: Intent = {
		...recordIntent(record, item, 'organization', organization.name),
		address: organization.billingAddress,
		payload: { erp: { ...record.erp, readAt: '' }, organization },
	};
	rejectNameless(intent, record);
	fill(intent, map, record, undefined);
	return intent;
}

function productIntent(record: ErpRecord, item: number, map: ResolvedMap): Intent {
	const { product } = record;
	const intent: Intent = {
		...recordIntent(record, item, 'product', product?.name),
		code: product?.code,
		payload: { erp: { ...record.erp, readAt: '' }, product },
	};
	rejectNameless(intent, record);
	fill(intent, map, record, undefined);
	return intent;
}

/** A number is no name: written in its place, it would overwrite the one in Pipedrive. */
function rejectNameless(intent: Intent, { erp }: ErpRecord): void {
	if (intent.rejected !== undefined || intent.name !== '' || erp.isDeleted) return;
	intent.rejected = `The ERP record ${erp.key} has no name: give it one in the ERP`;
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
	const { externalId, isBlocked, isDeleted, changedAt } = record.erp;
	const erp = { ...record.erp, changedAt: String(changedAt ?? '') };
	return {
		...blankIntent({ item, entity, externalId, erp }),
		name,
		isBlocked,
		isDeleted,
		warnings: [...(warning ? [warning] : []), ...(record.warnings ?? [])],
		rejected: unusableId(externalId),
	};
}

function personIntent(
	record: ErpRecord,
	person: ErpPerson,
	item: number,
	map: ResolvedMap,
): Intent {
	const named = cleanName(personName(record, person));
	const { externalId, key } = person;
	const erp = { ...record.erp, entity: 'contactPerson', key, externalId };
	const intent: Intent = {
		...blankIntent({ item, entity: 'person', externalId, erp }),
		name: named.name,
		email: person.email && isEmail(person.email) ? person.email.trim() : undefined,
		isBlocked: !person.isActive || record.erp.isBlocked,
		isDeleted: record.erp.isDeleted,
		isStandard: person.isStandard !== false,
		warnings: named.warning ? [named.warning] : [],
		rejected: unusableId(externalId),
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
