import { asCoreError, CoreError } from '../../core/http/errors';
import { quoted } from '../../core/odata/literals';
import { ORDER_KINDS, type OrderKind } from './documentKinds';
import { isCancelled } from './documentState';
import { unknownPropertyIn } from './refusal';
import { isMember, text, type Row } from './rows';
import type { ServiceLayer } from './serviceLayer';

export interface DocumentReference {
	kind: OrderKind;
	/** Unique in the sending system. */
	reference: string;
	/** A user-defined field, or `NumAtCard`. */
	referenceField: string;
}

/** `draft`: an approval procedure, or a person, keeps it in Drafts. */
export type DocumentState = 'open' | 'closed' | 'cancelled' | 'draft';

export interface FoundDocument {
	state: DocumentState;
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
 * The document that carries this reference, whoever it is for: in its own list, or in Drafts, where approval
 * procedures put it. A cancelled one is told where no other is.
 * @throws CoreError `several` where more than one is there, `configuration` where the field is not
 */
export async function findDocument(
	service: ServiceLayer,
	sought: DocumentReference,
): Promise<FoundDocument | undefined> {
	const documents = await documentsOf(service, sought);
	const live = documents.filter((row) => !isCancelled(row));
	if (live.length > 1) throw several(sought, live);
	const document = live[0] ?? documents.at(-1);
	if (document) return { state: stateOf(document), document: shownDocument(document) };
	const drafts = await draftsOf(service, sought);
	if (drafts.length > 1) throw several(sought, drafts, 'drafts');
	return drafts.length === 0 ? undefined : { state: 'draft', document: shownDocument(drafts[0]) };
}

async function documentsOf(service: ServiceLayer, sought: DocumentReference): Promise<Row[]> {
	return await rowsOf(service, ORDER_KINDS[sought.kind].entitySet, sought, []);
}

async function draftsOf(service: ServiceLayer, sought: DocumentReference): Promise<Row[]> {
	const { object } = ORDER_KINDS[sought.kind];
	const drafts = await rowsOf(service, 'Drafts', sought, ['DocObjectCode']);
	return drafts.filter((row) => object.includes(text(row, 'DocObjectCode')) && !isCancelled(row));
}

async function rowsOf(
	service: ServiceLayer,
	entitySet: string,
	{ reference, referenceField }: DocumentReference,
	more: readonly string[],
): Promise<Row[]> {
	const own = FOUND_FIELDS.includes(referenceField) ? [] : [referenceField];
	const query = {
		select: [...FOUND_FIELDS, ...own, ...more],
		filter: `${referenceField} eq ${quoted(reference)}`,
		orderBy: ['DocEntry'],
		pageSize: 20,
	};
	const rows: Row[] = [];
	try {
		for await (const page of service.pages(entitySet, query)) rows.push(...page.rows);
	} catch (caught) {
		const error = asCoreError(caught);
		throw unknownPropertyIn(error) === referenceField ? noField(referenceField, error) : error;
	}
	return rows;
}

export function stateOf(document: Row): DocumentState {
	if (isCancelled(document)) return 'cancelled';
	return isMember(document, 'DocumentStatus', 'bost_Close', 'C') ? 'closed' : 'open';
}

export function shownDocument(document: Row): Row {
	const names = [...FOUND_FIELDS, ...Object.keys(document).filter((name) => /^U_/.test(name))];
	return Object.fromEntries(
		names.filter((name) => name in document).map((name) => [name, document[name]]),
	);
}

export function several(
	{ kind, reference, referenceField }: DocumentReference,
	rows: readonly Row[],
	where = '',
): CoreError {
	const { what } = ORDER_KINDS[kind];
	const numbers = rows.map((row) => text(row, 'DocNum')).join(', ');
	const many = where === '' ? `${what}s` : `${where} of ${what}s`;
	return new CoreError(
		'invalid',
		`${rows.length} ${many} carry the reference "${reference}" (document numbers ${numbers}).`,
		{
			code: 'several',
			remedy: `Cancel all but one in SAP Business One, or give the others another value in ${referenceField}.`,
		},
	);
}

function noField(name: string, { status }: CoreError): CoreError {
	return new CoreError('configuration', `SAP Business One has no field ${name} in documents.`, {
		status,
		code: 'noReferenceField',
		remedy: `Create it in SAP Business One (Tools > Customization Tools > User-Defined Fields - Management > Marketing Documents > Title) as "${name.replace(/^U_/, '')}", type Alphanumeric, 50 characters, and restart the Service Layer; or write NumAtCard into "Reference Field".`,
	});
}
