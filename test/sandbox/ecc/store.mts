/** The tables with their rows, and what people do in the system: every dialog writes its change documents. */
import { DateTime } from 'luxon';
import type { Row } from './condition.mts';
import { DICTIONARY } from './dictionary.mts';
import { StoredTable } from './table.mts';

export interface CustomerInput {
	key?: string;
	name: string;
	name2?: string;
	street?: string;
	houseNumber?: string;
	postalCode?: string;
	city?: string;
	country?: string;
	region?: string;
	phone?: string;
	mobile?: string;
	email?: string;
	vat?: string;
	accountGroup?: string;
	/** Company code -> payment terms. */
	companies?: Record<string, string>;
	/** `1000/10/00` -> currency. */
	salesAreas?: Record<string, string>;
	fields?: Row;
	/** A load program: no change document, only the creation date. */
	isUnlogged?: boolean;
}

export interface ContactInput {
	first?: string;
	last?: string;
	email?: string;
	phone?: string;
	mobile?: string;
	function?: string;
	department?: string;
	/** Has a business address of its own. */
	hasOwnAddress?: boolean;
}

export const DATE_FROM = '00010101';

export interface StoreClock {
	now(): number;
	zone: string;
}

export class EccStore {
	private readonly tables = new Map(
		[...DICTIONARY].map(([name, description]) => [name, new StoredTable(description)]),
	);
	private nextChange = 1;
	private nextNumber = 10_000;
	private nextAddress = 20_000;
	private nextContact = 500;
	/** Told after a customer changed or went. */
	onCustomer: (key: string) => void = () => undefined;

	constructor(readonly clock: StoreClock) {}

	table(name: string): StoredTable {
		const table = this.tables.get(name);
		if (!table) throw new Error(`There is no table ${name}`);
		return table;
	}

	rows(name: string, match: Row = {}): Row[] {
		const [first, ...rest] = Object.entries(match);
		const table = this.table(name);
		const rows = first ? table.find(...first) : [...table.rows.values()];
		return rows.filter((row) => rest.every(([field, value]) => row[field] === value));
	}

	customer(key: string): Row {
		return this.master('KNA1', 'KUNNR', key);
	}

	createCustomer(input: CustomerInput): string {
		const key = this.createMaster('KNA1', 'KUNNR', input);
		for (const [BUKRS, ZTERM] of Object.entries(input.companies ?? {})) {
			this.put('KNB1', { KUNNR: key, BUKRS, ZTERM });
		}
		for (const [area, WAERS] of Object.entries(input.salesAreas ?? {})) {
			const [VKORG, VTWEG, SPART] = area.split('/');
			this.put('KNVV', { KUNNR: key, VKORG, VTWEG, SPART, WAERS, KDGRP: '01' });
		}
		if (!input.isUnlogged) this.log('DEBI', key, 'I', 'XD01');
		this.onCustomer(key);
		return key;
	}

	createSupplier(input: CustomerInput): string {
		const key = this.createMaster('LFA1', 'LIFNR', input);
		for (const [BUKRS, ZTERM] of Object.entries(input.companies ?? {})) {
			this.put('LFB1', { LIFNR: key, BUKRS, ZTERM });
		}
		if (!input.isUnlogged) this.log('KRED', key, 'I', 'XK01');
		return key;
	}

	changeCustomer(key: string, fields: Row): void {
		this.put('KNA1', { ...this.customer(key), ...fields });
		this.log('DEBI', padded(key), 'U', 'XD02');
		this.onCustomer(padded(key));
	}

	changeSupplier(key: string, fields: Row): void {
		this.put('LFA1', { ...this.master('LFA1', 'LIFNR', key), ...fields });
		this.log('KRED', padded(key), 'U', 'XK02');
	}

	changeCompany(key: string, BUKRS: string, fields: Row): void {
		const row = this.rows('KNB1', { KUNNR: padded(key), BUKRS })[0] ?? {};
		this.put('KNB1', { ...row, KUNNR: padded(key), BUKRS, ...fields });
		this.log('DEBI', padded(key), 'U', 'XD02');
		this.onCustomer(padded(key));
	}

	/** Central address management logs under the number of the address, not of the customer. */
	changeAddress(key: string, fields: Row): void {
		const number = this.customer(key).ADRNR;
		const row = this.rows('ADRC', { ADDRNUMBER: number, NATION: '' })[0];
		this.put('ADRC', { ...row, ...fields });
		this.log('ADRESSE', `CA01${number}`, 'U', 'XD02');
	}

	changeEmail(key: string, email: string): void {
		const number = this.customer(key).ADRNR;
		this.putEmail(number, '', email);
		this.log('ADRESSE', `CA01${number}`, 'U', 'XD02');
		this.onCustomer(padded(key));
	}

	addContact(key: string, input: ContactInput, isUnlogged = false): string {
		const PARNR = padded(String(this.nextContact++));
		const PRSNR = padded(String(this.nextAddress++));
		const ADRND = input.hasOwnAddress ? padded(String(this.nextAddress++)) : '';
		this.put('KNVK', {
			PARNR,
			KUNNR: padded(key),
			NAMEV: input.first ?? '',
			NAME1: input.last ?? '',
			TELF1: input.phone ?? '',
			PAFKT: input.function ?? '',
			ABTNR: input.department ?? '',
			GBDAT: '19800101',
			PRSNR,
			ADRND,
		});
		const number = ADRND || this.customer(key).ADRNR;
		if (input.email) this.putEmail(number, PRSNR, input.email);
		if (input.mobile) this.putPhone(number, PRSNR, input.mobile, '3', '001');
		if (!isUnlogged) this.log('DEBI', padded(key), 'U', 'XD02');
		return PARNR;
	}

	changeContact(number: string, fields: Row): void {
		const row = this.contact(number);
		this.put('KNVK', { ...row, ...fields });
		this.log('DEBI', row.KUNNR, 'U', 'XD02');
	}

	/** Logged under the person at the company's address alone. */
	changeContactEmail(number: string, email: string): void {
		const { KUNNR, PRSNR, ADRND } = this.contact(number);
		const address = ADRND || this.customer(KUNNR).ADRNR;
		this.putEmail(address, PRSNR, email);
		this.log('ADRESSE3', `BP  ${address}${PRSNR}`, 'U', 'XD02');
	}

	removeContact(number: string): void {
		const row = this.contact(number);
		this.table('KNVK').delete(row);
		this.log('DEBI', row.KUNNR, 'U', 'XD02');
	}

	/** A program that updates a table directly: no change document, no date. */
	updateUnlogged(table: string, match: Row, fields: Row): void {
		for (const row of this.rows(table, match)) this.put(table, { ...row, ...fields });
	}

	remove(key: string): void {
		this.table('KNA1').delete(this.customer(key));
		this.onCustomer(padded(key));
	}

	put(table: string, fields: Row): Row {
		const stored = this.table(table);
		const client = stored.description.key[0];
		return stored.put({ ...fields, [client]: '100' });
	}

	/** A change document of anything. */
	log(OBJECTCLAS: string, OBJECTID: string, CHANGE_IND = 'U', TCODE = 'XD02'): void {
		const { date, time } = this.stamp();
		const CHANGENR = padded(String(this.nextChange++));
		const entry = { OBJECTCLAS, OBJECTID, CHANGENR, USERNAME: 'MILLER', UDATE: date, UTIME: time };
		this.put('CDHDR', { ...entry, TCODE, CHANGE_IND });
	}

	stamp(): { date: string; time: string } {
		const local = DateTime.fromMillis(this.clock.now(), { zone: this.clock.zone });
		return { date: local.toFormat('yyyyMMdd'), time: local.toFormat('HHmmss') };
	}

	private createMaster(table: 'KNA1' | 'LFA1', field: string, input: CustomerInput): string {
		const key = padded(input.key ?? String(this.nextNumber++));
		const ADRNR = padded(String(this.nextAddress++));
		const { street = '', houseNumber = '', city = '', postalCode = '', country = 'DE' } = input;
		const group = input.accountGroup ?? '0001';
		this.put(table, {
			[field]: key,
			NAME1: input.name.slice(0, 35),
			NAME2: (input.name2 ?? '').slice(0, 35),
			STRAS: `${street} ${houseNumber}`.trim().slice(0, 35),
			ORT01: city.slice(0, 35),
			PSTLZ: postalCode,
			LAND1: country,
			REGIO: input.region ?? '',
			TELF1: (input.phone ?? '').slice(0, 16),
			STCEG: input.vat ?? '',
			[table === 'KNA1' ? 'KTOKD' : 'KTOKK']: group,
			ADRNR,
			ERDAT: this.stamp().date,
			...input.fields,
		});
		this.put('ADRC', {
			ADDRNUMBER: ADRNR,
			DATE_FROM,
			NAME1: input.name.slice(0, 40),
			NAME2: (input.name2 ?? '').slice(0, 40),
			STREET: street,
			HOUSE_NUM1: houseNumber,
			CITY1: city,
			POST_CODE1: postalCode,
			COUNTRY: country,
			REGION: input.region ?? '',
		});
		if (input.email) this.putEmail(ADRNR, '', input.email);
		if (input.phone) this.putPhone(ADRNR, '', input.phone, '1', '001');
		if (input.mobile) this.putPhone(ADRNR, '', input.mobile, '3', '002');
		return key;
	}

	private putEmail(ADDRNUMBER: string, PERSNUMBER: string, SMTP_ADDR: string): void {
		const key = { ADDRNUMBER, PERSNUMBER, DATE_FROM, CONSNUMBER: '001' };
		this.put('ADR6', { ...key, SMTP_ADDR, FLGDEFAULT: 'X' });
	}

	private putPhone(address: string, person: string, number: string, use: string, no: string): void {
		const key = { ADDRNUMBER: address, PERSNUMBER: person, DATE_FROM, CONSNUMBER: no };
		this.put('ADR2', {
			...key,
			TEL_NUMBER: number,
			R3_USER: use,
			FLGDEFAULT: no === '001' ? 'X' : '',
		});
	}

	private master(table: string, field: string, key: string): Row {
		const row = this.table(table).rows.get(`100\u0000${padded(key)}`);
		if (!row) throw new Error(`There is no ${field} ${key} in ${table}`);
		return row;
	}

	private contact(number: string): Row {
		const row = this.table('KNVK').rows.get(`100\u0000${number}`);
		if (!row) throw new Error(`There is no contact person ${number}`);
		return row;
	}
}

/** Numbers are stored with zeros in front, other keys as they are. */
export function padded(key: string): string {
	return /^\d+$/.test(key) ? key.padStart(10, '0') : key;
}
