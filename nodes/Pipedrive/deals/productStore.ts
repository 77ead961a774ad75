import { externalIdParts } from '../../../core/record/externalIdParts';
import type { PipedriveRow } from '../api';
import { forEachConcurrent } from '../concurrency';
import type { IdIndex } from '../idIndex';
import { readRows } from '../readRows';
import { RecordStore, type IndexShape } from '../recordStore';
import { codeKey } from '../matchKeys';
import type { Run } from '../run';

/** Whoever deletes a product or changes its code is noticed after a day, as with the index. */
const LONGEST_LIFE_MS = 23 * 60 * 60 * 1000;
const MOST_ROWS = 50_000;

/** By code, for the ERP company whose order names it. */
export interface WantedCode {
	code: string;
	/** External id of the order. */
	orderId: string;
}

/**
 * The index where it may hold all products; else those that are found for the codes: by what this process saw, by the
 * id table (1 token each, 10 for each hundred where that is less), and by search for the rest (20 tokens each).
 */
export async function openProductStore(run: Run, shape: IndexShape): Promise<ProductStore> {
	const { memory, company, api, ports } = run.environment;
	const index = memory.indexOf(company.credentialKey, shape);
	if (!index.isTooLarge) await index.refresh(api, ports, run.settings.maxIndexRows);
	if (!index.isTooLarge) return new ProductStore(run, index, index);
	return new ProductStore(run, foundStore(run, index.shape));
}

/** A product that this process wrote needs no search later. */
export function keepFound(
	run: Run,
	{ externalIdKey }: { externalIdKey: string },
	row: PipedriveRow,
): void {
	foundStore(run, {
		entity: 'product',
		externalIdKey,
		builtInKeys: ['code'],
		customKeys: [externalIdKey],
	}).put(row);
}

export function dropFound(run: Run, id: number): void {
	const { memory, company } = run.environment;
	for (const [key, { store }] of memory.foundProducts) {
		if (key.startsWith(`${company.credentialKey}|`)) store.remove(id);
	}
}

function foundStore(run: Run, shape: IndexShape): RecordStore {
	const { memory, company, ports } = run.environment;
	const key = `${company.credentialKey}|${shape.externalIdKey}`;
	const known = memory.foundProducts.get(key);
	const isUsable =
		known && ports.now() - known.openedAt <= LONGEST_LIFE_MS && known.store.size < MOST_ROWS;
	if (isUsable) return known.store;
	const store = new RecordStore(shape);
	memory.foundProducts.set(key, { openedAt: ports.now(), store });
	return store;
}

export class ProductStore {
	constructor(
		private readonly run: Run,
		private readonly store: RecordStore,
		/** The same, where it holds all products. */
		private readonly index?: IdIndex,
	) {}

	/** Afterwards `idsOf` knows these codes. */
	async find(wanted: readonly WantedCode[]): Promise<void> {
		if (this.index) return;
		await this.read(this.namedByTable(this.missing(wanted)));
		const codes = [...new Set(this.missing(wanted).map(({ code }) => code))];
		const { api, ledger } = this.run.environment;
		const hits: number[] = [];
		await forEachConcurrent(codes, ledger.concurrency, async (code) => {
			hits.push(...(await api.findByField('product', 'code', code)));
		});
		await this.read(hits);
	}

	idsOf(code: string): number[] {
		return this.store.byMatchKey(codeKey(code));
	}

	row(id: number): PipedriveRow | undefined {
		return this.store.row(id);
	}

	put(row: PipedriveRow): void {
		this.store.put(row);
	}

	/** Looks again for whatever others made meanwhile. */
	async refresh(wanted: readonly WantedCode[]): Promise<void> {
		const { api, ports } = this.run.environment;
		await this.index?.refresh(api, ports, this.run.settings.maxIndexRows);
		await this.find(wanted);
	}

	/** Forgets those of the products that are not there any more. */
	async withoutGone(ids: readonly number[]): Promise<number[]> {
		const rows = await readRows(this.run.environment.api, this.store.shape, ids);
		const gone = ids.filter((id) => !rows.some((row) => row.id === id));
		for (const id of gone) this.store.remove(id);
		return gone;
	}

	private missing(wanted: readonly WantedCode[]): WantedCode[] {
		return wanted.filter(({ code }) => code !== '' && this.idsOf(code).length === 0);
	}

	/** Products of the same ERP company whose key is the code. */
	private namedByTable(wanted: readonly WantedCode[]): number[] {
		if (wanted.length === 0) return [];
		const ids = new Map<string, number>();
		for (const { externalId, pipedriveType, pipedriveId } of this.run.known.values()) {
			const parts = pipedriveType === 'product' ? externalIdParts(externalId) : undefined;
			if (parts && pipedriveId > 0) ids.set(keyOf(parts, parts.key), pipedriveId);
		}
		return wanted.flatMap(({ code, orderId }) => {
			const parts = externalIdParts(orderId);
			return (parts && ids.get(keyOf(parts, code))) ?? [];
		});
	}

	private async read(ids: readonly number[]): Promise<void> {
		const missing = [...new Set(ids)].filter((id) => !this.store.row(id));
		if (missing.length === 0) return;
		const rows = await readRows(this.run.environment.api, this.store.shape, missing);
		for (const row of rows) this.store.put(row);
	}
}

function keyOf({ system, scope }: { system: string; scope: string }, code: string): string {
	return JSON.stringify([system, scope, codeKey(code)]);
}
