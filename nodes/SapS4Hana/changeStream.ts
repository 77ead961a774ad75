import { asCoreError, CoreError } from '../../core/http/errors';
import type { ODataRow } from '../../core/odata/dialect';
import { earlierBy } from '../../core/sync/cursorValue';
import type { Change, ChangePage } from '../../core/sync/source';
import { changeTimeOf, storedKey, text } from './fields';
import { behind } from './partnerReader';
import { CHANGE_FIELDS, RELATIONSHIP_FIELDS } from './parts';
import { refusedPart } from './refusal';
import type { ODataService, ServicePage } from './service';

/** What `load` finds in a change. Keys as the service shows them. */
export type ChangePayload =
	| { stream: 'partner'; partner: string; category: string }
	| { stream: 'relationship'; relationship: string; partners: string[] };

/**
 * Partners changed or created on or after a day. A partner that was never changed has no LastChangeDate,
 * hence the second half of the filter. Both fields know the day only: the same rows come again until the
 * day is over, and the caller drops those it has seen with the same version.
 */
export async function* changedPartners(
	service: ODataService,
	day: string,
	pageSize: number,
	resumeAfter?: string,
): AsyncGenerator<ChangePage> {
	const fetch = (after: string | undefined) =>
		service.pages('A_BusinessPartner', {
			shape: { select: CHANGE_FIELDS },
			filter: behind(service, 'BusinessPartner', after, changedSince(service, day)),
			orderBy: ['BusinessPartner'],
			top: pageSize,
		});
	yield* keysetStream(fetch, pageSize, resumeAfter, (page) => {
		const keys = page.rows.map((row) => text(row, 'BusinessPartner'));
		const changes = page.rows.map((row) => partnerChange(service, row, page.serverNow));
		return { page, changes, keys, stream: 'partner' };
	});
}

/** Relationships changed or created on or after a day: a new, ended or moved contact person. */
export async function* changedRelationships(
	service: ODataService,
	day: string,
	pageSize: number,
	resumeAfter?: string,
): AsyncGenerator<ChangePage> {
	const seen = new Set<string>();
	const fetch = (after: string | undefined) =>
		service.pages('A_BPRelationship', {
			shape: { select: RELATIONSHIP_FIELDS },
			// The number is only the first part of the key: `ge` reads the rows of the last number once more.
			filter: behind(service, 'RelationshipNumber', after, changedSince(service, day), 'ge'),
			orderBy: ['RelationshipNumber', 'BusinessPartner1', 'BusinessPartner2', 'ValidityEndDate'],
			top: pageSize,
		});
	try {
		yield* keysetStream(fetch, pageSize, resumeAfter, (page) => {
			const changes = page.rows
				.map((row) => relationshipChange(service, row, page.serverNow))
				.filter((change) => !seen.has(change.id));
			for (const change of changes) seen.add(change.id);
			const keys = page.rows.map((row) => text(row, 'RelationshipNumber'));
			return { page, changes, keys, stream: 'relationship' };
		});
	} catch (error) {
		throw refusedPart(asCoreError(error), 'A_BPRelationship', 'contacts');
	}
}

interface StreamPage {
	page: ServicePage;
	changes: Change[];
	/** Of all rows, as the service shows them. */
	keys: string[];
	stream: ChangePayload['stream'];
}

/**
 * Follows the server's pages, then asks for what comes behind the last key, until nothing new comes: a short
 * page proves nothing, servers cap pages as they like.
 */
async function* keysetStream(
	fetch: (after: string | undefined) => AsyncGenerator<ServicePage>,
	pageSize: number,
	resumeAfter: string | undefined,
	read: (page: ServicePage) => StreamPage,
): AsyncGenerator<ChangePage> {
	for (let after = resumeAfter; ; ) {
		let rows = 0;
		let fresh = 0;
		let last = after;
		for await (const page of fetch(after)) {
			const streamPage = read(page);
			rows += page.rows.length;
			fresh += streamPage.changes.length;
			last = lastInOrder(streamPage, last);
			yield changePage(streamPage, last);
		}
		if (fresh === 0 && rows >= pageSize) throw stuck(last);
		if (fresh === 0) return;
		after = last;
	}
}

/** What comes behind the last key is asked for next: a row in the wrong place, or without a key, would be skipped. */
function lastInOrder({ keys, stream }: StreamPage, before: string | undefined): string | undefined {
	return keys.reduce<string | undefined>((last, key) => {
		const isInOrder = last === undefined || ordered(key) >= ordered(last);
		if (key !== '' && isInOrder) return key;
		throw new CoreError(
			'protocol',
			key === ''
				? `A changed ${stream} came without its key, so that its change could be lost.`
				: `The service gave ${stream} "${key}" behind "${last}" although key order was asked for: changes could be lost.`,
		);
	}, before);
}

/** Relationship numbers have twelve places, partners ten. */
function ordered(key: string): string {
	return storedKey(key, 12);
}

function changePage({ page, changes, stream }: StreamPage, last: string | undefined): ChangePage {
	return {
		changes,
		...(last && { resumeAfter: `${stream}:${last}` }),
		...(page.serverNow !== '' && { serverNow: page.serverNow }),
	};
}

function stuck(key: string | undefined): CoreError {
	return new CoreError('protocol', `The service answers a whole page with the one key "${key}".`, {
		remedy: 'Raise "Page Size".',
	});
}

function changedSince(service: ODataService, day: string): string {
	const literal = service.dialect.literal.date(day);
	return `(LastChangeDate ge ${literal} or CreationDate ge ${literal})`;
}

/** For answers that take their time, and for a `Date` header that a proxy wrote by its own clock. */
const OPEN_SECONDS = 10;

/** The ETag knows the second only: in the second of its change a row may change again and keep it. */
function provisional(at: string, serverNow: string): Pick<Change, 'isProvisional'> {
	const isOpen = serverNow !== '' && at > earlierBy(serverNow, OPEN_SECONDS);
	return isOpen ? { isProvisional: true } : {};
}

function partnerChange(service: ODataService, row: ODataRow, serverNow: string): Change {
	const partner = text(row, 'BusinessPartner');
	const { at, version } = changeTimeOf(service.dialect, row);
	const payload: ChangePayload = {
		stream: 'partner',
		partner,
		category: text(row, 'BusinessPartnerCategory'),
	};
	const id = `partner:${storedKey(partner)}`;
	return { id, version, changedAt: at, payload, ...provisional(at, serverNow) };
}

function relationshipChange(service: ODataService, row: ODataRow, serverNow: string): Change {
	const relationship = text(row, 'RelationshipNumber');
	const partners = [text(row, 'BusinessPartner1'), text(row, 'BusinessPartner2')];
	const end = service.dialect.isoOf(row.ValidityEndDate).slice(0, 10);
	const { at, version } = changeTimeOf(service.dialect, row);
	const payload: ChangePayload = { stream: 'relationship', relationship, partners };
	const key = [storedKey(relationship, 12), ...partners.map((partner) => storedKey(partner)), end];
	const id = `relationship:${key.join(':')}`;
	return { id, version, changedAt: at, payload, ...provisional(at, serverNow) };
}
