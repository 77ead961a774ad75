/** The audit rows of several runs, as a table would hold them, held against their chain. */
import type { IDataObject, INodeType } from 'n8n-workflow';
import type { AuditEvent } from '../../core/audit/auditEvent';
import { ErpPipedriveApi } from '../../credentials/ErpPipedriveApi.credentials';
import { verdictOn, type Table } from '../core/audit/auditTable.mts';
import { partner } from '../nodes/pipedrive/support.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { runInEngine } from './engine.mts';
import { countsOf } from '../templates/health/counts.mts';

const SECRET = 'the secret that only auditors know';

let sandbox: PipedriveSandbox;
let node: INodeType;
beforeEach(async () => {
	sandbox = await startPipedriveSandbox({ plan: 'ultimate' });
	node = freshProcess();
	await runWith({ resource: 'field', operation: 'ensure' }, [{}]);
});
afterEach(async () => await sandbox.close());

/** The node as a process holds it that has just started: it remembers no run. */
function freshProcess(): INodeType {
	let loaded: INodeType | undefined;
	jest.isolateModules(() => {
		// eslint-disable-next-line @typescript-eslint/no-require-imports
		const { PipedriveUpsert } = require('../../nodes/Pipedrive/PipedriveUpsert.node');
		loaded = new PipedriveUpsert() as INodeType;
	});
	return loaded!;
}

async function runWith(parameters: IDataObject, items: object[], credential: IDataObject = {}) {
	return await runInEngine({
		node,
		parameters,
		items: items as IDataObject[],
		credentials: {
			erpPipedriveApi: {
				type: new ErpPipedriveApi(),
				data: {
					apiToken: sandbox.token,
					apiBaseUrl: sandbox.url,
					plan: 'ultimate',
					...credential,
				} as never,
			},
		},
	});
}

/** What Split Out makes of both outputs. */
async function auditOf(
	items: object[],
	options: IDataObject = {},
	more: { credential?: IDataObject; parameters?: IDataObject } = {},
): Promise<Table> {
	const parameters = { whenSetAside: 'output', options, ...more.parameters };
	const { outputs, error } = await runWith(parameters, items, more.credential);
	expect(error).toBeUndefined();
	const rows = outputs.flat().flatMap(({ json }) => json.audit as unknown as AuditEvent[]);
	return rows.map((row) => ({ ...row }));
}

const found = async (table: Table, secrets: string[] = []) =>
	(await verdictOn(table, { secrets })).problems.map(({ text }) => text);
const last = (table: Table) => table[table.length - 1] as IDataObject;

it('the rows of several runs are one unbroken chain, set-aside records included', async () => {
	const nameless = partner(3);
	nameless.organization!.name = '';
	const table = [
		...(await auditOf([partner(1), nameless, partner(2)])),
		...(await auditOf([partner(1), partner(2)])),
	];
	expect(table.map(({ action }) => action)).toContain('setAside');
	expect(await verdictOn(table, { secrets: [] })).toMatchObject({ problems: [], runs: 2 });
});

it('runs of one workflow at the same moment, by several triggers, are one chain all the same', async () => {
	const before = await auditOf([{}]);
	// Items that need no look at Pipedrive: all four come to the seal in step.
	const tables = await Promise.all([1, 2, 3, 4].map(async (n) => await auditOf([{ n }])));
	const inOrder = tables.sort((a, b) => Number(last(a).runNumber) - Number(last(b).runNumber));
	expect(inOrder.map((table) => last(table).runNumber)).toEqual([2, 3, 4, 5]);
	const hashes = [before, ...inOrder].map((table) => last(table).hash);
	expect(inOrder.map((table) => last(table).previousRun)).toEqual(hashes.slice(0, -1));
});

it('the row of the run counts its rows and the tokens of the whole run', async () => {
	const before = sandbox.log.totals().tokens;
	const table = await auditOf([partner(1), partner(2)]);
	expect(last(table)).toMatchObject({
		action: 'sealed',
		recordCount: table.length - 1,
		tokens: sandbox.log.totals().tokens - before,
		reason:
			'2 created, 0 updated, 0 unchanged, 0 set aside; persons: 2 created, 0 updated, 0 unchanged, 0 set aside',
		workflowId: 'engine-test',
	});
});

it('the row of a dry run says that nothing was written', async () => {
	const table = await auditOf([partner(1)], {}, { parameters: { dryRun: true } });
	const { reason } = last(table);
	expect(reason).toMatch(
		/^Dry run: 1 created, 0 updated, 0 unchanged, 0 set aside; persons: 1 created/,
	);
	expect(countsOf(String(reason))).toMatchObject({ isDryRun: true, created: 1, setAside: 0 });
});

it('a run whose rows never reached the table is told missing by the next one', async () => {
	const first = await auditOf([partner(1)]);
	await auditOf([partner(2)]);
	const third = await auditOf([partner(3)]);
	expect(await found([...first, ...third])).toEqual([expect.stringContaining('run 2 is missing')]);
});

it('after a restart the chain goes on from the row that the workflow hands in', async () => {
	const first = await auditOf([partner(1)]);
	node = freshProcess();
	const second = await auditOf([partner(2)], { lastAuditRun: last(first) });
	expect(await found([...first, ...second])).toEqual([]);
});

it('after a restart without that row the chain begins anew, and the check says so', async () => {
	const first = await auditOf([partner(1)]);
	node = freshProcess();
	const second = await auditOf([partner(2)], { lastAuditRun: {} });
	expect(await found([...first, ...second])).toEqual([
		expect.stringContaining('begins a second time'),
	]);
});

it('a dry run that stayed in the editor is not missed', async () => {
	const first = await auditOf([partner(1)]);
	await auditOf([partner(2)], {}, { parameters: { dryRun: true } });
	const second = await auditOf([partner(2)]);
	expect(await found([...first, ...second])).toEqual([]);
});

it('the Audit Secret of the credential seals each run and stands in no item', async () => {
	const credential = { auditSecret: SECRET };
	const table = await auditOf([partner(1)], {}, { credential });
	expect(await found(table, [SECRET])).toEqual([]);
	expect(await found(table, ['another secret'])).toHaveLength(1);
	expect(JSON.stringify(table)).not.toContain(SECRET);
});
