import { asCoreError } from '../../core/http/errors';
import { normalisedEmail } from '../../core/record/matchKeys';
import type { PipedriveRow } from './api';
import type { Endpoint } from './call';
import { contactEntries } from './contacts';
import { Progress } from './idIndex';
import { externalIdsOf } from './matchKeys';
import type { Environment } from './run';

export const FINDER_ENDPOINTS = {
	findPerson: {
		method: 'GET',
		path: '/persons/search',
		version: 2,
		cost: 20,
		lane: 'search',
		priority: 'high',
	},
} as const satisfies Record<string, Endpoint>;

const SEARCH_LAG_MS = 15 * 60 * 1000;

/** Whom to find; one of the three. */
export interface PersonWish {
	externalId?: string;
	email?: string;
	personId?: number;
}

/** Finds persons for sure: every hit is read and compared. */
export class PersonFinder {
	private readonly rows = new Map<number, PipedriveRow | undefined>();
	private readonly byEmail = new Map<string, PipedriveRow[]>();
	private recent?: Promise<PipedriveRow[]>;

	constructor(
		private readonly environment: Environment,
		/** Absent where the company has no such field. */
		private readonly idKey: string | undefined,
	) {}

	async find(wish: PersonWish, known: readonly number[]): Promise<PipedriveRow[]> {
		if (wish.personId !== undefined) return await this.read([wish.personId]);
		if (wish.email !== undefined) return await this.withEmail(wish.email);
		return await this.withExternalId(wish.externalId ?? '', known);
	}

	async withEmail(email: string): Promise<PipedriveRow[]> {
		const wanted = normalisedEmail(email);
		const before = this.byEmail.get(wanted);
		if (before) return before;
		const { data } = await this.environment.call(FINDER_ENDPOINTS.findPerson, 'persons', {
			query: { term: wanted, fields: 'email', exact_match: true, limit: 100 },
		});
		const recent = (await this.changedJustNow()).filter((row) => emailsOf(row).includes(wanted));
		const ids = [...idsIn(data), ...recent.map(({ id }) => id)];
		const rows = (await this.read(ids)).filter((row) => emailsOf(row).includes(wanted));
		this.byEmail.set(wanted, rows);
		return rows;
	}

	/** The search finds no id that stands beside another: what is known besides is read, too. */
	private async withExternalId(
		externalId: string,
		known: readonly number[],
	): Promise<PipedriveRow[]> {
		const { api, memory, company } = this.environment;
		const { idKey } = this;
		if (idKey === undefined) return [];
		const remembered = memory.recall(company.key, 'person', externalId)?.pipedriveId;
		const ids = [
			...known,
			...(remembered ? [remembered] : []),
			...memory
				.indexesOf(company.credentialKey, 'person')
				.flatMap((index) => index.byExternalId(externalId)),
			...(await api.findByField('person', idKey, externalId)),
			...(await this.changedJustNow())
				.filter((row) => externalIdsOf(row, idKey).includes(externalId))
				.map(({ id }) => id),
		];
		return (await this.read(ids)).filter((row) => externalIdsOf(row, idKey).includes(externalId));
	}

	/** The search index lags behind. */
	private async changedJustNow(): Promise<PipedriveRow[]> {
		this.recent ??= changedSince(this.environment, this.environment.ports.now() - SEARCH_LAG_MS);
		return await this.recent;
	}

	private async read(ids: readonly number[]): Promise<PipedriveRow[]> {
		const found: PipedriveRow[] = [];
		for (const id of distinct(ids)) {
			if (!this.rows.has(id)) this.rows.set(id, await readPerson(this.environment, id));
			const row = this.rows.get(id);
			if (row) found.push(row);
		}
		return found;
	}
}

async function changedSince({ api }: Environment, since: number): Promise<PipedriveRow[]> {
	const updatedSince = new Date(since).toISOString();
	const rows: PipedriveRow[] = [];
	const progress = new Progress('person');
	let pageToken: string | undefined;
	do {
		const page = await api.list('person', { updatedSince, pageToken });
		rows.push(...page.rows);
		if (page.nextPageToken !== undefined && progress.isStuckAt(page)) throw progress.error();
		pageToken = page.nextPageToken;
	} while (pageToken !== undefined);
	return rows;
}

async function readPerson({ api }: Environment, id: number): Promise<PipedriveRow | undefined> {
	try {
		const row = await api.get('person', id);
		return row.is_deleted ? undefined : row;
	} catch (error) {
		return goneOrThrow(error);
	}
}

export function emailsOf(row: PipedriveRow): string[] {
	return contactEntries(row.emails)
		.map(({ value }) => normalisedEmail(value))
		.filter(Boolean);
}

function idsIn(data: unknown): number[] {
	const items = (data as { items?: Array<{ item?: { id?: unknown } }> } | null)?.items ?? [];
	return items.map(({ item }) => Number(item?.id)).filter((id) => Number.isSafeInteger(id));
}

/** What is not there any more is as good as deleted. */
export function goneOrThrow(error: unknown): undefined {
	const core = asCoreError(error);
	if (core.kind === 'notFound') return undefined;
	throw asCoreError(error);
}

export function distinct<T>(values: readonly T[]): T[] {
	return [...new Set(values)];
}
