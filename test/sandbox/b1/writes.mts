/** What the sandbox lets a client change: new orders, and cancelling documents. */
import type { Row } from './filter.mts';
import { badRequest, Refusal } from './refusal.mts';
import { kindOf, LINE_PROPERTIES, type EntitySchema } from './schema.mts';
import type { B1Store } from './store.mts';

export interface WriteRules {
	/** Approval procedures put new documents into Drafts and answer that nothing was found. */
	approval: boolean;
	/** Localisations differ in which of the two a line has to carry. */
	taxField: 'TaxCode' | 'VatGroup' | 'none';
	/** Whether lines need an item that the company has and sells. */
	checksItems: boolean;
}

const CREATABLE: Record<string, string> = {
	Orders: 'oOrders',
	PurchaseOrders: 'oPurchaseOrders',
	Quotations: 'oQuotations',
};
export const CANCELLABLE = [
	'Orders',
	'PurchaseOrders',
	'Quotations',
	'Invoices',
	'CreditNotes',
	'IncomingPayments',
];

export function createDocument(
	store: B1Store,
	schema: EntitySchema,
	body: Row,
	rules: WriteRules,
): Row {
	const set = schema.name;
	const object = CREATABLE[set];
	if (!object) throw new Refusal(400, -5006, `This sandbox does not create ${set}`);
	for (const name of Object.keys(body)) {
		if (!kindOf(schema, name)) {
			throw badRequest(`Property '${name}' of '${schema.typeName}' is invalid`);
		}
	}
	checkPartner(store, set, body);
	if (!body.DocDueDate) throw new Refusal(400, -10, 'Enter due date');
	const lines = (body.DocumentLines as Row[] | undefined) ?? [];
	if (lines.length === 0) throw new Refusal(400, -5002, 'Cannot add document without rows');
	for (const { [rules.taxField]: tax } of rules.taxField === 'none' ? [] : lines) {
		if (!tax) throw new Refusal(400, -5002, `Enter a ${rules.taxField} in each row`);
	}
	for (const line of lines) checkLine(store, line, rules);
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

/** Sales documents go to no supplier; all are in the partner's currency, unless it has all currencies. */
function checkPartner(store: B1Store, set: string, { CardCode, DocCurrency }: Row): void {
	const partner = store.get('BusinessPartners', String(CardCode));
	const isPurchase = set === 'PurchaseOrders';
	if (!partner || (!isPurchase && partner.CardType === 'cSupplier')) {
		throw new Refusal(400, -10, `"${String(CardCode)}" is not a valid business partner code`);
	}
	if (partner.Frozen === 'tYES') throw new Refusal(400, -10, 'Business partner is inactive');
	const isOther = ![undefined, null, '', partner.Currency].includes(DocCurrency as string);
	if (isOther && partner.Currency !== '##') {
		throw new Refusal(400, -10, 'Document currency differs from business partner currency');
	}
}

function checkLine(store: B1Store, line: Row, { checksItems }: WriteRules): void {
	for (const name of Object.keys(line)) {
		if (!LINE_PROPERTIES.has(name) && !/^U_\w+$/.test(name)) {
			throw badRequest(`Property '${name}' of 'DocumentLine' is invalid`);
		}
	}
	if (!checksItems) return;
	const item = store.get('Items', String(line.ItemCode));
	if (!item) throw new Refusal(400, -10, `Item number "${String(line.ItemCode)}" is not valid`);
	if (item.Frozen === 'tYES') throw new Refusal(400, -10, 'Item is inactive');
}

/** A code that is there already is refused, as every key is. */
export function createPartner(store: B1Store, body: Row): Row {
	const schema = store.schema('BusinessPartners')!;
	for (const name of Object.keys(body)) {
		if (!kindOf(schema, name)) {
			throw badRequest(`Property '${name}' of '${schema.typeName}' is invalid`);
		}
	}
	const code = String(body.CardCode ?? '');
	if (code === '' || code.length > 15) throw new Refusal(400, -10, 'Invalid business partner code');
	if (store.get('BusinessPartners', code)) {
		throw new Refusal(400, -2035, 'This entry already exists in the following tables (ODBC -2035)');
	}
	return store.partner(code, body);
}

function amountOf(line: Row): number {
	const price = Number(line.PriceAfterVAT ?? line.UnitPrice ?? line.Price ?? 0);
	const amount = Number(line.Quantity ?? 1) * price * (1 - Number(line.DiscountPercent ?? 0) / 100);
	return Math.round(amount * 100) / 100;
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
