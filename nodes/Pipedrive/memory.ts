import type { PipedriveUser } from './api';
import type { EntityName, PipedriveType } from './entities';
import { createFieldCache, type FieldCache } from './fieldCache';
import { IdIndex } from './idIndex';
import type { FoundProducts, IndexShape } from './recordStore';
import { createLedgerBook, type LedgerBook } from './ledger';
import type { Digests } from './digests';

/** What is remembered about one ERP record: by this process, or by the durable id table (Known Ids). */
export interface Remembered {
	pipedriveId: number;
	digests: Digests;
	/** ISO instant. */
	writtenAt: string;
}

/** Everything that outlives one execution, shared by all executions of the process. Tests make their own. */
export interface ProcessMemory {
	readonly book: LedgerBook;
	readonly fields: FieldCache;
	/** Users by credential; owners are looked up by e-mail. */
	readonly users: Map<string, { readAt: number; users: PipedriveUser[] }>;
	/** Active currencies by company, once a record was refused. */
	readonly currencies: Map<string, { readAt: number; active: ReadonlySet<string> }>;
	/** Of companies with too many products for an index, by credential and external id field. */
	readonly foundProducts: Map<string, FoundProducts>;
	/** What to tell about the user of a credential, once Pipedrive was asked. */
	readonly visibility: Map<string, string | undefined>;
	indexOf(credentialKey: string, shape: IndexShape): IdIndex;
	/** All indexes of an entity, whatever fields they keep: an own write belongs in each. */
	indexesOf(credentialKey: string, entity: EntityName): IdIndex[];
	recall(companyKey: string, entity: PipedriveType, externalId: string): Remembered | undefined;
	remember(companyKey: string, entity: PipedriveType, externalId: string, what: Remembered): void;
	/**
	 * Creates whose answer was lost and that could not be looked up, by company, entity and external id: when they were
	 * sent (epoch milliseconds). Whoever comes next looks before creating again.
	 */
	readonly unanswered: Map<string, number>;
	/** Runs alone among all callers that name one of the keys. */
	alone<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** Each index holds whole lists: more than a few field selections are a sign of a mistake, not of use. */
const MOST_INDEXES = 8;
const MOST_REMEMBERED = 200_000;

export function createProcessMemory(): ProcessMemory {
	const indexes = new Map<string, { owner: string; index: IdIndex }>();
	const remembered = new Map<string, Remembered>();
	const queues = new Map<string, Promise<void>>();

	async function lock(key: string): Promise<() => void> {
		const before = queues.get(key);
		let release: () => void = () => undefined;
		const mine = new Promise<void>((resolve) => (release = resolve));
		const tail = (before ?? Promise.resolve()).then(() => mine);
		queues.set(key, tail);
		await before;
		return () => {
			release();
			if (queues.get(key) === tail) queues.delete(key);
		};
	}

	return {
		book: createLedgerBook(),
		fields: createFieldCache(),
		users: new Map(),
		currencies: new Map(),
		foundProducts: new Map(),
		visibility: new Map(),
		unanswered: new Map(),
		indexOf(credentialKey, shape) {
			const owner = `${credentialKey}|${shape.entity}`;
			const sorted = {
				...shape,
				builtInKeys: [...new Set(shape.builtInKeys)].sort(),
				customKeys: [...new Set(shape.customKeys)].sort(),
			};
			const key = JSON.stringify([owner, sorted]);
			const entry = indexes.get(key) ?? { owner, index: new IdIndex(sorted) };
			indexes.delete(key);
			indexes.set(key, entry);
			if (indexes.size > MOST_INDEXES) indexes.delete(indexes.keys().next().value as string);
			return entry.index;
		},
		indexesOf: (credentialKey, entity) =>
			[...indexes.values()]
				.filter(({ owner }) => owner === `${credentialKey}|${entity}`)
				.map(({ index }) => index),
		recall: (companyKey, entity, externalId) =>
			remembered.get(`${companyKey}|${entity}|${externalId}`),
		remember(companyKey, entity, externalId, what) {
			const key = `${companyKey}|${entity}|${externalId}`;
			remembered.delete(key);
			remembered.set(key, what);
			if (remembered.size > MOST_REMEMBERED) {
				remembered.delete(remembered.keys().next().value as string);
			}
		},
		async alone(keys, work) {
			const releases: Array<() => void> = [];
			// One order for all callers: nobody waits for somebody who waits for him.
			for (const key of [...new Set(keys)].sort()) releases.push(await lock(key));
			try {
				return await work();
			} finally {
				for (const release of releases) release();
			}
		},
	};
}
