import { CoreError } from '../../core/http/errors';
import type { Ports } from '../../core/http/ports';
import { listOf } from '../../core/n8n/names';
import type { Connection } from './connection';
import type { CustomerSettings } from './customer';
import type { OrderSelection } from './orderSource';
import type { StockCodeSettings } from './stockCode';

export type Entity = 'customer' | 'salesOrder' | 'stockCode' | 'stock' | 'invoice';

/** Reads one node parameter of the poll, or of the item at hand. */
export type Parameters = (name: string, fallback: unknown) => unknown;

export interface Settings {
	mapping: CustomerSettings & StockCodeSettings;
	selection: OrderSelection;
	/** Day from which documents are listed; '' = all. */
	since: string;
	/** What makes another selection of records. */
	filter: unknown;
}

/** What the panel says, checked. */
export function settingsFrom(
	entity: Entity,
	{ company, companyCurrency }: Pick<Connection, 'company' | 'companyCurrency'>,
	read: Parameters,
	ports: Pick<Ports, 'now'>,
): Settings {
	const filters = read('filters', {}) as Record<string, unknown>;
	const values = read('values', {}) as Record<string, unknown>;
	const reading = read('reading', {}) as Record<string, unknown>;
	const allowed = allowedFrom(entity, filters);
	const excludedTypes = new Set(listOf(filters.excludedTypes ?? 'C'));
	return {
		mapping: {
			company,
			companyCurrency,
			currencies: currenciesFrom(values.currencies),
			withRaw: read('output', 'erpRecord') === 'raw',
			readAt: () => new Date(ports.now()).toISOString(),
			addressLayout: values.addressLayout === 'lines' ? 'lines' : 'labelled',
			extensions: columnsFrom(values.extensions, 'Additional Columns'),
			customFields: columnsFrom(values.customFields, 'Custom Form Fields'),
			withCost: values.withCost === true,
			withOrderedItems: values.withOrderedItems === true,
		},
		selection: {
			leaveOut: new Set(columnsFrom(reading.leaveOut, 'Columns to Leave Out')),
			allowed,
			pageSize: bounded(reading.pageSize, 500, 1, 5000),
			excludedTypes,
			followDays: bounded(reading.followDays, 365, 1, 3650),
			withLines: reading.withLines !== false,
		},
		since: String(read('since', '') ?? '').slice(0, 10),
		filter: {
			allowed: [...allowed].map(([column, set]) => [column, [...set].sort()]),
			...(entity === 'salesOrder' && { excludedTypes: [...excludedTypes].sort() }),
		},
	};
}

/** Filter settings by the column that each one looks at. */
const FILTERS: Record<Entity, Readonly<Record<string, string>>> = {
	customer: { branches: 'Branch', classes: 'CustomerClass', salespersons: 'Salesperson' },
	salesOrder: { branches: 'Branch', salespersons: 'Salesperson', warehouses: 'Warehouse' },
	stockCode: { productClasses: 'ProductClass' },
	stock: { productClasses: 'ProductClass' },
	invoice: {},
};

function allowedFrom(
	entity: Entity,
	filters: Record<string, unknown>,
): ReadonlyMap<string, ReadonlySet<string>> {
	const allowed = new Map<string, ReadonlySet<string>>();
	for (const [setting, column] of Object.entries(FILTERS[entity])) {
		const values = listOf(filters[setting]);
		if (values.length > 0) allowed.set(column, new Set(values));
	}
	return allowed;
}

/** SQL names; anything else would be ignored by SYSPRO, or change the query. */
function columnsFrom(value: unknown, setting: string): string[] {
	return listOf(value).map((name) => {
		if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
		throw new CoreError('configuration', `"${name}" is not a column name of SYSPRO.`, {
			remedy: `Correct "${setting}": names consist of letters, digits and underscores.`,
		});
	});
}

/** `R=ZAR, D=USD`. */
function currenciesFrom(value: unknown): ReadonlyMap<string, string> {
	return new Map(
		listOf(value).map((pair) => {
			const [, code, iso] = /^([^=]+)=\s*([A-Za-z]{3})$/.exec(pair) ?? [];
			if (iso !== undefined) return [code.trim(), iso.toUpperCase()];
			throw new CoreError('configuration', `"${pair}" is no pair of currency codes.`, {
				remedy: 'Correct "Currency Codes": write R=ZAR, D=USD.',
			});
		}),
	);
}

function bounded(value: unknown, fallback: number, least: number, most: number): number {
	const number = Math.floor(Number(value ?? fallback));
	return Number.isFinite(number) ? Math.min(most, Math.max(least, number)) : fallback;
}
