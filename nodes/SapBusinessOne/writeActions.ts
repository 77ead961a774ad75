import type { IDataObject } from 'n8n-workflow';
import { parseJson } from '../../core/http/body';
import { CoreError } from '../../core/http/errors';
import { checkedName } from '../../core/odata/literals';
import { currencyMap } from './currencies';
import { createFromDeal, setAside, type DealResult } from './deals/createFromDeal';
import { dealOf } from './deals/deal';
import type { DealSettings, StageRule } from './deals/settings';
import type { OrderKind } from './documentKinds';
import { findDocument, type DocumentReference } from './findDocument';
import type { Parameters } from './parameters';
import type { Row } from './rows';
import type { ServiceLayer } from './serviceLayer';
import { cancelDocument, createOrder } from './writing';

/** Entity sets behind the resources that can be cancelled. */
const DOCUMENT_SETS: Readonly<Record<string, string>> = {
	creditNote: 'CreditNotes',
	incomingPayment: 'IncomingPayments',
	invoice: 'Invoices',
	order: 'Orders',
	purchaseOrder: 'PurchaseOrders',
	quotation: 'Quotations',
};

export type WritingOperation = 'cancel' | 'create' | 'createFromDeal';

export function isWriting(operation: string): operation is WritingOperation {
	return ['cancel', 'create', 'createFromDeal'].includes(operation);
}

export async function write(
	service: ServiceLayer,
	read: Parameters,
	resource: string,
	operation: WritingOperation,
): Promise<IDataObject> {
	const result = await written(service, read, resource, operation);
	return result as unknown as IDataObject;
}

async function written(
	service: ServiceLayer,
	read: Parameters,
	resource: string,
	operation: WritingOperation,
) {
	switch (operation) {
		case 'cancel':
			return await cancelDocument(service, DOCUMENT_SETS[resource], textOf(read, 'docEntry'));
		case 'createFromDeal':
			return await dealDocument(service, read);
		default:
			return await createOrder(service, { ...sought(read, resource), body: orderBody(read) });
	}
}

async function dealDocument(service: ServiceLayer, read: Parameters): Promise<DealResult> {
	const [deal, settings] = [dealOf(read('deal', {})), dealSettings(read)];
	const made = createFromDeal(service, deal, settings);
	if (read('whenSetAside', 'fail') !== 'output') return await made;
	return await made.catch((caught: unknown) => setAside(deal, settings, caught));
}

/** Reads only: `{found, state, document}`. */
export async function findByReference(
	service: ServiceLayer,
	read: Parameters,
	resource: string,
): Promise<IDataObject> {
	const document = sought(read, resource);
	if (document.reference === '') {
		throw new CoreError('configuration', 'No reference is given.', {
			remedy: 'Fill in "Reference".',
		});
	}
	const found = await findDocument(service, document);
	const { reference } = document;
	const result = found
		? { found: true, reference, ...found }
		: { found: false, reference, state: '', document: null };
	return result as unknown as IDataObject;
}

function sought(read: Parameters, resource: string): DocumentReference {
	return {
		kind: resource as OrderKind,
		reference: textOf(read, 'reference'),
		referenceField: referenceField(read, 'NumAtCard'),
	};
}

function textOf(read: Parameters, name: string): string {
	return String(read(name, '') ?? '').trim();
}

function dealSettings(read: Parameters): DealSettings {
	const options = (read('dealOptions', {}) ?? {}) as Row;
	const option = (name: string) => String(options[name] ?? '').trim();
	const document = String(read('document', 'order'));
	const dueDate = textOf(read, 'dueDate').slice(0, 10);
	if (!/^\d{4}-\d{2}-\d{2}$/.test(dueDate)) throw empty('Due Date');
	return {
		document: document === 'byStage' ? stageRules(read('stages', {})) : (document as OrderKind),
		reference: textOf(read, 'reference'),
		referenceField: referenceField(read, 'U_PipedriveDealId'),
		dueDate,
		vendor: textOf(read, 'vendor'),
		onlyWon: options.onlyWon !== false,
		priceSource: read('priceSource', 'deal') === 'erp' ? 'erp' : 'deal',
		placeholderItem: option('placeholderItem'),
		leadPrefix: options.createLeads === true ? option('leadPrefix') || 'PD' : '',
		currencies: new Map([...currencyMap(option('currencyCodes'))].map(([erp, iso]) => [iso, erp])),
		warehouse: option('WarehouseCode'),
		taxCode: option('TaxCode'),
		vatGroup: option('VatGroup'),
		header: headerOf(options),
	};
}

/** What of the options is a field of the document. */
function headerOf(options: Row): Row {
	const names = ['BPL_IDAssignedToInvoice', 'Comments', 'DocDate', 'Series'];
	const filled = names.filter((name) => options[name] !== '' && Boolean(options[name]));
	return {
		...Object.fromEntries(filled.map((name) => [name, dayOnly(name, options[name])])),
		...jsonObject(options.json),
	};
}

function stageRules(parameter: unknown): StageRule[] {
	const rows = (parameter as { rule?: Row[] } | undefined)?.rule ?? [];
	return rows.map(({ stage, document }) => ({
		stage: String(stage ?? '').trim(),
		document: String(document ?? 'nothing') as StageRule['document'],
	}));
}

function referenceField(read: Parameters, initial: string): string {
	const name = checkedName(String(read('referenceField', initial)), 'Reference Field');
	if (name === 'NumAtCard' || name.startsWith('U_')) return name;
	throw new CoreError('configuration', `"${name}" cannot hold the reference.`, {
		remedy: 'In "Reference Field", use NumAtCard or a user-defined field that begins with U_.',
	});
}

function orderBody(read: Parameters): Row {
	const more = read('additionalFields', {}) as Row;
	const chosen = Object.entries(more).filter(
		([name, value]) => name !== 'json' && value !== '' && value !== null && value !== 0,
	);
	const lines = (read('lines', {}) as { line?: Row[] }).line ?? [];
	const body: Row = {
		CardCode: String(read('cardCode', '')).trim(),
		DocDueDate: String(read('dueDate', '')).slice(0, 10),
		...Object.fromEntries(chosen.map(([name, value]) => [name, dayOnly(name, value)])),
		DocumentLines: lines.map(orderLine),
		...jsonObject(more.json),
	};
	for (const [name, setting] of [
		['CardCode', 'Business Partner'],
		['DocDueDate', 'Due Date'],
	]) {
		if (!body[name]) throw empty(setting);
	}
	return body;
}

function empty(setting: string): CoreError {
	return new CoreError('configuration', `"${setting}" is empty, or no such value.`, {
		remedy: `Fill in "${setting}".`,
	});
}

function orderLine(line: Row): Row {
	const filled = Object.entries(line).filter(([, value]) => value !== '' && value !== null);
	return Object.fromEntries(
		filled.map(([name, value]) => [name, name === 'UnitPrice' ? Number(value) : value]),
	);
}

function dayOnly(name: string, value: unknown): unknown {
	return /Date$/.test(name) ? String(value).slice(0, 10) : value;
}

function jsonObject(value: unknown): Row {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row;
	const source = String(value ?? '').trim();
	if (source === '') return {};
	const parsed = parseJson(source);
	if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Row;
	throw new CoreError('configuration', '"Further Fields (JSON)" is no JSON object.', {
		remedy: 'Write it as {"Series": 12, "U_Source": "CRM"}.',
	});
}
