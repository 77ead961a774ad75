import { externalIdOf, type ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { Loaded } from '../../core/sync/source';
import type { TableRow } from './tableAccess';

export type SysproEntity = 'customer' | 'salesOrder' | 'stockCode' | 'invoice';

/** What every mapping needs besides the rows. */
export interface MappingSettings {
	company: string;
	/** ISO code of a blank currency; `''` when unknown. */
	companyCurrency: string;
	/** SYSPRO's currency codes, where they are not those of ISO 4217. */
	currencies: ReadonlyMap<string, string>;
	/** Adds the columns as they came to the record. */
	withRaw: boolean;
	/** ISO instant at which the rows are read. */
	readAt(): string;
}

/**
 * The record with its identity. SYSPRO has no change stamp: the version is a fingerprint of everything mapped, the
 * time of the change is unknown.
 */
export function withIdentity(
	entity: SysproEntity,
	key: string,
	content: Omit<ErpRecord, 'erp' | 'raw'>,
	settings: MappingSettings,
	{
		isBlocked = false,
		raw,
	}: { isBlocked?: boolean; raw?: TableRow | Record<string, unknown> } = {},
): Loaded<ErpRecord> {
	const version = fingerprintOf({ ...content, isBlocked });
	const record: ErpRecord = {
		erp: { ...identityOf(entity, key, settings), version, isBlocked },
		...content,
		...(settings.withRaw && raw && { raw: { ...raw } }),
	};
	return { key, version, record };
}

/** A record that SYSPRO does not know any more. */
export function deletedRecord(
	entity: SysproEntity,
	key: string,
	settings: MappingSettings,
): ErpRecord {
	return { erp: { ...identityOf(entity, key, settings), version: 'deleted', isDeleted: true } };
}

export function idOf(entity: SysproEntity, key: string, settings: MappingSettings): string {
	return externalIdOf('syspro', settings.company, entity, key);
}

/** Blank or `$` is the company's own currency; a code that is mapped becomes its ISO code. */
export function currencyOf(code: string, settings: MappingSettings): string {
	const mapped = settings.currencies.get(code);
	if (mapped !== undefined) return mapped;
	return code === '' || code === '$' ? settings.companyCurrency : code;
}

function identityOf(
	entity: SysproEntity,
	key: string,
	settings: MappingSettings,
): ErpRecord['erp'] {
	return {
		system: 'syspro',
		entity,
		key,
		externalId: idOf(entity, key, settings),
		version: '',
		changedAt: '',
		readAt: settings.readAt(),
		isDeleted: false,
		isBlocked: false,
	};
}
