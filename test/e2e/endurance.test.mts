import { readFileSync } from 'node:fs';
import { byKey, differences } from '../demo/compare.mts';
import { newExecutions, tallied } from '../demo/tally.mts';
import { openStage, pipedriveToken, type Stage, type Sync } from '../n8n-host/stage.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { shortKey, type Erp, type RunningErp } from '../sandbox/erp.mts';
import { erpNamed, ERPS } from '../sandbox/erps.mts';
import { plain } from '../sandbox/s4hana/companies.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';

jest.setTimeout(900_000);

const RECORDS = 1000;
const CHANGED = 10;
/** Long enough that the changes come by the cursor, short enough to wait for. */
const SWEEP_EVERY_HOURS = 40 / 3600;

/** `npm run test:endurance` takes all ERPs; otherwise it is one, another one each day, because all take minutes. */
const erps = chosen(process.env.ENDURANCE ?? '');

function chosen(names: string): readonly Erp[] {
	if (names === 'all') return ERPS;
	if (names !== '') return names.split(',').map(erpNamed);
	return [ERPS[Math.floor(Date.now() / 86_400_000) % ERPS.length]];
}

/** An ERP with a Pipedrive of its own; all share one n8n with its tables. */
interface Pair extends Sync {
	crm: PipedriveSandbox;
	startedAt: number;
}

describe('a thousand customers of each ERP, all ERPs at the same time, with trouble on the way', () => {
	let stage: Stage;
	const pairs = new Map<string, Pair>();
	const measured: Record<string, Record<string, number>> = {};
	beforeAll(async () => {
		stage = await openStage();
		for (const erp of erps) pairs.set(erp.name, await added(erp));
	});
	afterAll(async () => {
		await stage?.close();
		for (const [name, numbers] of Object.entries(measured)) {
			process.stderr.write(`${name}: ${JSON.stringify(numbers)}\n`);
		}
	});

	async function added(erp: Erp): Promise<Pair> {
		const crm = await startPipedriveSandbox({ plan: 'ultimate', seats: 5 });
		stage.onClose(() => crm.close());
		const login = await stage.n8n.api.createCredential('erpPipedriveApi', pipedriveToken(crm));
		const pollOptions = { sweepEveryHours: SWEEP_EVERY_HOURS };
		const sync = await stage.add(
			erp,
			{ count: await countFor(erp) },
			{
				credentials: { erpPipedriveApi: login },
				parameters: { [`${erp.title} Trigger`]: { pollOptions } },
			},
		);
		nameApart(sync.system);
		return { ...sync, crm, startedAt: Date.now() };
	}

	const pairOf = (name: string) => pairs.get(name) as Pair;
	const note = (name: string, numbers: Record<string, number>) =>
		Object.assign((measured[name] ??= {}), numbers);

	it('arrive in part before n8n is killed in the middle of its runs', async () => {
		const { n8n } = stage;
		const all = [...pairs.values()];
		for (const pair of all) {
			pair.startedAt = Date.now();
			pair.system.stumbleAfter(4);
		}
		await Promise.all(all.map(({ workflowId }) => n8n.api.publish(workflowId)));
		await waitFor('a part of the customers', 300_000, () =>
			all.every((pair) => organizations(pair) > 50),
		);
		await n8n.kill();
		for (const pair of all) expect(organizations(pair)).toBeLessThan(keys(pair).length);
		await n8n.start();
	});

	describe.each(erps)('$title', ({ name }) => {
		it('has each of them in Pipedrive exactly once after the restart', async () => {
			const pair = pairOf(name);
			const { crm, system, startedAt } = pair;
			await waitFor('the customers', 400_000, () => organizations(pair) >= keys(pair).length);
			await waitFor('their contact persons', 120_000, () => wrong(pair).length === 0);
			expect(keys(pair).length).toBeGreaterThanOrEqual(RECORDS);
			expect(organizations(pair)).toBe(keys(pair).length);
			expect(system.traffic().stumbles).toBe(1);
			const { tokens, refused429 } = crm.log.totals();
			const seconds = Math.round((Date.now() - startedAt) / 1000);
			note(name, { records: keys(pair).length, seconds, tokens, refused429 });
		});

		it('brings ten changed ones, and nothing else is written', async () => {
			const pair = pairOf(name);
			const { crm, system, workflowId } = pair;
			const { api } = stage.n8n;
			await idle(pair);
			const known = (await api.executions(workflowId)).length;
			for (const key of keys(pair).filter((_, at) => at % (RECORDS / CHANGED) === 5)) {
				system.rename(key, `Renamed ${key} SE`);
			}
			const changed = wrong(pair).length;
			expect(changed).toBeGreaterThanOrEqual(CHANGED);
			const tally = await tallied(crm, async () => {
				await api.pollAgain(workflowId);
				await waitFor('the changed ones', 180_000, () => wrong(pair).length === 0);
				await idle(pair);
				return await newExecutions(api, workflowId, known, 120_000);
			});
			expect(tally.organizations).toMatchObject({ created: 0, updated: changed });
			// A company without a name is set aside again whenever a sweep delivers its neighbourhood.
			const { doubtful } = system.expected();
			expect(tally.organizations.setAside).toBeLessThanOrEqual(doubtful.length);
			expect(tally.persons).toMatchObject({ created: 0, updated: 0 });
			note(name, { changed, tokensOfChanges: tally.tokens });
		});

		it('flags a deleted one, and only that', async () => {
			const pair = pairOf(name);
			const { crm, system } = pair;
			const gone = keys(pair).at(-7) ?? '';
			const total = organizations(pair);
			system.remove(gone);
			await waitFor('the flag', 300_000, async () => {
				await stage.n8n.api.pollAgain(pair.workflowId);
				await idle(pair);
				return flagged(crm).length > 0;
			});
			expect(flagged(crm)).toEqual([shortKey(gone)]);
			expect(byKey(crm, 'organizations').get(shortKey(gone))).toHaveLength(1);
			expect(organizations(pair)).toBe(total);
			expect(wrong(pair)).toEqual([]);
			expect(crm.log.totals().refused429).toBe(0);
			const { requests } = system.traffic();
			note(name, { erpRequests: requests, n8nPeakMegabytes: peakMegabytes(stage.n8n.pid()) });
			await stage.n8n.api.unpublish(pair.workflowId);
		});
	});

	/** No run is under way. */
	async function idle({ workflowId }: Pair): Promise<void> {
		await waitFor('the runs to end', 180_000, async () => {
			const runs = await stage.n8n.api.executions(workflowId);
			return runs.every(({ status }) => !['new', 'running', 'waiting'].includes(status));
		});
	}
});

function wrong({ system, crm }: Pair): string[] {
	return differences(system.expected(), crm);
}

function organizations({ crm }: Pair): number {
	return crm.records('organizations').length;
}

function keys({ system }: Pair): string[] {
	return system.expected().companies.map(({ key }) => key);
}

function flagged(crm: PipedriveSandbox): string[] {
	return [...byKey(crm, 'organizations')]
		.filter(([, rows]) => JSON.stringify(rows).includes('Deleted in ERP'))
		.map(([key]) => key);
}

/** Some of what a seed makes never leaves the ERP: leads, blocked customers. */
async function countFor(erp: Erp): Promise<number> {
	const trial = await erp.start({ count: RECORDS });
	const arriving = trial.expected().companies.length;
	await trial.close();
	return Math.ceil((RECORDS * RECORDS) / arriving) + 10;
}

/** Two companies of like names in one place would be taken for one and set aside: another test's matter. */
function nameApart(system: RunningErp): void {
	for (const { key, name } of system.expected().companies) {
		system.rename(key, `${key}${plain(name)}`.slice(0, 35));
	}
}

/** Most memory that the process ever held; 0 where the system does not tell. */
function peakMegabytes(pid: number): number {
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
	} catch {
		return 0;
	}
}
