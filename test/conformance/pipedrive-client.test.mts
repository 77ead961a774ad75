/** Pipedrive's own npm client, unchanged, against the sandbox: only its base path differs. */
import * as v1 from 'pipedrive/v1';
import * as v2 from 'pipedrive/v2';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { documentsPresent } from './openapiDocuments.mts';
import { createPipedriveValidator } from './openapi.mts';

describe("Pipedrive's own client against the sandbox", () => {
	let sandbox: PipedriveSandbox;
	let second: v2.Configuration;
	let first: v1.Configuration;
	let now = Date.parse('2026-03-02T09:00:00Z');

	beforeEach(async () => {
		sandbox = await startPipedriveSandbox({ now: () => now, plan: 'ultimate', record: true });
		const apiKey = sandbox.token;
		second = new v2.Configuration({ apiKey, basePath: `${sandbox.url}/api/v2` });
		first = new v1.Configuration({ apiKey, basePath: `${sandbox.url}/v1` });
	});

	afterEach(async () => {
		await sandbox.close();
		if (!documentsPresent) return;
		const { check } = createPipedriveValidator();
		const good = sandbox.log.exchanges.filter(({ status }) => status < 300);
		expect(good.length).toBeGreaterThan(0);
		expect(good.flatMap(check)).toEqual([]);
	});

	it('creates, reads, changes, finds and deletes an organization', async () => {
		const api = new v2.OrganizationsApi(second);
		const fields = new v2.OrganizationFieldsApi(second);
		const field = await fields.addOrganizationField({
			AddOrganizationFieldRequest: { field_name: 'ERP Number', field_type: 'varchar' },
		});
		const code = field.data?.field_code as string;
		const created = await api.addOrganization({
			AddOrganizationRequest: {
				name: 'Nordmetall GmbH',
				address: { value: 'Hauptstr. 5, 10115 Berlin' },
				custom_fields: { [code]: 'S4:17100001' },
			},
		});
		const id = created.data?.id as number;
		const patch = { website: 'https://nordmetall.example' };
		await api.updateOrganization({ id, UpdateOrganizationRequest: patch });
		const read = await api.getOrganization({ id });
		expect(read.data).toMatchObject({ name: 'Nordmetall GmbH', ...patch });
		expect(read.data?.custom_fields).toEqual({ [code]: 'S4:17100001' });

		now += 6000;
		const hits = await api.searchOrganization({ term: 's4:17100001', exact_match: true });
		expect(hits.data?.items?.map((hit) => hit.item?.id)).toEqual([id]);
		const search = new v2.ItemSearchApi(second);
		const exact = { term: 'S4:17100001', entity_type: 'organization', field: code } as const;
		const byField = await search.searchItemByField(exact);
		expect(byField.data).toEqual([
			expect.objectContaining({ item: expect.objectContaining({ id }) }),
		]);

		await api.deleteOrganization({ id });
		expect((await api.getOrganizations()).data).toEqual([]);
		await expect(api.getOrganization({ id })).rejects.toMatchObject({ success: false });
	});

	it('creates, changes, finds and deletes a person', async () => {
		const api = new v2.PersonsApi(second);
		const fields = new v2.PersonFieldsApi(second);
		const field = await fields.addPersonField({
			AddPersonFieldRequest: {
				field_name: 'Function',
				field_type: 'enum',
				options: [{ label: 'Buyer' }, { label: 'Sales' }],
			},
		});
		const code = field.data?.field_code as string;
		const option = field.data?.options?.[1]?.id as number;
		const created = await api.addPerson({
			AddPersonRequest: {
				name: 'Ines Keller',
				emails: [{ value: 'ines@nordmetall.example' }],
				custom_fields: { [code]: option },
			},
		});
		const id = created.data?.id as number;
		expect(created.data?.emails).toEqual([
			{ value: 'ines@nordmetall.example', primary: true, label: 'work' },
		]);
		await api.updatePerson({ id, UpdatePersonRequest: { phones: [{ value: '+49 30 2' }] } });
		now += 6000;
		const hits = await api.searchPersons({ term: 'ines@nordmetall.example', fields: 'email' });
		expect(hits.data?.items?.map((hit) => hit.item?.id)).toEqual([id]);
		await api.deletePerson({ id });
		expect((await api.getPersons()).data).toEqual([]);
	});

	it('pages through everything exactly once', async () => {
		sandbox.seed({ organizations: 23 });
		const api = new v2.OrganizationsApi(second);
		const seen: number[] = [];
		let cursor: string | undefined;
		do {
			const page = await api.getOrganizations({ limit: 5, sort_by: 'id', cursor });
			seen.push(...(page.data ?? []).map(({ id }) => id as number));
			cursor = page.additional_data?.next_cursor ?? undefined;
		} while (cursor);
		expect(seen).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
	});

	it('lists field definitions and adds options', async () => {
		const fields = new v2.OrganizationFieldsApi(second);
		const field = await fields.addOrganizationField({
			AddOrganizationFieldRequest: {
				field_name: 'Type',
				field_type: 'set',
				options: [{ label: 'Customer' }],
			},
		});
		const code = field.data?.field_code as string;
		const added = await fields.addOrganizationFieldOptions({
			field_code: code,
			AddDealFieldOptionsRequestInner: [{ label: 'Supplier' }, { label: 'Mistake' }],
		});
		const id = added.data?.[1]?.id as number;
		await fields.deleteOrganizationFieldOptions({
			field_code: code,
			DeleteDealFieldOptionsRequestInner: [{ id }],
		});
		const list = await fields.getOrganizationFields({ limit: 500 });
		const found = list.data?.find((each) => each.field_code === code);
		expect(found?.options?.map((each) => each.label)).toEqual(['Customer', 'Supplier']);
	});

	it('reads the user, the users and merges through v1', async () => {
		sandbox.seed({ organizations: 2, persons: 2 });
		const users = new v1.UsersApi(first);
		expect((await users.getCurrentUser()).data).toMatchObject({ id: 1, is_you: true });
		expect((await users.getUsers()).data).toHaveLength(4);
		const merge = { id: 1, MergeOrganizationsRequest: { merge_with_id: 2 } };
		await new v1.OrganizationsApi(first).mergeOrganizations(merge);
		const left = await new v2.OrganizationsApi(second).getOrganizations();
		expect(left.data?.map(({ id }) => id)).toEqual([2]);
		const moved = await new v2.PersonsApi(second).getPersons({ org_id: 2 });
		expect(moved.data).toHaveLength(2);
	});

	it('renews an OAuth access token and works with it', async () => {
		const { clientId, clientSecret, refreshToken } = sandbox.oauth;
		const oauth = new v2.OAuth2Configuration({
			clientId,
			clientSecret,
			redirectUri: 'https://n8n.example/callback',
			host: sandbox.url,
		});
		oauth.updateToken({
			access_token: 'worn out',
			refresh_token: refreshToken,
			expires_in: -1,
			token_type: 'Bearer',
			scope: '',
			api_domain: sandbox.url,
		});
		const renewed = new v2.Configuration({
			accessToken: oauth.getAccessToken,
			basePath: oauth.basePath,
		});
		sandbox.seed({ organizations: 1 });
		const list = await new v2.OrganizationsApi(renewed).getOrganizations();
		expect(list.data).toHaveLength(1);
		expect(list.data?.[0]?.custom_fields).toEqual({});
	});

	it('is refused with a wrong token', async () => {
		const wrong = new v2.Configuration({ apiKey: 'no', basePath: `${sandbox.url}/api/v2` });
		await new v1.UsersApi(first).getCurrentUser();
		await expect(new v2.OrganizationsApi(wrong).getOrganizations()).rejects.toMatchObject({
			success: false,
			error: 'unauthorized access',
			errorCode: 401,
		});
	});
});
