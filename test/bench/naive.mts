import type { ErpRecord } from '../../core/record/erpRecord';
import type { Transport } from '../../core/http/ports';
import type { Bench } from '../nodes/pipedrive/support.mts';

/**
 * What one writes without thinking of tokens: search the record by its external id, update it if it is there, else
 * create it; the same for its contact, and one call per line of a deal. On a 429 it waits as long as the answer says
 * and tries again.
 */
export async function naiveUpsert(
	bench: Bench,
	wire: Transport,
	records: readonly ErpRecord[],
): Promise<void> {
	const { sandbox, clock, keys } = bench;
	const call = async (
		method: 'GET' | 'POST' | 'PATCH',
		path: string,
		body?: object,
	): Promise<Answer> => {
		for (;;) {
			const answer = await wire({
				method,
				url: `${sandbox.url}/api/v2/${path}`,
				headers: { 'content-type': 'application/json' },
				...(body ? { body: JSON.stringify(body) } : {}),
				timeoutMs: 30_000,
			});
			const text = answer.body.toString();
			if (answer.status === 429 || answer.status === 403) {
				const seconds = Number(answer.headers['x-ratelimit-reset'] ?? 2) || 2;
				await clock.sleep(answer.status === 403 ? 31_000 : seconds * 1000);
				continue;
			}
			if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
			return JSON.parse(text) as Answer;
		}
	};
	const search = async (entity: string, externalId: string): Promise<number | undefined> => {
		const term = encodeURIComponent(externalId);
		const query = `term=${term}&fields=custom_fields&exact_match=true`;
		const found = await call('GET', `${entity}s/search?${query}`);
		return found.data.items?.[0]?.item.id;
	};
	const upsert = async (
		entity: 'organization' | 'person' | 'deal',
		externalId: string,
		body: object,
	): Promise<{ id: number; isNew: boolean }> => {
		const id = await search(entity, externalId);
		const custom_fields = { [keys[entity]['ERP ID']]: externalId };
		const written =
			id === undefined
				? await call('POST', `${entity}s`, { ...body, custom_fields })
				: await call('PATCH', `${entity}s/${id}`, { ...body, custom_fields });
		return { id: Number(written.data.id), isNew: id === undefined };
	};
	const productIds = new Map<string, number>();
	for (const product of sandbox.records('products')) {
		productIds.set(String(product.code), product.id);
	}
	for (const { erp, organization, persons = [], deal } of records) {
		if (deal) {
			const org_id = await search('organization', deal.organizationExternalId);
			const { id, isNew } = await upsert('deal', erp.externalId, {
				title: deal.title,
				value: Number(deal.value),
				currency: deal.currency,
				org_id,
			});
			for (const line of isNew ? deal.lines : []) {
				await call('POST', `deals/${id}/products`, {
					product_id: productIds.get(line.productCode),
					item_price: Number(line.unitPrice),
					quantity: Number(line.quantity),
				});
			}
			continue;
		}
		const address = organization?.billingAddress;
		const { id: org_id } = await upsert('organization', erp.externalId, {
			name: organization?.name,
			address: {
				value: `${address?.street} ${address?.houseNumber}, ${address?.postalCode} ${address?.city}`,
			},
		});
		for (const { externalId, name, email, phone } of persons) {
			await upsert('person', externalId, {
				name,
				org_id,
				emails: [{ value: email, primary: true, label: 'work' }],
				phones: [{ value: phone, primary: true, label: 'work' }],
			});
		}
	}
}

interface Answer {
	data: { id?: number; items?: Array<{ item: { id: number } }> };
}
