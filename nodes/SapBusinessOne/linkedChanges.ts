import { asCoreError } from '../../core/http/errors';
import { allOf } from '../../core/odata/query';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { Change, ChangePage } from '../../core/sync/source';
import { sortableKey } from './changeWalk';
import { assertBehind, numberKey } from './keyset';
import { isLastPage } from './reader';
import { LinkedLines, type LinkedReading } from './linkedLines';
import { LINKED_SETS, ORDER_TYPE, type LinkedLine, type LinkedSet } from './linkedRow';
import { unknownPropertyIn } from './refusal';
import { numberOf, stampOf, text, type Row } from './rows';
import type { ServiceLayer } from './serviceLayer';

/** A document that follows an order. */
export interface LinkedDocument {
	set: LinkedSet;
	entry: string;
}

/** In ascending text order. */
export const LINKED_NAMES = Object.keys(LINKED_SETS).sort() as LinkedSet[];

/** A delivery of an order that a credit note ends: return, delivery, invoice, order. */
const LONGEST_WAY = 4;

const OPTIONAL = ['UpdateTime', 'CancelStatus'];

/**
 * Documents that follow orders and were created or changed since a day, as changes: an invoice changes what its order
 * tells, and seldom the order's own date.
 * @param position set and key behind which a read goes on, as `resumeAfter` names them behind `linked|`
 */
export async function* linkedPages(
	service: ServiceLayer,
	fromDay: string,
	pageSize: number,
	position: readonly string[] = [],
): AsyncGenerator<ChangePage> {
	const [first = LINKED_NAMES[0], afterFirst = ''] = position as [LinkedSet?, string?];
	for (const set of LINKED_NAMES.slice(LINKED_NAMES.indexOf(first))) {
		const after = set === first ? afterFirst : '';
		for await (const page of linkedRows(service, set, fromDay, after, pageSize)) {
			const changes = page.rows.map((row) => changeOf(set, row));
			const resumeAfter = `linked|${set}|${page.last}`;
			yield { changes, resumeAfter, serverNow: page.serverNow || undefined };
		}
	}
}

function changeOf(set: LinkedSet, row: Row): Change {
	const entry = text(row, 'DocEntry');
	return {
		id: `linked:${set}|${sortableKey(entry, 'number')}`,
		version: fingerprintOf(row),
		changedAt: stampOf(row, 'UpdateDate', 'UpdateTime') || stampOf(row, 'CreationDate'),
		payload: { set, entry } satisfies LinkedDocument,
	};
}

/** Light rows of one set, by their keys. */
async function* linkedRows(
	service: ServiceLayer,
	set: LinkedSet,
	fromDay: string,
	after: string,
	pageSize: number,
): AsyncGenerator<{ rows: Row[]; last: string; serverNow: string }> {
	const since = `(UpdateDate ge '${fromDay}' or CreationDate ge '${fromDay}')`;
	const absent: string[] = [];
	for (let behind = after; ; ) {
		const filter = allOf(since, behind === '' ? undefined : `DocEntry gt ${Number(behind)}`);
		const names = ['DocEntry', 'CreationDate', 'UpdateDate', 'DocumentStatus', 'Cancelled'];
		const select = [...names, ...OPTIONAL.filter((name) => !absent.includes(name))];
		try {
			const page = await service.page(set, { select, filter, orderBy: ['DocEntry'], pageSize });
			assertBehind(page.rows, { entitySet: set, key: 'DocEntry', keyKind: 'number' }, behind);
			behind = text(page.rows.at(-1), 'DocEntry') || behind;
			yield { rows: page.rows, last: behind, serverNow: page.serverNow };
			if (isLastPage(page, pageSize) || page.rows.length === 0) return;
		} catch (caught) {
			const error = asCoreError(caught);
			// Each order says by a warning what may not be read.
			if (error.kind === 'forbidden' || error.kind === 'notFound') return;
			const name = unknownPropertyIn(error) ?? '';
			if (!OPTIONAL.includes(name) || absent.includes(name)) throw error;
			absent.push(name);
		}
	}
}

/**
 * DocEntry of the orders that these documents lead back to, as far as they may be read.
 * @param onOrder told each order with a document that leads to it
 */
export async function ordersBehind(
	service: ServiceLayer,
	reading: LinkedReading,
	documents: readonly LinkedDocument[],
	onOrder: (order: string, document: LinkedDocument) => void = () => undefined,
	linked = new LinkedLines(service, reading),
): Promise<Set<string>> {
	const orders = new Set<string>();
	const met = new Set<string>();
	let wanted = documents.map((document) => ({
		set: document.set,
		entry: numberKey(document.entry) ?? '',
		origins: new Set([document]),
	}));
	for (let step = 0; step < LONGEST_WAY && wanted.length > 0; step++) {
		const next: typeof wanted = [];
		for (const set of LINKED_NAMES) {
			const originsOf = new Map<string, Set<LinkedDocument>>();
			for (const { entry, origins } of wanted.filter((one) => one.set === set)) {
				originsOf.set(entry, new Set([...(originsOf.get(entry) ?? []), ...origins]));
			}
			const news = [...originsOf.keys()].filter((entry) => !met.has(`${set}|${entry}`));
			for (const entry of news) met.add(`${set}|${entry}`);
			for (const one of news.length === 0 ? [] : await readable(linked, set, news)) {
				const origins = originsOf.get(one.entry) ?? new Set();
				const [type, entry] = [numberOf(one.line, 'BaseType'), text(one.line, 'BaseEntry')];
				const before = LINKED_NAMES.find((name) => LINKED_SETS[name] === type);
				if (type === ORDER_TYPE) {
					orders.add(entry);
					for (const document of origins) onOrder(entry, document);
				} else if (before) next.push({ set: before, entry, origins });
			}
		}
		wanted = next;
	}
	return orders;
}

/** What may not be read must not keep all orders back: each says by a warning that its amounts are left out. */
async function readable(
	linked: LinkedLines,
	set: LinkedSet,
	entries: readonly string[],
): Promise<LinkedLine[]> {
	try {
		return await linked.linesOf(set, entries);
	} catch (caught) {
		const error = asCoreError(caught);
		if (['forbidden', 'invalid', 'notFound'].includes(error.kind)) return [];
		throw error;
	}
}
