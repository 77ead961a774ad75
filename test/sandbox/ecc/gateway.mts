/** A customer's own Gateway service, as made in SEGW from ABAP fields; there is no standard one on ECC. */
import type { Answer, Exchange } from '../http.mts';
import { entitySet, type Row as EntityRow } from '../s4hana/edm.mts';
import { Paging } from '../s4hana/paging.mts';
import { Refusal } from '../s4hana/refusal.mts';
import { errorAnswer } from '../s4hana/render/error.mts';
import { serveV2, wantsJson } from '../s4hana/serviceV2.mts';
import { Table } from '../s4hana/table.mts';
import type { EccStore } from './store.mts';

export const GATEWAY_PATH = '/sap/opu/odata/sap/ZCUSTOMER_SRV';
export const CATALOG_PATH = '/sap/opu/odata/IWFND/CATALOGSERVICE;v=2/ServiceCollection';

const customerSet = entitySet({
	name: 'CustomerSet',
	namespace: 'ZCUSTOMER_SRV',
	properties: `
	Kunnr! 10, Name1 35, Name2 35, Stras 35, Pstlz 10, Ort01 35, Regio 3, Land1 3, Telf1 16,
	SmtpAddr 241, Stceg 20, Zterm 4, Ktokd 4, Loevm 1, Sperr 1, Aufsd 2, Zzsegment 20, Erdat date,
	Udate date, Utime time`,
});

export class Gateway {
	readonly paging: Paging;
	readonly table = new Table(customerSet);
	/** An older system: its service document is no JSON. */
	refusesJsonDocument = false;
	/** Keys that have been there before: their next change is a change and no creation. */
	private readonly known = new Set<string>();

	constructor(
		private readonly store: EccStore,
		pageSize: number,
	) {
		this.paging = new Paging(pageSize);
		store.onCustomer = (key) => this.follow(key);
	}

	answer(exchange: Exchange, now: number, isPageEmptied: boolean): Answer {
		const reader = {
			root: `http://${exchange.headers.host ?? 'localhost'}${GATEWAY_PATH}`,
			schema: new Map([[customerSet.name, customerSet]]),
			table: () => this.table,
			forbidden: new Set<string>(),
			isReversed: false,
		};
		const path = exchange.path.slice(GATEWAY_PATH.length).replace(/^\/|\/$/g, '');
		try {
			if (exchange.method !== 'GET') throw new Refusal(405, '/IWFND/CM_BEC/405', 'Read only');
			if (path === '' && this.refusesJsonDocument) return atomDocument(exchange);
			return serveV2({ exchange, reader, paging: this.paging, path, isPageEmptied }).answer;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			const format = wantsJson(exchange) ? 'json' : 'xml';
			return errorAnswer(error, { format, transactionId: '0'.repeat(32), now });
		}
	}

	/** The service's view of the customer as it is now. A customer never changed has no change date. */
	private follow(key: string): void {
		const row = this.store.rows('KNA1', { KUNNR: key })[0];
		const before = this.table.get({ Kunnr: key });
		if (!row) {
			if (before) this.table.remove(before);
			return;
		}
		const { date, time } = this.store.stamp();
		const email = this.store.rows('ADR6', { ADDRNUMBER: row.ADRNR, PERSNUMBER: '' })[0];
		const company = this.store.rows('KNB1', { KUNNR: key })[0];
		const changed = this.known.has(key)
			? { Udate: dayOf(date), Utime: secondsOf(time) }
			: { Udate: null, Utime: 0 };
		this.known.add(key);
		const names = ['Kunnr', 'Name1', 'Name2', 'Stras', 'Pstlz', 'Ort01', 'Regio', 'Land1', 'Telf1'];
		names.push('Stceg', 'Ktokd', 'Loevm', 'Sperr', 'Aufsd', 'Zzsegment');
		const fields = names.map((name) => [name, row[name.toUpperCase()]]);
		const next: EntityRow = {
			...(Object.fromEntries(fields) as EntityRow),
			SmtpAddr: email?.SMTP_ADDR ?? '',
			Zterm: company?.ZTERM ?? '',
			Erdat: dayOf(row.ERDAT),
			...changed,
		};
		this.table.put(next);
	}
}

function atomDocument(exchange: Exchange): Answer {
	if (wantsJson(exchange))
		throw new Refusal(415, '005056A509B11EE1B9A8FEC11C21D78E', 'Not supported');
	const headers = { 'content-type': 'application/atomsvc+xml' };
	const collection =
		`<app:collection sap:creatable="false" href="${customerSet.name}">` +
		`<atom:title>${customerSet.name}</atom:title></app:collection>`;
	const body =
		'<?xml version="1.0" encoding="utf-8"?><app:service xmlns:app="http://www.w3.org/2007/app"' +
		' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sap="http://www.sap.com/Protocols/SAPData">' +
		`<app:workspace><atom:title>Data</atom:title>${collection}</app:workspace></app:service>`;
	return { status: 200, headers, body };
}

function dayOf(date: string): number | null {
	if (/^0+$/.test(date)) return null;
	return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)));
}

function secondsOf(time: string): number {
	const [hours, minutes, seconds] = [0, 2, 4].map((at) => Number(time.slice(at, at + 2)));
	return hours * 3600 + minutes * 60 + seconds;
}
