import { ENTITY_ENDPOINTS, type PipedriveRow } from './api';
import type { Endpoint } from './call';
import { externalIdsOf } from './matchKeys';
import { distinct, emailsOf, goneOrThrow, PersonFinder, type PersonWish } from './personFinder';
import type { Environment } from './run';

export const ERASE_ENDPOINTS = {
	deletePerson: { method: 'DELETE', path: '/persons/{id}', version: 2, cost: 3, priority: 'high' },
	clearPerson: { ...ENTITY_ENDPOINTS.person.update, priority: 'high' },
} as const satisfies Record<string, Endpoint>;

export interface EraseSettings {
	action: 'delete' | 'clear';
	isDryRun: boolean;
	/** Name or key of the custom field. */
	externalIdField: string;
	/** Pipedrive ids that the id table knows for the external id. */
	knownIds: readonly number[];
}

export interface ErasedPerson {
	pipedriveId: number;
	name: string;
	externalIds: string[];
	emails: string[];
}

export interface Erasure {
	outcome: 'found' | 'deleted' | 'cleared' | 'notFound' | 'ambiguous';
	/** Exactly one when it was found, deleted or cleared. */
	persons: ErasedPerson[];
	/** What goes on the suppression list: nobody else answers to it. */
	suppress: { externalIds: string[]; emails: string[] };
	warnings: string[];
}

const CLEARED_NAME = 'Erased person';
/** Written only where contact sync is on; then Pipedrive shows them. */
const CONTACT_SYNC_FIELDS = ['postal_address', 'notes', 'birthday', 'job_title'];

/**
 * Finds a person and deletes it, or empties every field that may tell who it was. Looking costs 30 tokens and 1 for
 * each hit, each e-mail of the person 20 more; deleting 3, clearing 5. Two persons with the same id or address are told
 * and left alone.
 */
export async function erasePerson(
	environment: Environment,
	wish: PersonWish,
	settings: EraseSettings,
): Promise<Erasure> {
	const { memory, company, api, ports } = environment;
	const fields = await memory.fields.get(company.credentialKey, 'person', api, ports.now(), [
		settings.externalIdField,
	]);
	const idKey = fields.find(settings.externalIdField)?.key;
	const finder = new PersonFinder(environment, idKey);
	const found = await finder.find(wish, settings.knownIds);
	const persons = found.map((row) => personOf(row, idKey));
	const warnings: string[] = [];
	const asked = { externalIds: listed(wish.externalId), emails: listed(wish.email) };
	if (persons.length !== 1) {
		const outcome = persons.length === 0 ? 'notFound' : 'ambiguous';
		return { outcome, persons, suppress: outcome === 'notFound' ? asked : NONE, warnings };
	}
	const [person] = persons;
	const emails: string[] = [];
	for (const email of distinct([...asked.emails, ...person.emails])) {
		const others = (await finder.withEmail(email)).filter(({ id }) => id !== person.pipedriveId);
		if (others.length === 0) emails.push(email);
		else warnings.push(sharedBy(others));
	}
	const suppress = { externalIds: distinct([...asked.externalIds, ...person.externalIds]), emails };
	if (settings.isDryRun) return { outcome: 'found', persons, suppress, warnings };
	const keys = suppress.externalIds.map((id) => `${company.key}|person|${id}`);
	await memory.alone(keys, async () => await erase(environment, found[0], settings.action));
	const outcome = settings.action === 'delete' ? 'deleted' : 'cleared';
	return { outcome, persons, suppress, warnings };
}

const NONE = { externalIds: [], emails: [] };

async function erase(
	environment: Environment,
	row: PipedriveRow,
	action: EraseSettings['action'],
): Promise<void> {
	const { call, memory, company } = environment;
	const ids = { id: String(row.id) };
	const what = `person ${row.id}`;
	if (action === 'clear') {
		await call(ERASE_ENDPOINTS.clearPerson, what, { ids, json: clearedBody(row) });
	} else {
		// A repeated request after a lost answer finds nobody: that is what was wanted.
		await call(ERASE_ENDPOINTS.deletePerson, what, { ids }).catch(goneOrThrow);
	}
	for (const index of memory.indexesOf(company.credentialKey, 'person')) index.remove(row.id);
}

function clearedBody(row: PipedriveRow): Record<string, unknown> {
	const isSet = (value: unknown) => value !== null && value !== undefined && value !== '';
	const custom = Object.entries(row.custom_fields ?? {}).filter(([, value]) => isSet(value));
	const more = CONTACT_SYNC_FIELDS.filter((key) => isSet(row[key]));
	const chats = Array.isArray(row.im) && row.im.length > 0;
	return {
		name: CLEARED_NAME,
		emails: [],
		phones: [],
		label_ids: [],
		...(chats ? { im: [] } : {}),
		...Object.fromEntries(more.map((key) => [key, null])),
		...(custom.length > 0
			? { custom_fields: Object.fromEntries(custom.map(([key]) => [key, null])) }
			: {}),
	};
}

function personOf(row: PipedriveRow, idKey: string | undefined): ErasedPerson {
	return {
		pipedriveId: row.id,
		name: row.name ?? '',
		externalIds: idKey === undefined ? [] : externalIdsOf(row, idKey),
		emails: emailsOf(row),
	};
}

function sharedBy(others: readonly PipedriveRow[]): string {
	const ids = others.map(({ id }) => id).join(', ');
	return `An e-mail of this person is also the one of person ${ids}: it is not put on the suppression list.`;
}

function listed(text: string | undefined): string[] {
	return text === undefined || text === '' ? [] : [text];
}
