import type { ErpRecord } from '../../core/record/erpRecord';
import { ENTITIES, type EntityName } from './entities';

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
