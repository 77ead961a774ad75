import { anyOf, type Condition } from './conditions';
import type { Part } from './parts';
import type { TableReader, TableRow } from './readTable';
import type { Side } from './sides';
import { ADR2, ADR6, ADRC, KNVK, KNVP, KNVV, type TableFields } from './tables';

/** A master record with the rows of other tables that belong to it. A part that was not read is absent. */
export interface Master {
	row: TableRow;
	/** By address number; rows of the international versions are left out. */
	address?: TableRow;
	companies?: TableRow[];
	salesAreas?: TableRow[];
	contacts?: TableRow[];
	/** E-mails and phones of the company's address and of the contacts' own addresses. */
	emails?: TableRow[];
	phones?: TableRow[];
	/** Ship-to parties of the sales areas, and the master rows with addresses behind them. */
	shipTos?: TableRow[];
	shipToMasters?: ReadonlyMap<string, Master>;
}

export interface MasterReadSettings {
	side: Side;
	parts: ReadonlySet<Part>;
	/** Fields of the master table read beside the usual ones. */
	extensions: readonly string[];
	keysPerRequest: number;
}

/** The partner function "ship-to party" in KNVP; the database holds this form in every language. */
const SHIP_TO = 'WE';

/** Reads master records and everything that belongs to them, table by table, in groups of keys. */
export class MasterReader {
	constructor(
		private readonly tables: TableReader,
		private readonly settings: MasterReadSettings,
	) {}

	/** By padded key, in no order; unknown keys are missing. */
	async byKeys(keys: readonly string[]): Promise<Master[]> {
		const { side } = this.settings;
		return await this.withParts(await this.among(side.master, side.key, keys, this.masterFields));
	}

	/** Pages in ascending key order. */
	async *pages(where: Condition | undefined, after: string | undefined) {
		const { side } = this.settings;
		const { master } = side;
		const read = {
			table: master.name,
			fields: this.masterFields,
			key: master.key,
			lengths: master.fields,
			where,
		};
		for await (const page of this.tables.pages(read, side.key, after)) {
			const masters = await this.withParts(page.rows);
			yield { masters, serverNow: page.serverNow };
		}
	}

	/** Keys of the companies whose own address, or one of whose contacts' addresses, has one of these numbers. */
	async keysByAddressNumbers(numbers: readonly string[]): Promise<string[]> {
		const { side, parts } = this.settings;
		const { master, key } = side;
		const owners = await this.among(master, 'ADRNR', numbers, [key, 'ADRNR']);
		const keys = owners.map((row) => row[key]);
		if (side.type !== 'Customer' || !parts.has('contacts')) return keys;
		for (const field of ['PRSNR', 'ADRND'] as const) {
			const contacts = await this.among(KNVK, field, numbers, ['PARNR', 'KUNNR']);
			keys.push(...contacts.map((row) => row.KUNNR));
		}
		return keys.filter((found) => found !== '');
	}

	private get masterFields(): string[] {
		const { side, extensions } = this.settings;
		return [...new Set([...Object.keys(side.master.fields), ...extensions])];
	}

	private async withParts(rows: readonly TableRow[]): Promise<Master[]> {
		const { side, parts } = this.settings;
		const isCustomer = side.type === 'Customer';
		const keys = rows.map((row) => row[side.key]);
		const has = (part: Part, isThere = true) => isThere && parts.has(part);
		const companies = has('companyCodes') && (await this.among(side.companies, side.key, keys));
		const salesAreas = has('salesAreas', isCustomer) && (await this.among(KNVV, 'KUNNR', keys));
		const contacts = has('contacts', isCustomer) && (await this.among(KNVK, 'KUNNR', keys));
		const ownNumbers = rows.map((row) => row.ADRNR);
		const addresses = has('addresses') && (await this.among(ADRC, 'ADDRNUMBER', ownNumbers));
		const communication = await this.communication(ownNumbers, contacts || []);
		const shipTos = has('shipTo', isCustomer) ? await this.shipTos(keys) : undefined;
		const by = (table: TableRow[] | false, field: string, value: string) =>
			table === false ? undefined : table.filter((row) => row[field] === value);
		return rows.map((row) => {
			const key = row[side.key];
			const own = by(contacts, 'KUNNR', key);
			const numbers = new Set([row.ADRNR, ...(own ?? []).map((contact) => contact.ADRND)]);
			return {
				row,
				...(addresses && { address: addressOf(addresses, row.ADRNR) }),
				companies: by(companies, side.key, key),
				salesAreas: by(salesAreas, 'KUNNR', key),
				contacts: own,
				emails: communication?.emails.filter((item) => numbers.has(item.ADDRNUMBER)),
				phones: communication?.phones.filter((item) => numbers.has(item.ADDRNUMBER)),
				...(shipTos && {
					shipTos: shipTos.rows.filter((item) => item.KUNNR === key),
					shipToMasters: shipTos.masters,
				}),
			};
		});
	}

	private async communication(own: readonly string[], contacts: readonly TableRow[]) {
		if (!this.settings.parts.has('communication')) return undefined;
		const numbers = [...own, ...contacts.map((contact) => contact.ADRND)];
		return {
			emails: await this.among(ADR6, 'ADDRNUMBER', numbers),
			phones: await this.among(ADR2, 'ADDRNUMBER', numbers),
		};
	}

	private async shipTos(keys: readonly string[]) {
		const all = await this.among(KNVP, 'KUNNR', keys);
		const rows = all.filter((row) => row.PARVW === SHIP_TO);
		const others = rows.map((row) => row.KUNN2).filter((key) => !keys.includes(key));
		const parts: ReadonlySet<Part> = new Set(['addresses'] as const);
		const reader = new MasterReader(this.tables, { ...this.settings, parts, extensions: [] });
		const masters = await reader.byKeys([...new Set([...keys, ...others])]);
		return { rows, masters: new Map(masters.map((master) => [master.row.KUNNR, master])) };
	}

	/** Rows of a table whose field has one of these values. */
	private async among(
		table: TableFields,
		field: string,
		values: readonly string[],
		fields: readonly string[] = Object.keys(table.fields),
	): Promise<TableRow[]> {
		const wanted = [...new Set(values)].filter((value) => value !== '').sort();
		const rows: TableRow[] = [];
		for (let at = 0; at < wanted.length; at += this.settings.keysPerRequest) {
			const chunk = wanted.slice(at, at + this.settings.keysPerRequest);
			const where = anyOf(field, chunk);
			const read = { table: table.name, fields, key: table.key, lengths: table.fields, where };
			rows.push(...(await this.tables.rows(read)));
		}
		return rows;
	}
}

/** An address may have versions in other scripts; the one without a version id is the usual one. */
function addressOf(rows: readonly TableRow[], number: string): TableRow | undefined {
	return rows.find((row) => row.ADDRNUMBER === number && row.NATION === '');
}
