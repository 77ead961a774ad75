import { CoreError } from '../../core/http/errors';
import { listOf, nameIn } from '../../core/n8n/names';
import type { FieldNames, GatewayField } from './gatewayMapping';
import type { ChangeFieldType, GatewaySettings } from './gatewaySource';
import { DEFAULT_FILTER, type Exclusion, type MasterFilter } from './masterFilter';
import { DEFAULT_PARTS, type Part } from './parts';
import { CUSTOMER, SUPPLIER } from './sides';
import type { EccSettings } from './source';

/** Reads one node parameter of the poll, or of the item at hand. */
export type Parameters = (name: string, fallback: unknown) => unknown;

export type EccEntity = 'customer' | 'contactPerson' | 'supplier';

export interface Reading {
	keysPerRequest: number;
}

/** What the panel says about customers, contact persons or suppliers. */
export function eccSettings(
	read: Parameters,
	entity: EccEntity,
	scope: string,
	reading: Reading,
): EccSettings {
	const values = read('values', {}) as Record<string, unknown>;
	const text = (name: string) => String(values[name] ?? '').trim();
	const personsOnly = entity === 'contactPerson';
	const parts: readonly Part[] = personsOnly
		? ['addresses', 'communication', 'contacts']
		: (read('parts', DEFAULT_PARTS) as Part[]);
	return {
		scope,
		side: entity === 'supplier' ? SUPPLIER : CUSTOMER,
		parts: new Set(parts),
		personsOnly,
		filter: masterFilter(read),
		unit: {
			companyCode: text('companyCode'),
			salesOrganization: text('salesOrganization'),
			distributionChannel: text('distributionChannel'),
			division: text('division'),
		},
		extensions: listOf(values.extensions).map((name) => extensionName(name)),
		withRaw: read('output', 'erpRecord') === 'raw',
		...reading,
	};
}

/** What the panel says about an entity set of a Gateway service. */
export function gatewaySettings(
	read: Parameters,
	scope: string,
	pageSize: number,
): GatewaySettings {
	const text = (name: string) => String(read(name, '') ?? '').trim();
	const given = read('fieldNames', {}) as Partial<Record<GatewayField, unknown>>;
	const names = Object.fromEntries(
		Object.entries(given).map(([field, name]) => [field, String(name ?? '').trim()]),
	) as Partial<FieldNames>;
	return {
		scope,
		pageSize,
		entitySet: nameIn(read('entitySet', '')).trim(),
		keyFields: listOf(read('keyFields', '')),
		changeField: nameIn(read('changeField', '')).trim(),
		changeTimeField: text('changeTimeField'),
		createdField: text('createdField'),
		changeFieldType: read('changeFieldType', 'date') as ChangeFieldType,
		maps: read('rowsAre', 'customer') === 'customer' ? 'customer' : 'nothing',
		names,
		fields: listOf(read('fields', '')),
		filter: masterFilter(read),
		withRaw: read('output', 'erpRecord') === 'raw',
	};
}

function masterFilter(read: Parameters): MasterFilter {
	const filters = read('filters', {}) as Record<string, unknown>;
	const list = (name: 'oneTimeGroups' | 'addressOnlyGroups' | 'accountGroups') =>
		filters[name] === undefined ? DEFAULT_FILTER[name] : listOf(filters[name]);
	return {
		exclude: read('exclude', DEFAULT_FILTER.exclude) as Exclusion[],
		oneTimeGroups: list('oneTimeGroups'),
		addressOnlyGroups: list('addressOnlyGroups'),
		accountGroups: list('accountGroups'),
	};
}

/** Birth, bank, card and identification fields as SAP names them. */
const PERSONAL = /^(GBDAT|GBORT|BIRTH|BANK|IBAN|CCNUM|CCINS|STCD[1-6]|PASS|IDNUM)/;

export function fieldName(name: string, setting: string): string {
	const upper = name.trim().toUpperCase();
	if (/^(\/[A-Z0-9_]{1,10}\/)?[A-Z][A-Z0-9_]{0,29}$/.test(upper)) return upper;
	throw new CoreError('configuration', `"${name}" is no name of a field in SAP.`, {
		remedy: `Correct "${setting}": letters, digits and underscores.`,
	});
}

function extensionName(name: string): string {
	const upper = fieldName(name, 'Extension Fields');
	if (!PERSONAL.test(upper)) return upper;
	throw new CoreError('configuration', `"${upper}" holds personal data that is never mapped.`, {
		remedy: 'Take it out of "Extension Fields".',
	});
}
