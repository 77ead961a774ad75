/** What the sandbox lets a client change: new orders, and cancelling documents. */
import type { Row } from './filter.mts';
import { badRequest, Refusal } from './refusal.mts';
import type { B1Store } from './store.mts';

export interface WriteRules {
	/** Approval procedures put new documents into Drafts and answer that nothing was found. */
	approval: boolean;
	/** Localisations differ in which of the two a line has to carry. */
	taxField: 'TaxCode' | 'VatGroup' | 'none';
}

const CREATABLE: Record<string, string> = {
	Orders: 'oOrders',
	PurchaseOrders: 'oPurchaseOrders',
};
export const CANCELLABLE = [
	'Orders',
	'PurchaseOrders',
	'Invoices',
	'CreditNotes',
	'IncomingPayments',
];

export function createDocument(store: B1Store, set: string, body: Row, rules: WriteRules): Row {
	const object = CREATABLE[set];
	if (!object) throw new Refusal(400, -5006, `This sandbox does not create ${set}`);
	const schema = store.schema(set)!;
	for (const name of Object.keys(body)) {
		if (!schema.properties.has(name) && !name.startsWith('U_')) {
			throw badRequest(`Property '${name}' of '${schema.typeName}' is invalid`);
		}
	}
	if (!store.get('BusinessPartners', String(body.CardCode))) {
		throw new Refusal(400, -10, `"${String(body.CardCode)}" is not a valid business partner code`);
	}
	if (!body.DocDueDate) throw new Refusal(400, -10, 'Enter due date');
	const lines = (body.DocumentLines as Row[] | undefined) ?? [];
	if (lines.length === 0) throw new Refusal(400, -5002, 'Cannot add document without rows');
	for (const { [rules.taxField]: tax } of rules.taxField === 'none' ? [] : lines) {
		if (!tax) throw new Refusal(400, -5002, `Enter a ${rules.taxField} in each row`);
	}
	const fields: Row = {
		...body,
		DocObjectCode: object,
		CardName: store.get('BusinessPartners', String(body.CardCode))?.CardName,
		DocTotal: lines.reduce((sum, line) => sum + amountOf(line), 0),
		DocumentLines: lines.map((line, LineNum) => ({
			LineStatus: 'bost_Open',
			RemainingOpenQuantity: line.Quantity,
			...line,
			LineNum,
			LineTotal: amountOf(line),
		})),
	};
	if (rules.approval) {
		store.document('Drafts', fields);
		throw new Refusal(404, -2028, 'No matching records found (ODBC -2028)');
	}
	return store.document(set, fields);
}

function amountOf(line: Row): number {
	return Number(line.Quantity ?? 1) * Number(line.UnitPrice ?? line.Price ?? 0);
}

export function cancelDocument(store: B1Store, set: string, key: number): void {
	const row = store.get(set, key);
	if (!row) throw new Refusal(404, -2028, 'No matching records found (ODBC -2028)');
	if (!CANCELLABLE.includes(set)) throw new Refusal(400, -5006, 'The action is not supported');
	if (row.Cancelled === 'tYES')
		throw new Refusal(400, -10, 'Document is already closed or cancelled');
	const closed =
		set === 'IncomingPayments' ? {} : { CancelStatus: 'csYes', DocumentStatus: 'bost_Close' };
	store.put(set, key, { Cancelled: 'tYES', ...closed });
}
