import { asCoreError, CoreError } from '../../core/http/errors';
import { quoted } from '../../core/odata/literals';
import { allOf, anyOf } from '../../core/odata/query';
import type { ErpRecord } from '../../core/record/erpRecord';
import type { Loaded } from '../../core/sync/source';
import { Descriptions } from './descriptions';
import { isYes, text, type Row } from './fields';
import { customerFields, SHIP_TO_FIELDS, toCustomerRecord, type CustomerSettings } from './mapping';
import { namingPart } from './refusal';
import type { WebApi } from './webApi';

export const CUSTOMERS = 'AR/ARCustomers';
export const SHIP_TOS = 'AR/ARShipToLocations';

/** Web servers refuse query strings of more than 2,048 characters unless told otherwise. */
const LONGEST_QUERY = 1900;
/** `CustomerNumber eq '123456789012' or `, percent-encoded. */
const TERM_LENGTH = 52;

/** Whole customers: their rows, and what belongs to them from other resources. */
export class CustomerReader {
	readonly fields: string[];
	private readonly descriptions: Descriptions;

	constructor(
		readonly api: WebApi,
		readonly settings: CustomerSettings,
	) {
		this.fields = customerFields(settings);
		this.descriptions = new Descriptions(api);
	}

	/** Rows with these numbers, whatever the filter says. */
	async rowsByKeys(keys: readonly string[]): Promise<Row[]> {
		const rows: Row[] = [];
		for (const some of portions(keys, this.fields.join(',').length)) {
			const filter = anyOf('CustomerNumber', some.map(quoted));
			for await (const page of this.api.walk(CUSTOMERS, { select: this.fields, filter })) {
				rows.push(...page.rows);
			}
		}
		return rows;
	}

	/** Records of the rows that the filter selects. */
	async toRecords(
		rows: readonly Row[],
		shipTos = this.shipTosOf(rows.map(customerNumber)),
	): Promise<Array<Loaded<ErpRecord>>> {
		const selected = rows.filter((row) => this.isSelected(row));
		if (selected.length === 0) return [];
		const { parts } = this.settings;
		const companions = {
			readAt: new Date(this.api.ports.now()).toISOString(),
			...(parts.has('shipTo') && { shipTos: await shipTos }),
			...(parts.has('descriptions') && (await this.descriptions.all())),
		};
		return selected.map((row) => {
			const record = toCustomerRecord(row, companions, this.settings);
			return { key: record.erp.key, version: record.erp.version, record };
		});
	}

	isSelected(row: Row): boolean {
		const { groups } = this.settings;
		return groups.length === 0 || groups.includes(text(row, 'GroupCode'));
	}

	/** Primary locations of customers in a range of numbers, one request for about a page of them. */
	async shipTosBetween(after: string | undefined, last: string): Promise<Map<string, Row>> {
		const lower = after === undefined ? undefined : `CustomerNumber gt ${quoted(after)}`;
		const upper = `(CustomerNumber lt ${quoted(last)} or CustomerNumber eq ${quoted(last)})`;
		return await this.primaryShipTos(allOf(lower, upper));
	}

	private async shipTosOf(keys: readonly string[]): Promise<Map<string, Row>> {
		const found = new Map<string, Row>();
		for (const some of portions(keys, SHIP_TO_FIELDS.join(',').length)) {
			const terms = anyOf('CustomerNumber', some.map(quoted));
			for (const [key, row] of await this.primaryShipTos(terms)) found.set(key, row);
		}
		return found;
	}

	private async primaryShipTos(ofCustomers: string | undefined): Promise<Map<string, Row>> {
		const found = new Map<string, Row>();
		if (!this.settings.parts.has('shipTo')) return found;
		const filter = allOf(ofCustomers, "PrimaryShipToIndicator eq 'Yes'");
		try {
			for await (const page of this.api.walk(SHIP_TOS, { select: SHIP_TO_FIELDS, filter })) {
				for (const row of page.rows) {
					if (isYes(row, 'PrimaryShipToIndicator')) found.set(customerNumber(row), row);
				}
			}
		} catch (error) {
			throw namingPart(asCoreError(error), 'Ship-To Locations');
		}
		return found;
	}
}

export function customerNumber(row: Row): string {
	const key = text(row, 'CustomerNumber');
	if (key !== '') return key;
	throw new CoreError('protocol', 'Sage 300 sent a row without CustomerNumber.');
}

function portions(keys: readonly string[], selectLength: number): string[][] {
	const size = Math.max(1, Math.floor((LONGEST_QUERY - 120 - selectLength) / TERM_LENGTH));
	const parts: string[][] = [];
	for (let at = 0; at < keys.length; at += size) parts.push(keys.slice(at, at + size));
	return parts;
}
