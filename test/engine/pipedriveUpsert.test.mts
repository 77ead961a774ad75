/** Pipedrive Upsert as n8n's own engine runs it: parameters, expressions, credentials, outputs, errors. */
import type { IDataObject } from 'n8n-workflow';
import { ErpPipedriveApi } from '../../credentials/ErpPipedriveApi.credentials';
import { PipedriveUpsert } from '../../nodes/Pipedrive/PipedriveUpsert.node';
import { contact, partner } from '../nodes/pipedrive/support.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { editorContext, runInEngine, type EngineOptions } from './engine.mts';

/** Of a user who is no admin. */
const SALES_TOKEN = 'b2'.repeat(20);

let sandbox: PipedriveSandbox;
beforeEach(async () => {
	sandbox = await startPipedriveSandbox({ plan: 'ultimate', tokens: { [SALES_TOKEN]: 2 } });
});
afterEach(async () => await sandbox.close());

type More = Partial<EngineOptions> & { credential?: IDataObject };

const staged = (parameters: IDataObject, items: object[], more: More = {}): EngineOptions => ({
	node: new PipedriveUpsert(),
	parameters,
	items: items as IDataObject[],
	credentials: {
		erpPipedriveApi: {
			type: new ErpPipedriveApi(),
			data: {
				apiToken: sandbox.token,
				apiBaseUrl: sandbox.url,
				plan: 'ultimate',
				...more.credential,
			} as never,
		},
	},
	...more,
});

const run = async (parameters: IDataObject, items: object[], more: More = {}) =>
	await runInEngine(staged(parameters, items, more));
const ensure = async () => await run({ resource: 'field', operation: 'ensure' }, [{}]);

describe('Ensure Fields', () => {
	it('creates 8 organization and 3 person fields and tells needed, used and limit', async () => {
		const dry = await run({ resource: 'field', operation: 'ensure', dryRun: true }, [{}]);
		expect(dry.outputs[0][0].json).toMatchObject({ needed: 11, used: 0, limit: 500, tokens: 55 });
		expect(sandbox.store.customFieldsOf('organization')).toHaveLength(0);
		await ensure();
		expect(sandbox.store.customFieldsOf('organization')).toHaveLength(8);
		expect(sandbox.store.customFieldsOf('person')).toHaveLength(3);
		const again = await ensure();
		expect(again.outputs[0][0].json).toMatchObject({ needed: 0, created: [], optionsAdded: [] });
	});
});

describe('ERP Record', () => {
	it('needs no mapping: items leave by Done, paired with their input, with a summary', async () => {
		await ensure();
		const { outputs, hints, error } = await run({}, [partner(1), partner(2)]);
		expect(error).toBeUndefined();
		expect(outputs[0].map(({ json }) => json.outcome)).toEqual(['created', 'created']);
		expect(outputs[0].map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(outputs[1]).toEqual([]);
		expect(hints[0]).toMatch(
			/^2 created, 0 updated, 0 unchanged, 0 set aside; persons: 2 created, 0 updated, 0 unchanged, 0 set aside\. /,
		);
		expect(sandbox.records('persons')).toHaveLength(2);
	});

	it('a set-aside record fails the run by default, after the others were written', async () => {
		await ensure();
		const { error } = await run({}, [partner(1, { organization: { name: '' } }), partner(2)]);
		expect(error?.message).toBe(
			`The ERP record 1000001 has no name: give it one in the ERP. Item 1 (${partner(1).erp.externalId}) was set aside (rejected), 1 of 2 records; the other one was dealt with.`,
		);
		expect(error?.description).toMatch(/^To get set-aside records as items, /);
		expect(sandbox.records('organizations')).toHaveLength(1);
	});

	it('a single record that is set aside is told without a count', async () => {
		await ensure();
		const { error } = await run({}, [partner(1, { organization: { name: '' } })]);
		expect(error?.message).toMatch(/ has no name: .* was set aside \(rejected\)\.$/);
	});

	it('names the record also where a text of it looks like a code that n8n explains', async () => {
		await ensure();
		const record = partner(1, { organization: { name: '' }, erp: { key: 'EPERM-1' } });
		const { error } = await run({}, [record]);
		expect(error?.message).toMatch(/^The ERP record EPERM-1 has no name/);
	});

	it('several that are set aside are told apart, those without an id by the number of their item', async () => {
		await ensure();
		const { error } = await run({}, [{ a: 1 }, partner(2), { b: 2 }]);
		expect(error?.message).toContain(
			'Item 1 (no external id) and 1 more of 3 records were set aside (rejected); the other one was dealt with.',
		);
		expect(error?.description).toMatch(/^Item 3 \(no external id\): The item is no ERP Record/);
		expect(`${error?.message} ${error?.description}`).not.toMatch(/\.\.| \| /);
	});

	it('tells first what a person looks for: a table shows the first columns only', async () => {
		await ensure();
		const records = [partner(1), partner(2, { organization: { name: '' } })];
		const { outputs } = await run({ whenSetAside: 'output' }, records);
		const [done, aside] = outputs.map(([{ json }]) => Object.keys(json));
		expect(done.slice(0, 3)).toEqual(['outcome', 'externalId', 'name']);
		expect(done.slice(-2)).toEqual(['idRows', 'audit']);
		expect(outputs[0][0].json.name).toBe('Muster Werk 1 GmbH');
		expect(aside.slice(0, 4)).toEqual(['outcome', 'externalId', 'reason', 'warnings']);
		expect(aside.slice(-3)).toEqual(['idRows', 'audit', 'payload']);
	});

	it('what is about the run leaves the node with its first record and its run row, once', async () => {
		await ensure();
		const { organizationMap } = defaultParameters();
		const rows = (organizationMap as { rows: IDataObject[] }).rows.map((row) => ({
			...row,
			...(row.pipedriveField === 'Tax Number' ? { pipedriveField: 'cd'.repeat(20) } : {}),
		}));
		const { outputs } = await run({ fieldMaps: ['organization'], organizationMap: { rows } }, [
			partner(1),
			partner(2),
		]);
		const [first, second] = outputs[0].map(({ json }) => json);
		expect(String(first.warnings)).toContain('correct the key in the field map');
		expect(second.warnings).toEqual([]);
		const runRow = (second.audit as IDataObject[]).at(-1)!;
		expect(runRow.action).toBe('sealed');
		expect(String(runRow.reason)).toContain('correct the key in the field map');
		const nameless = partner(3, { organization: { name: '' } });
		const { error } = await run({ fieldMaps: ['organization'], organizationMap: { rows } }, [
			nameless,
		]);
		expect(error?.description).toContain('correct the key in the field map');
	});

	it('the summary counts warnings, tells persons apart and what was not created', async () => {
		await ensure();
		const blocked = partner(2, { persons: [], erp: { isBlocked: true } });
		const warned = partner(3, { organization: { type: ['Distributor' as never] } });
		const { hints } = await run({}, [partner(1), blocked, warned]);
		expect(hints[0]).toContain(
			'2 created, 0 updated, 0 unchanged, 0 set aside, 1 not created; persons: 2 created, 0 updated, 0 unchanged, 0 set aside; 1 with warnings.',
		);
	});

	it('the tokens of a run are all that it spent, the fields that it created included', async () => {
		const options = { createMissingFields: true };
		const credential = { plan: 'growth', seats: 1 };
		const { hints, outputs } = await run({ options }, [partner(1)], { credential });
		const spent = sandbox.log.totals().tokens;
		expect(spent).toBeGreaterThan(100);
		expect(hints[0]).toContain(`This run spent ${spent} tokens`);
		expect((outputs[0][0].json.audit as IDataObject[]).at(-1)!.tokens).toBe(spent);
	});

	it('or leaves by Set Aside with reason, attempt and payload', async () => {
		await ensure();
		const { outputs, error } = await run({ whenSetAside: 'output' }, [
			partner(1, { organization: { name: '' } }),
			partner(2),
			{ some: 'thing else' },
		]);
		expect(error).toBeUndefined();
		expect(outputs[0].map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
		expect(outputs[1].map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(outputs[1][0].json).toMatchObject({ reasonCode: 'rejected', attempt: 1 });
		expect((outputs[1][0].json.payload as IDataObject).erp).toBeDefined();
		expect(outputs[1][1].json.reason).toContain('no ERP Record');
	});

	it('with "Continue (Using Error Output)" set-aside items carry their error', async () => {
		await ensure();
		const { outputs, error } = await run(
			{},
			[partner(1, { organization: { name: '' } }), partner(2)],
			{
				onError: 'continueRegularOutput',
			},
		);
		expect(error).toBeUndefined();
		expect(outputs[0]).toHaveLength(2);
	});

	it('of several each carries its own', async () => {
		await ensure();
		const items = [{ a: 1 }, partner(2), partner(3, { organization: { name: '' } })];
		const { outputs } = await run({}, items, { onError: 'continueRegularOutput' });
		const told = outputs[0].map(({ error }) => error?.message ?? '');
		expect(told[0]).toBe('');
		expect(told[1]).toMatch(/^The item is no ERP Record.* Item 1 \(no external id\) was set aside/);
		expect(told[2]).toMatch(/^The ERP record 1000003 has no name.* Item 3 \(.*1000003\) was set/);
	});

	it('the map can be changed: a row switched off is not written', async () => {
		await ensure();
		const { organizationMap } = defaultParameters();
		const rows = (organizationMap as { rows: IDataObject[] }).rows.map((row) => ({
			...row,
			isActive: row.pipedriveField !== 'Website',
		}));
		await run({ fieldMaps: ['organization'], organizationMap: { rows } }, [partner(1)]);
		expect(sandbox.records('organizations')[0].website).toBeNull();
		const fields = defaultParameters().organizationMap as { rows: IDataObject[] };
		expect(fields.rows.some(({ pipedriveField }) => pipedriveField === 'Website')).toBe(true);
	});

	it('Known IDs of the id table are taken from an expression', async () => {
		await ensure();
		const first = await run({}, [partner(1)]);
		const knownIds = first.outputs[0][0].json.idRows;
		const { outputs } = await run({ knownIds: JSON.stringify(knownIds) }, [partner(1)]);
		expect(outputs[0][0].json).toMatchObject({ outcome: 'unchanged', idRows: [] });
	});

	it('a wrong token is one sentence that names the credential', async () => {
		const { error } = await run({}, [partner(1)], { credential: { apiToken: 'wrong' } });
		expect(error?.message).toContain('Pipedrive refused the login');
		expect(error?.description).toContain('Pipedrive credential');
		expect(JSON.stringify(error)).not.toContain(sandbox.token);
	});

	it('a missing external id field names Ensure Fields', async () => {
		const { error } = await run({}, [partner(1)]);
		expect(error?.message).toContain('no organization field "ERP ID"');
		expect(error?.description).toMatch(/^Add the option "Create Missing Fields" and switch it on/);
		expect(error?.description).toContain('Ensure Fields');
		expect(error?.description).not.toContain('Correct the name');
	});

	it.each(['acme.evil.example/', 'a b', 'user:secret@host'])(
		'the company domain %s is refused before anything is sent',
		async (companyDomain) => {
			const credential = { apiBaseUrl: '', companyDomain };
			const { error } = await run({}, [partner(1)], { credential });
			expect(error?.message).toContain('Company Domain');
		},
	);
});

describe('Organization and Person with mapped columns', () => {
	const columns = (value: IDataObject) => ({
		mappingMode: 'defineBelow',
		value,
		schema: Object.keys(value).map((id) => ({
			id,
			displayName: id,
			required: false,
			defaultMatch: false,
			display: true,
			type: 'string',
			canBeUsedToMatch: false,
		})),
	});

	it('are found again by external id; money is text in two columns', async () => {
		await ensure();
		await run(
			{
				resource: 'field',
				operation: 'ensure',
				fieldsToEnsure: 'listed',
				listedFields: {
					rows: [{ entity: 'organization', name: 'Credit Limit', type: 'monetary' }],
				},
			},
			[{}],
		);
		const mapped = (amount: string) => ({
			resource: 'organization',
			externalId: '={{ $json.id }}',
			columns: columns({
				Name: '={{ $json.name }}',
				'Credit Limit: Amount': amount,
				'Credit Limit: Currency': 'EUR',
			}),
		});
		const first = await run(mapped('1200.50'), [{ id: 'X1', name: 'Acme' }]);
		expect(first.error).toBeUndefined();
		expect(first.outputs[0][0].json).toMatchObject({ outcome: 'created', externalId: 'X1' });
		const second = await run(mapped('1300.00'), [{ id: 'X1', name: 'Acme' }]);
		expect(second.outputs[0][0].json).toMatchObject({
			outcome: 'updated',
			changes: [{ field: 'Credit Limit', from: '1200.5 EUR', to: '1300 EUR' }],
		});
	});

	it('a column that Pipedrive no longer has stops the run by name', async () => {
		await ensure();
		const { error } = await run(
			{
				resource: 'organization',
				externalId: 'X1',
				columns: columns({ Name: 'Acme', 'Tax Numbr': '1' }),
			},
			[{}],
		);
		expect(error?.message).toContain('"Tax Numbr"');
		expect(error?.message).toContain('did you mean "Tax Number"');
	});

	it('a person belongs to the given organization and is found by e-mail', async () => {
		await ensure();
		await run({}, [partner(1, { persons: [contact(1)] })]);
		const organization = sandbox.records('organizations')[0];
		const { outputs } = await run(
			{
				resource: 'person',
				externalId: 'shop:1',
				columns: columns({ Name: 'Anna M.', Email: 'anna@werk-1.example' }),
				hostExternalId: String(organization.id),
				options: { secondIdentity: 'alias' },
			},
			[{}],
		);
		expect(outputs[0][0].json).toMatchObject({ outcome: 'updated', pipedriveType: 'person' });
		expect(sandbox.records('persons')).toHaveLength(1);
	});
});

describe('as a tool of an agent', () => {
	it('everything leaves by one output with its outcome, nothing fails the agent', async () => {
		await ensure();
		const records = [partner(1, { organization: { name: '' } }), partner(2)];
		const { outputs, error } = await run({}, records, { asTool: true });
		expect(error).toBeUndefined();
		expect(outputs[0].map(({ json }) => json.outcome)).toEqual(['setAside', 'created']);
		expect(outputs[1]).toEqual([]);
	});
});

describe('the editor', () => {
	it('offers fields by name, also those that Ensure Fields would create', async () => {
		const context = editorContext(staged({}, [{}]));
		const { loadOptions } = new PipedriveUpsert().methods;
		const before = await loadOptions.getOrganizationFields.call(context);
		expect(before.find(({ value }) => value === 'Tax Number')?.name).toContain(
			'Not in Pipedrive Yet',
		);
		await ensure();
		const after = await loadOptions.getOrganizationFields.call(context);
		expect(after.find(({ value }) => value === 'Tax Number')?.name).toBe('Tax Number');
	});

	it('shows columns by name, money in two halves, options as a list, and not the external id', async () => {
		await ensure();
		const rows = [
			{ entity: 'organization', name: 'Credit Limit', type: 'monetary' },
			{ entity: 'organization', name: 'Rating', type: 'enum', options: 'A, B' },
		];
		const listed = { fieldsToEnsure: 'listed', listedFields: { rows } };
		await run({ resource: 'field', operation: 'ensure', ...listed }, [{}]);
		const context = editorContext(staged({ resource: 'organization' }, [{}]));
		const { fields } = await new PipedriveUpsert().methods.resourceMapping.getColumns.call(context);
		const byId = new Map(fields.map((field) => [field.id, field]));
		expect(byId.get('Credit Limit: Amount')?.type).toBe('string');
		expect(byId.has('Credit Limit: Currency')).toBe(true);
		expect(byId.get('Rating')).toMatchObject({
			type: 'options',
			options: [{ name: 'A' }, { name: 'B' }],
		});
		expect(byId.get('Name')?.required).toBe(true);
		expect(byId.has('ERP ID')).toBe(false);
	});
});

describe('Budget', () => {
	it('tells what is left without a request', async () => {
		const before = sandbox.log.entries.length;
		const { outputs } = await run({ resource: 'budget', operation: 'get' }, [{}]);
		expect(outputs[0][0].json).toMatchObject({ perDay: 210_000, reserve: 42_000 });
		expect(sandbox.log.entries).toHaveLength(before);
	});
});

function defaultParameters(): IDataObject {
	return Object.fromEntries(
		new PipedriveUpsert().description.properties.map((property) => [
			property.name,
			property.default as never,
		]),
	);
}

describe('the user of the token', () => {
	it('rule 4: is told about when it is no global admin: records it may not see look absent', async () => {
		await ensure();
		const { hints } = await run({}, [partner(1)]);
		expect(hints.join(' ')).not.toContain('global admin');
		const credential = { apiToken: SALES_TOKEN };
		const restricted = await run({}, [partner(2)], { credential });
		expect(restricted.hints.join(' ')).toContain('is no global admin');
	});
});

describe('a Set Aside output that nothing is connected to', () => {
	const nameless = { ...partner(1), organization: { ...partner(1).organization, name: '' } };
	const chosen = { whenSetAside: 'output' };

	it('loses no record in production: the run fails and names it', async () => {
		await ensure();
		const { error } = await run(chosen, [nameless, partner(2)], {
			mode: 'trigger',
			looseOutputs: [1],
		});
		expect(error?.message).toContain('was set aside (rejected), 1 of 2 records');
		expect(sandbox.records('organizations')).toHaveLength(1);
	});

	it('lets a test by hand show the record', async () => {
		await ensure();
		const { error } = await run(chosen, [nameless], { looseOutputs: [1] });
		expect(error).toBeUndefined();
	});
});
