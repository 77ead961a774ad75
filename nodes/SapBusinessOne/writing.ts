import { jsonOf } from '../../core/http/body';
import { asCoreError, CoreError } from '../../core/http/errors';
import { quoted } from '../../core/odata/literals';
import { allOf } from '../../core/odata/query';
import { isCancelled } from './documents';
import { text, type Row } from './rows';
import { keyPredicate, type ServiceLayer } from './serviceLayer';

export type OrderKind = 'order' | 'purchaseOrder';

export const ORDER_KINDS: Readonly<
	Record<OrderKind, { entitySet: string; object: [name: string, value: string]; what: string }>
> = {
	order: { entitySet: 'Orders', object: ['oOrders', '17'], what: 'sales order' },
	purchaseOrder: {
		entitySet: 'PurchaseOrders',
		object: ['oPurchaseOrders', '22'],
		what: 'purchase order',
	},
};

export interface NewOrder {
	kind: OrderKind;
	/** Unique in the sending system; looked up first, so that one order is never made twice. */
	reference: string;
	/** `NumAtCard`, or a user-defined field. */
	referenceField: string;
	/** As the Service Layer takes it, without the reference. */
	body: Row;
}

export interface WrittenDocument {
	/** `draft`: an approval procedure keeps it in Drafts. */
	outcome: 'created' | 'existing' | 'draft';
	document: Row;
}

const FOUND_FIELDS = [
	'DocEntry',
	'DocNum',
	'CardCode',
	'DocDate',
	'DocDueDate',
	'DocTotal',
	'DocCurrency',
	'DocumentStatus',
	'Cancelled',
	'NumAtCard',
];

/**
 * Creates an order once. The reference is looked up in the orders and in Drafts first; when no answer comes, or an
 * approval procedure answers with an error, it is looked up again. The order itself is sent at most once.
 */
export async function createOrder(
	service: ServiceLayer,
	order: NewOrder,
): Promise<WrittenDocument> {
	const { entitySet, what } = ORDER_KINDS[order.kind];
	if (order.reference === '') {
		throw new CoreError('configuration', `The ${what} has no reference.`, {
			remedy: 'Fill in "Reference" with a value that is unique for this order.',
		});
	}
	const known = await findOrder(service, order);
	if (known) return known;
	const json = { ...order.body, [order.referenceField]: order.reference };
	const sent = await sendOnce(service, entitySet, json);
	if (!(sent instanceof CoreError)) return { outcome: 'created', document: shown(sent) };
	if (sent.neverSent) throw sent;
	return await lookedUpAfter(service, order, sent);
}

/** The new document, or why there is no answer with one. */
async function sendOnce(
	service: ServiceLayer,
	entitySet: string,
	json: Row,
): Promise<Row | CoreError> {
	try {
		const response = await service.send({ method: 'POST', path: entitySet, json });
		return jsonOf(response, entitySet) as Row;
	} catch (caught) {
		return asCoreError(caught);
	}
}

async function lookedUpAfter(
	service: ServiceLayer,
	order: NewOrder,
	error: CoreError,
): Promise<WrittenDocument> {
	const isUncertain = error.kind === 'transient' || error.kind === 'protocol';
	const found = await findOrder(service, order).catch(() => undefined);
	if (found) return found.outcome === 'draft' ? found : { ...found, outcome: 'created' };
	if (!isUncertain) throw error;
	const { what } = ORDER_KINDS[order.kind];
	throw new CoreError(
		'transient',
		`It is not known whether the ${what} "${order.reference}" was created: ${error.message}`,
		{
			code: error.code,
			remedy:
				'Nothing was found under its reference yet, and it was not sent again. Run this item again later: the reference is looked up first.',
		},
	);
}

/** The order that carries this reference: in its own list, or in Drafts, where approval procedures put it. */
async function findOrder(
	service: ServiceLayer,
	{ kind, reference, referenceField, body }: NewOrder,
): Promise<WrittenDocument | undefined> {
	const { entitySet, object } = ORDER_KINDS[kind];
	const isOurs = `${referenceField} eq ${quoted(reference)}`;
	// A customer's own number may occur with two customers; a field of our own does not.
	const ofPartner =
		referenceField === 'NumAtCard' ? `CardCode eq ${quoted(text(body, 'CardCode'))}` : undefined;
	const filter = allOf(isOurs, ofPartner);
	const query = { select: FOUND_FIELDS, filter, orderBy: ['DocEntry'], pageSize: 20 };
	const orders = await service.page(entitySet, query);
	const order = orders.rows.find((row) => !isCancelled(row)) ?? orders.rows[0];
	if (order) return { outcome: 'existing', document: shown(order) };
	const select = [...FOUND_FIELDS, 'DocObjectCode'];
	for await (const page of service.pages('Drafts', { ...query, select })) {
		const draft = page.rows.find((row) => object.includes(text(row, 'DocObjectCode')));
		if (draft) return { outcome: 'draft', document: shown(draft) };
	}
	return undefined;
}

function shown(document: Row): Row {
	const names = [...FOUND_FIELDS, ...Object.keys(document).filter((name) => /^U_/.test(name))];
	return Object.fromEntries(
		names.filter((name) => name in document).map((name) => [name, document[name]]),
	);
}

/** Cancels a document once; one that is cancelled already is left as it is. */
export async function cancelDocument(
	service: ServiceLayer,
	entitySet: string,
	docEntry: string,
): Promise<{ outcome: 'cancelled' | 'alreadyCancelled'; docEntry: number }> {
	const predicate = keyPredicate(docEntry, 'number');
	const fields = [
		'DocEntry',
		'Cancelled',
		...(entitySet === 'IncomingPayments' ? [] : ['CancelStatus']),
	];
	const isDone = async () => isCancelled(await service.entity(entitySet, predicate, fields));
	if (await isDone()) return { outcome: 'alreadyCancelled', docEntry: Number(docEntry) };
	const error = await cancelOnce(service, `${entitySet}${predicate}/Cancel`);
	if (!error || (!error.neverSent && (await isDone().catch(() => false)))) {
		return { outcome: 'cancelled', docEntry: Number(docEntry) };
	}
	if (error.kind !== 'transient' || error.neverSent) throw error;
	throw new CoreError(
		'transient',
		`It is not known whether document ${docEntry} was cancelled: ${error.message}`,
		{
			code: error.code,
			remedy: 'It was not sent again. Run this item again later: its state is read first.',
		},
	);
}

async function cancelOnce(service: ServiceLayer, path: string): Promise<CoreError | undefined> {
	try {
		await service.send({ method: 'POST', path });
		return undefined;
	} catch (caught) {
		return asCoreError(caught);
	}
}
