import { asCoreError } from '../../../core/http/errors';
import { readRows, type IdIndex } from '../idIndex';
import type { Intent } from '../intents';
import { codeKey, externalIdsOf } from '../matchKeys';
import { shapeOf, type Prepared } from '../prepare';
import type { Run } from '../run';
import type { WantedOptions } from '../lines/wanted';

/** Code of the product that stands for lines without one; found again by it, so it is made once per company. */
const PLACEHOLDER = { code: 'ERP-LINE', name: 'ERP line without product' };

/** Pipedrive's products by the ERP's code. */
export interface LineProducts extends WantedOptions {
	isFromErp(productId: number): boolean;
	/** Looks whether a product was deleted since the list was read; then what is there now, else `undefined`. */
	renewed(): Promise<LineProducts | undefined>;
}

/**
 * One look at the list of products for all deals together; where they are too many each code is searched.
 * The placeholder is created when the first line needs it.
 */
export async function openLineProducts(
	run: Run,
	prepared: Prepared,
	deals: readonly Intent[],
): Promise<LineProducts> {
	const { memory, company, api, ports } = run.environment;
	const externalIdKey =
		prepared.fields.product?.find(run.settings.externalIdField.product)?.key ?? '';
	const index = memory.indexOf(
		company.credentialKey,
		shapeOf('product', externalIdKey, [], prepared.maps.product),
	);
	if (!index.isTooLarge) await index.refresh(api, ports, run.settings.maxIndexRows);
	const codes = new Set(
		deals.flatMap(({ deal }) => deal!.lines.map(({ productCode }) => productCode.trim())),
	);
	const ids = new Map<string, number>();
	for (const code of codes) {
		const found = code === '' ? [] : await idsOf(run, index, code);
		// Two products of one code: nobody knows which is meant, so the placeholder names the code.
		if (found.length === 1) ids.set(code, found[0]);
	}
	const needsPlaceholder = [...codes].some((code) => !ids.has(code));
	const placeholder = needsPlaceholder ? await placeholderId(run, index) : undefined;
	return {
		productIdOf: (code) => ids.get(code),
		placeholderId: () => placeholder,
		async renewed() {
			const used = [...new Set([...ids.values(), ...(placeholder ? [placeholder] : [])])];
			const there = await readRows(api, index.shape, used);
			const gone = used.filter((id) => !there.some((row) => row.id === id));
			for (const id of gone) index.remove(id);
			return gone.length === 0 ? undefined : await openLineProducts(run, prepared, deals);
		},
		isFromErp: (id) => {
			const row = index.row(id);
			return (
				row !== undefined && externalIdKey !== '' && externalIdsOf(row, externalIdKey).length > 0
			);
		},
	};
}

async function idsOf(run: Run, index: IdIndex, code: string): Promise<number[]> {
	if (!index.isTooLarge) return index.byMatchKey(codeKey(code));
	return await run.environment.api.findByField('product', 'code', code);
}

async function placeholderId(run: Run, index: IdIndex): Promise<number | undefined> {
	const { memory, company, api, ports } = run.environment;
	return await memory.alone([`${company.key}|placeholder`], async () => {
		const [known] = await idsOf(run, index, PLACEHOLDER.code);
		if (known !== undefined || run.settings.isDryRun) return known ?? 0;
		try {
			const made = await api.create('product', PLACEHOLDER);
			index.put(made);
			return made.id;
		} catch (error) {
			const core = asCoreError(error);
			if (core.kind === 'forbidden' || core.kind === 'invalid') return undefined;
			// The answer may be lost and the product there.
			await index.refresh(api, ports, run.settings.maxIndexRows);
			const [found] = await idsOf(run, index, PLACEHOLDER.code);
			if (found === undefined) throw asCoreError(core);
			return found;
		}
	});
}
