import { CoreError } from '../../core/http/errors';
import { codesIn, listOf } from '../../core/n8n/names';
import { checkedName } from '../../core/odata/literals';
import { DEFAULT_CREDIT, type CreditSettings } from './creditStatus';
import { currencyMap } from './currencies';
import type { EntityName } from './entities';
import type { LinkedReading } from './linkedLines';
import { DEFAULT_PRODUCT, type ProductSettings } from './product';
import { DEFAULT_FILTER, type Exclusion, type PartnerKind, type SourceFilter } from './selection';
import type { SourceSettings } from './source';

/** Reads one node parameter of the poll, or of the item at hand. */
export type Parameters = (name: string, fallback: unknown) => unknown;

export interface Reading {
	pageSize: number;
	keysPerRequest: number;
}

/** What the panel says about an entity. */
export function sourceSettings(
	read: Parameters,
	entity: EntityName,
	scope: string,
	reading: Reading,
): SourceSettings {
	const values = read('values', {}) as Record<string, unknown>;
	return {
		entity,
		scope,
		filter: filterOf(read),
		credit: creditOf(values),
		currencies: {
			company: String(values.companyCurrency ?? '')
				.trim()
				.toUpperCase(),
			iso: currencyMap(String(values.currencyCodes ?? '')),
		},
		product: productOf(values),
		extensions: hasExtensions(entity) ? listOf(values.extensions).map(extensionName) : [],
		withRaw: read('output', 'erpRecord') === 'raw',
		linked: linkedReadingOf(values, entity),
		...reading,
	};
}

function filterOf(read: Parameters): SourceFilter {
	const filters = read('filters', {}) as Record<string, unknown>;
	return {
		kinds: read('kinds', DEFAULT_FILTER.kinds) as PartnerKind[],
		exclude: read('exclude', DEFAULT_FILTER.exclude) as Exclusion[],
		groups: codesIn(
			codesIn(filters.groupIds).map((code) => wholeNumber(code, 'Group Names or IDs')),
			codesIn(filters.groups).map((code) => wholeNumber(code, 'Group Codes')),
		),
		salesItemsOnly: read('salesItemsOnly', DEFAULT_FILTER.salesItemsOnly) === true,
		documentsFrom: /^\d{4}-\d{2}-\d{2}/.exec(String(read('documentsFrom', '') ?? ''))?.[0] ?? '',
	};
}

function creditOf(values: Record<string, unknown>): CreditSettings {
	const near = Number(values.nearLimitPercent ?? DEFAULT_CREDIT.nearShare * 100);
	return {
		limit: values.creditLimitField === 'MaxCommitment' ? 'MaxCommitment' : 'CreditLimit',
		withOpenDeliveries: values.countOpenDeliveries !== false,
		withOpenOrders: values.countOpenOrders !== false,
		nearShare: Number.isFinite(near) ? near / 100 : DEFAULT_CREDIT.nearShare,
	};
}

function linkedReadingOf(
	{ orderAmounts = 'rows' }: Record<string, unknown>,
	entity: EntityName,
): LinkedReading | undefined {
	if (entity !== 'order' || orderAmounts === 'off') return undefined;
	return orderAmounts === 'customer' ? 'customer' : 'rows';
}

function productOf(values: Record<string, unknown>): ProductSettings {
	return {
		priceList: Number(values.priceList ?? DEFAULT_PRODUCT.priceList),
		warehouses: codesIn(values.warehouseIds, values.warehouses),
		countsOrdered: values.countOrdered !== false,
		withCost: values.withCost === true,
	};
}

/** The snapshot of credit data and the small tables have fields of their own only. */
function hasExtensions(entity: EntityName): boolean {
	return entity === 'businessPartner';
}

function extensionName(name: string): string {
	const checked = checkedName(name, 'User-Defined Fields');
	if (checked.startsWith('U_')) return checked;
	throw new CoreError('configuration', `"${name}" is no user-defined field.`, {
		remedy: 'In "User-Defined Fields", write names that begin with U_.',
	});
}

function wholeNumber(text: string, setting: string): string {
	if (/^-?\d+$/.test(text)) return text;
	throw new CoreError('configuration', `"${text}" is not a number.`, {
		remedy: `Correct "${setting}": codes are whole numbers, separated by commas.`,
	});
}
