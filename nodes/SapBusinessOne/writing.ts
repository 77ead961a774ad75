import { jsonOf } from '../../core/http/body';
import { asCoreError, CoreError } from '../../core/http/errors';
import { ORDER_KINDS } from './documentKinds';
import { isCancelled } from './documentState';
import {
	findDocument,
	shownDocument,
	stateOf,
	type DocumentReference,
	type DocumentState,
} from './findDocument';
import { oneAtATime } from './oneAtATime';
import { text, type Row } from './rows';
import { keyPredicate, type ServiceLayer } from './serviceLayer';

/** The reference is looked up first, so that one document is never made twice. */
export interface NewOrder extends DocumentReference {
	/** As the Service Layer takes it, without the reference. */
	body: Row;
}

export interface WrittenDocument {
	/** `draft`: an approval procedure keeps it in Drafts. */
	outcome: 'created' | 'existing' | 'draft';
	/** `cancelled`: it was there once, and is not made again. */
	state: DocumentState;
	document: Row;
	warnings: string[];
}

/**
 * Creates a document once. The reference is looked up in its list and in Drafts first; when no answer comes, or an
 * approval procedure answers with an error, it is looked up again. The document itself is sent at most once. Runs of
 * this process wait for each other; a double of another process is told.
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
	const { root, version, companyDb } = service.connection;
	const host = root.slice(0, -version.length);
	const lock = [host, companyDb, entitySet, order.referenceField, order.reference].join('\n');
	return await oneAtATime(lock, async () => await createdOnce(service, order));
}

async function createdOnce(service: ServiceLayer, order: NewOrder): Promise<WrittenDocument> {
	const known = await findDocument(service, order);
	if (known) {
		refuseStranger(order, known.document);
		const outcome = known.state === 'draft' ? 'draft' : 'existing';
		return { outcome, ...known, warnings: [] };
	}
	const json = { ...order.body, [order.referenceField]: order.reference };
	const sent = await sendOnce(service, ORDER_KINDS[order.kind].entitySet, json);
	if (!(sent instanceof CoreError)) return await checkedAgain(service, order, sent);
	if (sent.neverSent) throw sent;
	return await lookedUpAfter(service, order, sent);
}

/**
 * In the customer's own number the same text may stand by chance.
 * @throws CoreError `otherPartner`
 */
export function refuseStranger(
	{ kind, reference, referenceField, body }: NewOrder,
	document: Row,
): void {
	const [wanted, found] = [text(body, 'CardCode'), text(document, 'CardCode')];
	if (referenceField !== 'NumAtCard' || wanted === found) return;
	const { what } = ORDER_KINDS[kind];
	throw new CoreError(
		'invalid',
		`The reference "${reference}" stands in the ${what} ${text(document, 'DocNum')} of ${found}, and this one is for ${wanted}: nothing was created.`,
		{
			code: 'otherPartner',
			remedy:
				'Use a reference that no other order has, or a user-defined field as "Reference Field".',
		},
	);
}

/** Another process may have created the same in the same moment: nothing in the ERP keeps it from that. */
async function checkedAgain(
	service: ServiceLayer,
	order: NewOrder,
	sent: Row,
): Promise<WrittenDocument> {
	const created = {
		outcome: 'created' as const,
		state: stateOf(sent),
		document: shownDocument(sent),
	};
	try {
		await findDocument(service, order);
		return { ...created, warnings: [] };
	} catch (caught) {
		const error = asCoreError(caught);
		if (error.code === 'several') throw error;
		const warning = `It could not be looked up whether another run created the same: ${error.message}`;
		return { ...created, warnings: [warning] };
	}
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
	const found = await findDocument(service, order).catch((caught: unknown) => {
		const failed = asCoreError(caught);
		if (failed.code === 'several') throw failed;
		return undefined;
	});
	if (found) {
		return { outcome: found.state === 'draft' ? 'draft' : 'created', ...found, warnings: [] };
	}
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
