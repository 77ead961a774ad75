/** Operation Erase and the suppression list, as n8n's own engine runs them. */
import type { IDataObject } from 'n8n-workflow';
import { ErpPipedriveApi } from '../../credentials/ErpPipedriveApi.credentials';
import { PipedriveUpsert } from '../../nodes/Pipedrive/PipedriveUpsert.node';
import { contact, partner } from '../nodes/pipedrive/support.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { runInEngine } from './engine.mts';

const SECRET = 'a secret of the audit, long enough';

let sandbox: PipedriveSandbox;
let auditSecret: string;
beforeEach(async () => {
	auditSecret = SECRET;
	sandbox = await startPipedriveSandbox({ plan: 'ultimate' });
	await run({ resource: 'field', operation: 'ensure' }, [{}]);
	await run({}, [partner(1), partner(2)]);
});
afterEach(async () => await sandbox.close());

const run = async (parameters: IDataObject, items: object[]) =>
	await runInEngine({
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
					auditSecret,
				} as never,
			},
		},
	});
const erase = async (parameters: IDataObject) => {
	const before = sandbox.log.totals().tokens;
	const { outputs, error } = await run({ resource: 'person', operation: 'erase', ...parameters }, [
		{},
	]);
	const json = outputs[0]?.[0]?.json as IDataObject & { suppressionRows: object[] };
	return { error, json, tokens: sandbox.log.totals().tokens - before };
};
const anna = contact(1);
const persons = () => sandbox.records('persons').filter((row) => !row.is_deleted);
const others = () => JSON.stringify([sandbox.records('organizations'), persons().slice(1)]);
const writes = () => {
	const { byKind } = sandbox.log.totals();
	return ['create', 'update', 'delete'].map((kind) => byKind[kind as 'create']?.requests ?? 0);
};

describe('rule 31: Erase', () => {
	it('shows who is found without changing anything', async () => {
		const before = writes();
		const { json, error } = await erase({ externalId: anna.externalId, dryRun: true });
		expect(error).toBeUndefined();
		expect(json).toMatchObject({
			outcome: 'found',
			persons: [{ name: anna.name, externalIds: [anna.externalId], emails: [anna.email] }],
		});
		expect(writes()).toEqual(before);
	});

	it.each([
		['its external ID', { externalId: anna.externalId }],
		[
			'its e-mail, however it is written',
			{ findBy: 'email', email: ` ${anna.email!.toUpperCase()} ` },
		],
		['its number in Pipedrive', { findBy: 'pipedriveId', personId: 1 }],
	])('deletes a person found by %s, touches nobody else, and tells the tokens', async (_, by) => {
		const before = others();
		const { json, tokens } = await erase(by);
		expect(json).toMatchObject({ outcome: 'deleted', externalIds: [anna.externalId], tokens });
		expect(persons().map(({ name }) => name)).toEqual([contact(2).name]);
		expect(JSON.stringify([sandbox.records('organizations'), persons()])).toBe(before);
		expect(tokens).toBeLessThanOrEqual(20 + 10 + 1 + 20 + 3);
	});

	it('clears every field that tells who it was, and keeps the person for its deals', async () => {
		sandbox.edit('persons', 1, { phones: [{ value: '1', primary: true, label: 'work' }] });
		const { json } = await erase({ externalId: anna.externalId, eraseBy: 'clear' });
		expect(json.outcome).toBe('cleared');
		const [row] = persons();
		expect(row).toMatchObject({ id: 1, name: 'Erased person', emails: [], phones: [] });
		const custom = Object.values((row.custom_fields ?? {}) as object).filter(Boolean);
		expect(custom).toEqual([]);
	});

	it('is done when the answer to the deletion was lost', async () => {
		sandbox.faults.add({ kind: 'lostAnswer', match: { method: 'DELETE' } });
		const { json, error } = await erase({ externalId: anna.externalId });
		expect(error).toBeUndefined();
		expect(json.outcome).toBe('deleted');
		expect(persons()).toHaveLength(1);
	});

	it('does nothing when two persons answer to the e-mail, and names both', async () => {
		sandbox.edit('persons', 2, { emails: [{ value: anna.email, primary: true, label: 'work' }] });
		const { json } = await erase({ findBy: 'email', email: anna.email });
		expect(json).toMatchObject({ outcome: 'ambiguous', suppressionRows: [] });
		expect((json.persons as object[]).length).toBe(2);
		expect(persons()).toHaveLength(2);
	});

	it('keeps a shared e-mail off the suppression list: the colleague still comes', async () => {
		sandbox.edit('persons', 2, { emails: [{ value: anna.email, primary: true, label: 'work' }] });
		const { json } = await erase({ externalId: anna.externalId });
		expect(json.suppressionRows).toHaveLength(1);
		expect(json.warnings).toEqual([expect.stringContaining('person 2')]);
	});

	it('remembers a person that Pipedrive does not know', async () => {
		const { json } = await erase({ externalId: 's4hana:100:contactPerson:9' });
		expect(json).toMatchObject({ outcome: 'notFound', persons: [] });
		expect(json.suppressionRows).toHaveLength(1);
	});

	it('refuses without a secret, and says where to fill it', async () => {
		auditSecret = '';
		const { error } = await erase({ externalId: anna.externalId });
		expect(`${error?.message} ${error?.description}`).toMatch(/Audit Secret/);
		expect(persons()).toHaveLength(2);
	});

	it('asks for what it needs to find somebody', async () => {
		expect((await erase({ findBy: 'email', email: 'nobody' })).error?.message).toMatch(/"E-Mail"/);
		expect((await erase({ externalId: ' ' })).error?.message).toMatch(/"External ID"/);
	});
});

describe('the suppression list', () => {
	const erased = async () => (await erase({ externalId: anna.externalId })).json.suppressionRows;

	it('tells nobody whom it is about', async () => {
		const text = JSON.stringify(await erased());
		for (const told of [anna.externalId, anna.key, anna.email!, anna.name, SECRET]) {
			expect(text).not.toContain(told);
		}
	});

	it('keeps an erased person away, whichever company brings it, for no token', async () => {
		const suppressionList = await erased();
		const changed = partner(1, { persons: [contact(1), contact(7)] });
		const second = partner(2, { persons: [contact(2), { ...contact(1), isStandard: false }] });
		const { outputs, error } = await run({ suppressionList }, [changed, second]);
		expect(error).toBeUndefined();
		expect(
			persons()
				.map(({ name }) => name)
				.sort(),
		).toEqual([contact(2).name, contact(7).name].sort());
		const text = JSON.stringify(outputs);
		for (const told of [anna.externalId, anna.email!, anna.name]) expect(text).not.toContain(told);
		expect(text).toContain('suppression list');
	});

	it('knows the person by its e-mail under another number', async () => {
		const suppressionList = await erased();
		const renumbered = { ...contact(1), key: '99', externalId: 's4hana:100:contactPerson:99' };
		await run({ suppressionList }, [partner(1, { persons: [renumbered] })]);
		expect(persons()).toHaveLength(1);
	});

	it('closes a record that is nothing but the erased person, without a request', async () => {
		const suppressionList = await erased();
		const before = sandbox.log.totals().requests;
		const { erp } = partner(1);
		const alone = { erp: { ...erp, externalId: anna.externalId }, persons: [anna] };
		const { outputs } = await run({ suppressionList }, [alone]);
		expect(outputs[0][0].json).toMatchObject({ outcome: 'unchanged', reasonCode: 'suppressed' });
		expect(JSON.stringify(outputs)).not.toContain(anna.externalId);
		expect(sandbox.log.totals().requests).toBe(before);
	});

	it('holds for persons with fields mapped by hand', async () => {
		const suppressionList = await erased();
		const { outputs } = await run(
			{
				resource: 'person',
				externalId: anna.externalId,
				suppressionList,
				columns: { mappingMode: 'defineBelow', value: { name: anna.name } },
			},
			[{}],
		);
		expect(outputs[0][0].json.reasonCode).toBe('suppressed');
		expect(persons()).toHaveLength(1);
	});

	it('stops the run rather than forget whom it holds, when the secret changed', async () => {
		const suppressionList = await erased();
		auditSecret = 'quite another secret of the audit';
		const { error } = await run({ suppressionList }, [partner(1)]);
		expect(`${error?.message} ${error?.description}`).toMatch(/another secret.*Audit Secret/);
		expect(persons()).toHaveLength(1);
	});
});
