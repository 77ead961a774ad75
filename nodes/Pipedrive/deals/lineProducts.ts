import { asCoreError } from '../../../core/http/errors';
import type { Intent } from '../intents';
import { externalIdsOf } from '../matchKeys';
import { shapeOf, type Prepared } from '../prepare';
import type { Run } from '../run';
import type { WantedOptions } from '../lines/wanted';
import { openProductStore, type ProductStore } from './productStore';

/** Code of the product that stands for lines without one; found again by it, so it is made once per company. */
const PLACEHOLDER = { code: 'ERP-LINE', name: 'ERP line without product' };

/** Pipedrive's products by the ERP's code. */
export interface LineProducts extends WantedOptions {
	isFromErp(productId: number): boolean;
	/** Looks whether a product was deleted since the list was read; then what is there now, else `undefined`. */
	renewed(): Promise<LineProducts | undefined>;
}

/**
 * One look at the list of products for all deals together; where they are too many see `openProductStore`.
 * The placeholder is created when the first line needs it.
 */
export async function openLineProducts(
	run: Run,
	prepared: Prepared,
	deals: readonly Intent[],
): Promise<LineProducts> {
	const { memory, company, api, ports } = run.environment;
	const fields =
		prepared.fields.product ??
		(await memory.fields.get(company.credentialKey, 'product', api, ports.now()));
	const externalIdKey = fields.find(run.settings.externalIdField.product)?.key ?? '';
	const store = await openProductStore(
		run,
		shapeOf('product', externalIdKey, [], prepared.maps.product),
	);
	const wanted = deals.flatMap(({ deal, externalId }) =>
		deal!.lines.map(({ productCode }) => ({ code: productCode.trim(), orderId: externalId })),
	);
	await store.find(wanted);
	const codes = new Set(wanted.map(({ code }) => code));
	const ids = new Map<string, number>();
	for (const code of codes) {
		const found = code === '' ? [] : store.idsOf(code);
		// Two products of one code: nobody knows which is meant, so the placeholder names the code.
		if (found.length === 1) ids.set(code, found[0]);
	}
	const needsPlaceholder = [...codes].some((code) => !ids.has(code));
	const placeholder = needsPlaceholder ? await placeholderId(run, store) : undefined;
	return {
		productIdOf: (code) => ids.get(code),
		placeholderId: () => placeholder,
		async renewed() {
			const used = [...new Set([...ids.values(), ...(placeholder ? [placeholder] : [])])];
			const gone = await store.withoutGone(used);
			return gone.length === 0 ? undefined : await openLineProducts(run, prepared, deals);
		},
		isFromErp: (id) => {
			const row = store.row(id);
			return (
				row !== undefined && externalIdKey !== '' && externalIdsOf(row, externalIdKey).length > 0
			);
		},
	};
}

async function placeholderId(run: Run, store: ProductStore): Promise<number | undefined> {
	const { memory, company, api } = run.environment;
	const { code } = PLACEHOLDER;
	const wanted = [{ code, orderId: '' }];
	return await memory.alone([`${company.key}|placeholder`], async () => {
		await store.find(wanted);
		const [known] = store.idsOf(code);
		if (known !== undefined || run.settings.isDryRun) return known ?? 0;
		try {
			const made = await api.create('product', PLACEHOLDER);
			store.put(made);
			return made.id;
		} catch (error) {
			const core = asCoreError(error);
			if (core.kind === 'forbidden' || core.kind === 'invalid') return undefined;
			// The answer may be lost and the product there.
			await store.refresh(wanted);
			const [found] = store.idsOf(code);
			if (found === undefined) throw asCoreError(core);
			return found;
		}
	});
}
