import type { ErpRecord } from '../../core/record/erpRecord';
import type { Bench } from '../nodes/pipedrive/support.mts';

/**
 * What one writes without thinking of tokens: search the organization by its external id, update it if it is there,
 * else create it; the same for its contact. On a 429 it waits as long as the answer says and tries again.
 */
export async function naiveUpsert(bench: Bench, records: readonly ErpRecord[]): Promise<void> {
	const { sandbox, clock, keys } = bench;
	const call = async (method: string, path: string, body?: object): Promise<Answer> => {
		for (;;) {
			const answer = await fetch(`${sandbox.url}/api/v2/${path}`, {
				method,
				headers: { 'x-api-token': sandbox.token, 'content-type': 'application/json' },
				...(body ? { body: JSON.stringify(body) } : {}),
			});
			if (answer.status === 429 || answer.status === 403) {
				const seconds = Number(answer.headers.get('x-ratelimit-reset') ?? 2) || 2;
				await clock.sleep(answer.status === 403 ? 31_000 : seconds * 1000);
				continue;
			}
			if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
			return (await answer.json()) as Answer;
		}
	};
	const upsert = async (
		entity: 'organization' | 'person',
		externalId: string,
		body: object,
	): Promise<number> => {
		const term = encodeURIComponent(externalId);
		const found = await call(
			'GET',
			`${entity}s/search?term=${term}&fields=custom_fields&exact_match=true`,
		);
		const id = found.data.items?.[0]?.item.id;
		const custom_fields = { [keys[entity]['ERP ID']]: externalId };
		const written =
			id === undefined
				? await call('POST', `${entity}s`, { ...body, custom_fields })
				: await call('PATCH', `${entity}s/${id}`, { ...body, custom_fields });
		return Number(written.data.id);
	};
	for (const { erp, organization, persons = [] } of records) {
		const address = organization?.billingAddress;
		const org_id = await upsert('organization', erp.externalId, {
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
