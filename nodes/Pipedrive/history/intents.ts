import type { ErpDocument, ErpIdentity, ErpRecord } from '../../../core/record/erpRecord';
import {
	describe,
	historyDocumentOf,
	money,
	paidState,
	titleOf,
	type HistoryDocument,
} from './documents';

export type HistoryEntity = 'note' | 'activity';

/** Pipedrive records that a note or an activity belongs to; at least one. */
export interface HistoryLink {
	orgId?: number;
	dealId?: number;
	personId?: number;
}

/** A note or an activity that should come to say what the ERP says; nothing is decided yet. */
export type HistoryIntent = NoteIntent | SummaryIntent | ActivityIntent;

interface HistoryIntentBase {
	/** Index of the input item that it stands for. */
	item: number;
	/** All input items that went into it; `item` is the first. */
	items: number[];
	externalId: string;
	erp: ErpIdentity;
	link: HistoryLink;
	/** Never written before: left out. For what was cancelled before Pipedrive heard of it. */
	onlyUpdate?: boolean;
	/** Why it cannot be written at all. */
	rejected?: string;
	/** Why nobody wants it written. */
	unwanted?: string;
	/** As the ERP gave it, for the fingerprint of the audit. */
	payload: unknown;
	warnings: string[];
}

export interface NoteIntent extends HistoryIntentBase {
	entity: 'note';
	/** Plain text; HTML in it is shown, not obeyed. */
	content: string;
	/** Absent: whether it is pinned is left to people. */
	isPinned?: boolean;
	documents?: undefined;
}

/** The rolling note of one customer. */
export interface SummaryIntent extends HistoryIntentBase {
	entity: 'note';
	documents: SummaryDocument[];
	isPinned?: boolean;
}

export interface SummaryDocument extends HistoryDocument {
	/** ISO instant at which the ERP was read; '' when unknown. */
	readAt: string;
}

export interface ActivityIntent extends HistoryIntentBase {
	entity: 'activity';
	/** '' = left alone. */
	subject: string;
	/** `key_string` of an activity type, such as `task`. */
	type: string;
	/** `YYYY-MM-DD`; '' = left alone. */
	dueDate: string;
	/** `HH:MM` in UTC; absent = left alone. */
	dueTime?: string;
	isDone: boolean;
	/** Plain text. */
	note: string;
	/** Only when it is created. */
	ownerId?: number;
	documents?: undefined;
}

export type HistoryMode = 'summaryNote' | 'note' | 'activity';

export interface DocumentOptions {
	/** `YYYY-MM-DD…`: no activity for documents of earlier days. */
	activitiesFrom?: string;
	/** `key_string` of an activity type. */
	activityType?: string;
	/** Owner of new activities. */
	ownerId?: number;
	isPinned?: boolean;
}

export interface DocumentRecord {
	item: number;
	/** With `document`; without one only where it is gone from the ERP. */
	record: ErpRecord;
	orgId: number;
	/** Where the document has no organization (a tombstone): the customer whose summary shows it. */
	organizationExternalId?: string;
}

/** External id of a customer's summary note. */
export function summaryIdOf(organizationExternalId: string): string {
	return `${organizationExternalId}:documents`;
}

/** What the documents of a batch ask for: one summary note per customer, or a note or an activity for each. */
export function documentIntents(
	records: readonly DocumentRecord[],
	mode: HistoryMode,
	options: DocumentOptions = {},
): HistoryIntent[] {
	if (mode === 'summaryNote') return summaryIntents(records, options);
	return records.map((entry) =>
		mode === 'note' ? noteIntent(entry, options) : activityIntent(entry, options),
	);
}

function summaryIntents(
	records: readonly DocumentRecord[],
	{ isPinned }: DocumentOptions,
): SummaryIntent[] {
	const groups = new Map<string, DocumentRecord[]>();
	for (const entry of records) {
		const key = JSON.stringify([customerOf(entry), entry.orgId]);
		groups.set(key, [...(groups.get(key) ?? []), entry]);
	}
	return [...groups.values()].map((group) => {
		const [first] = group;
		const externalId = summaryIdOf(customerOf(first));
		const newest = group.reduce((a, b) => (b.record.erp.readAt >= a.record.erp.readAt ? b : a));
		return {
			item: first.item,
			items: group.map(({ item }) => item),
			entity: 'note',
			externalId,
			erp: { ...newest.record.erp, entity: 'documents', key: customerOf(first), externalId },
			link: { orgId: first.orgId },
			documents: newestDocuments(group),
			...(isPinned === undefined ? {} : { isPinned }),
			payload: group.map(({ record }) => payloadOf(record)),
			warnings: group.flatMap(({ record }) => record.warnings ?? []),
		};
	});
}

function customerOf({ record, organizationExternalId, orgId }: DocumentRecord): string {
	const customer = record.document?.organizationExternalId || organizationExternalId;
	return customer || `pipedrive:organization:${orgId}`;
}

/** Of several versions of one document the one that the ERP changed last, else the one that came last. */
function newestDocuments(group: readonly DocumentRecord[]): SummaryDocument[] {
	const newest = new Map<string, DocumentRecord>();
	for (const entry of group) {
		const { externalId, changedAt } = entry.record.erp;
		const rival = newest.get(externalId);
		if (!rival || changedAt >= rival.record.erp.changedAt) newest.set(externalId, entry);
	}
	return [...newest.values()].map(({ record }) => ({
		...documentOf(record),
		readAt: record.erp.readAt,
	}));
}

const NO_DOCUMENT: ErpDocument = {
	kind: '',
	number: '',
	date: '',
	dueDate: '',
	total: '',
	open: '',
	currency: '',
	organizationExternalId: '',
	lines: [],
};

function documentOf({ erp, document }: ErpRecord): HistoryDocument {
	return historyDocumentOf(erp.externalId, document ?? NO_DOCUMENT, erp.isDeleted);
}

function baseOf(
	{ item, record, orgId }: DocumentRecord,
	{ isCancelled }: HistoryDocument,
): HistoryIntentBase {
	return {
		item,
		items: [item],
		externalId: record.erp.externalId,
		erp: record.erp,
		link: { orgId },
		...(isCancelled ? { onlyUpdate: true } : {}),
		payload: payloadOf(record),
		warnings: [...(record.warnings ?? [])],
	};
}

function noteIntent(entry: DocumentRecord, { isPinned }: DocumentOptions): NoteIntent {
	const document = documentOf(entry.record);
	return {
		...baseOf(entry, document),
		entity: 'note',
		content: entry.record.document ? describe(document) : GONE,
		...(isPinned === undefined ? {} : { isPinned }),
	};
}

const GONE = 'The document was deleted in the ERP.';

/** Payments and what is paid or cancelled are done; the rest is due. */
function activityIntent(entry: DocumentRecord, options: DocumentOptions): ActivityIntent {
	const document = documentOf(entry.record);
	const { activityType = 'task', ownerId } = options;
	const activitiesFrom = (options.activitiesFrom ?? '').slice(0, 10);
	const state = paidState(document);
	const isGone = !entry.record.document;
	const { date, dueDate, total, currency } = document;
	const isEarly = activitiesFrom !== '' && date !== '' && date < activitiesFrom;
	return {
		...baseOf(entry, document),
		entity: 'activity',
		subject: isGone
			? ''
			: `${[titleOf(document), money(total, currency)].filter(Boolean).join(': ')} (${state})`,
		type: activityType,
		dueDate: [dueDate, date].find((text) => /^\d{4}-\d\d-\d\d$/.test(text)) ?? '',
		isDone: state === 'paid' || state === 'cancelled',
		note: isGone ? GONE : describe(document),
		...(ownerId === undefined ? {} : { ownerId }),
		...(isEarly
			? { unwanted: `Activities are written for documents from ${activitiesFrom} on.` }
			: {}),
	};
}

/** Reading the same again is no other payload. */
function payloadOf({ erp, document }: ErpRecord): unknown {
	return { erp: { ...erp, readAt: '' }, document };
}
