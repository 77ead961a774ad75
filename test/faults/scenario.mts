/**
 * One life of an ERP, a Pipedrive and the sync between them: changes, faults on both sides, processes that die between
 * two requests, runs at the same time, retries of what was set aside. In the end all is well or `findings` says what not.
 */
import type { Transport } from '../../core/http/ports';
import type { ErpRecord } from '../../core/record/erpRecord';
import { newCheckpoint, type Checkpoint } from '../../core/sync/checkpoint';
import { drain } from '../../core/sync/drain';
import { startSweep } from '../../core/sync/sweep';
import { createProcessMemory, type ProcessMemory } from '../../nodes/Pipedrive/memory';
import { knownIdsOf } from '../../nodes/Pipedrive/settings';
import { openBench, type Bench } from '../nodes/pipedrive/support.mts';
import { startSystem, type TestSystem } from '../nodes/sapS4Hana/system.mts';
import { changeErp, createCompanies, type Companies } from './erpLife.mts';
import { armErp, armPipedrive } from './trouble.mts';
import { differences } from './truth.mts';
import { Random } from './random.mts';

export interface Outcome {
	findings: string[];
	/** What happened, for whoever looks for the reason. */
	story: string[];
}

const HOUR = 3_600_000;
const PLENTY = 1_000_000;
/** Of the daily budget, for people. */
const RESERVE = 0.5;

export async function playScenario(seed: number): Promise<Outcome> {
	const life = await Life.begin(new Random(seed));
	try {
		await life.live();
		await life.settle();
		return { findings: [...life.findings, ...(await life.check())], story: life.story };
	} finally {
		await life.end();
	}
}

type Reports = Awaited<ReturnType<Bench['run']>>['reports'];

class Life {
	readonly findings: string[] = [];
	readonly story: string[] = [];
	private checkpoint!: Checkpoint;
	private memory: ProcessMemory = createProcessMemory();
	private readonly known = new Map<string, object>();
	private readonly aside = new Map<string, ErpRecord>();
	private foreign = '';
	private hasEnded = false;

	private constructor(
		private readonly random: Random,
		private readonly bench: Bench,
		private readonly system: TestSystem,
		private readonly companies: Companies,
		private budget: number,
		private readonly usesIdTable: boolean,
	) {}

	static async begin(random: Random): Promise<Life> {
		const budget = random.chance(0.3) ? random.int(150, 400) : PLENTY;
		const bench = await openBench({ plan: 'premium' });
		const system = await startSystem({ pageSize: random.int(2, 9) });
		system.clock.at = bench.clock.now();
		bench.sandbox.seed({ organizations: 4, persons: 4 });
		bench.sandbox.limits.setSpent(0);
		bench.sandbox.limits.setDailyTokens(budget);
		const companies = createCompanies(random, system.sandbox.store);
		const life = new Life(random, bench, system, companies, budget, random.chance(0.5));
		life.foreign = life.foreignRecords();
		const start = newCheckpoint('s', life.localNow());
		life.checkpoint = {
			...start,
			sweep: startSweep({ nextAt: bench.clock.now() + 24 * HOUR }, false),
		};
		return life;
	}

	async live(): Promise<void> {
		const { random, bench, system } = this;
		for (let steps = random.int(6, 16); steps > 0; steps--) {
			const dice = random.next();
			if (dice < 0.25) this.tell(changeErp(random, system.sandbox.store, this.companies));
			else if (dice < 0.35) this.tell(armErp(random, system.sandbox.faults));
			else if (dice < 0.55) this.tell(armPipedrive(random, bench.sandbox.faults));
			else if (dice < 0.65) bench.clock.advance(random.pick([0.1, 2, 25]) * HOUR);
			else await this.poll(random.chance(0.35) ? random.int(1, 40) : Infinity);
		}
	}

	/** Nothing is wrong any more: how long until all is written? */
	async settle(): Promise<void> {
		const { bench, system } = this;
		bench.sandbox.faults.clear();
		this.budget = PLENTY;
		bench.sandbox.limits.setDailyTokens(PLENTY);
		system.sandbox.faults.clear();
		for (let polls = 0; polls < 40; polls++) {
			bench.clock.advance(2 * HOUR);
			if (polls === 3) bench.clock.advance(25 * HOUR);
			if (await this.poll(Infinity)) this.hasEnded ||= polls > 5;
			if (this.hasEnded && this.aside.size === 0) return;
		}
		const waiting = [...this.aside.values()].map(({ erp }) => erp.key).join(', ');
		this.findings.push(`After 40 quiet polls there is still something to do: ${waiting}`);
	}

	async check(): Promise<string[]> {
		const findings = await differences(this.system, this.bench);
		if (this.foreignRecords() !== this.foreign) findings.push('A foreign record was touched.');
		return findings;
	}

	async end(): Promise<void> {
		await this.bench.close();
		await this.system.close();
	}

	/** True when there was nothing new. */
	private async poll(dieAfter: number): Promise<boolean> {
		const { bench, system, random } = this;
		system.clock.at = bench.clock.now();
		const isSweepDue = (this.checkpoint.sweep?.nextAt ?? 0) <= bench.clock.now();
		const drained = await drain(
			system.source({}, { pageSize: random.int(3, 9) }),
			this.checkpoint,
			{
				maxRecords: random.int(2, 20),
				hasTime: () => true,
				lookbackSeconds: 86_400,
				localNow: this.localNow(),
				now: bench.clock.now(),
				sweep: {
					maxVanishedShare: 0.5,
					alwaysAllowedVanished: 20,
					nextAt: bench.clock.now() + 12 * HOUR,
				},
			},
		).catch((error: Error) => void this.tell(`ERP: ${error.message.slice(0, 80)}`));
		if (!drained) return false;
		const records = drained.records.map(({ record }) => record);
		const isDone = await this.deliver(records, dieAfter);
		if (isDone) this.checkpoint = JSON.parse(JSON.stringify(drained.next)) as Checkpoint;
		return isDone && records.length === 0 && !drained.hasMore && !isSweepDue;
	}

	/** The run of the workflow; beside it a retry of what was set aside, or the same run once more. */
	private async deliver(records: ErpRecord[], dieAfter: number): Promise<boolean> {
		const batches = [records];
		if (this.aside.size > 0) batches.push([...this.aside.values()]);
		else if (this.random.chance(0.2)) batches.push(records);
		const process = new MortalProcess(dieAfter);
		const { memory } = this;
		const runs = batches
			.filter(({ length }) => length > 0)
			.map(async (batch) => await this.run(batch, memory, process));
		const results = await Promise.race([Promise.all(runs), process.death]);
		if (results === 'dead') {
			this.tell(`the process died after ${dieAfter} requests`);
			await process.buried();
			this.memory = createProcessMemory();
			return false;
		}
		const all = results.map((reports) => this.take(reports));
		return all.length === 0 || records.length === 0 || all[0];
	}

	private async run(
		records: ErpRecord[],
		memory: ProcessMemory,
		process: MortalProcess,
	): Promise<Reports | undefined> {
		const spentBefore = this.bench.sandbox.limits.spent;
		const knownIds = this.usesIdTable ? knownIdsOf([...this.known.values()]) : [];
		const result = await this.bench
			.run(records, {
				memory,
				settings: { knownIds, stopAbovePercent: 0 },
				credential: { dailyLimit: this.budget, reservePercent: RESERVE * 100 },
				transport: (wire) => process.wire(wire),
			})
			.catch((error: Error) => void this.tell(`run failed: ${error.message.slice(0, 80)}`));
		const { spent } = this.bench.sandbox.limits;
		// What was on its way when the answers told how little is left.
		if (spent > spentBefore && spent > this.budget * (1 - RESERVE) + 60) {
			this.findings.push(`The reserve was touched: ${spent} of ${this.budget} tokens spent.`);
		}
		if (!result) return undefined;
		const rows = result.reports.flatMap(({ audit }) => audit);
		const counted = rows.reduce((sum, { recordCount }) => sum + recordCount, 0);
		if (result.reports.length !== records.length || counted !== result.results.length) {
			this.findings.push(`${result.results.length} records, ${counted} of them in the audit.`);
		}
		return result.reports;
	}

	/** What the template does with the items of both outputs. False when the run failed. */
	private take(reports: Reports | undefined): boolean {
		if (!reports) return false;
		for (const { outcome, externalId, payload, idRows, erp, reasonCode, reason } of reports) {
			for (const row of idRows) this.known.set(`${row.pipedriveType}|${row.externalId}`, row);
			if (outcome !== 'setAside') this.aside.delete(externalId);
			else this.keepAside(externalId, payload as ErpRecord);
			if (outcome === 'setAside')
				this.tell(`${externalId} aside: ${reasonCode} ${reason?.slice(0, 90)}`);
			if (erp.isDeleted) this.aside.delete(externalId);
		}
		return true;
	}

	private keepAside(externalId: string, payload: ErpRecord): void {
		const kept = this.aside.get(externalId);
		if (!kept || kept.erp.readAt <= payload.erp.readAt) this.aside.set(externalId, payload);
	}

	private localNow(): string {
		return new Date(this.bench.clock.now()).toISOString().slice(0, 19);
	}

	private foreignRecords(): string {
		const { sandbox } = this.bench;
		const rows = [
			...sandbox.records('organizations').slice(0, 4),
			...sandbox.records('persons').slice(0, 4),
		];
		return JSON.stringify(rows);
	}

	private tell(line: string): void {
		this.story.push(line);
	}
}

/** A process that stops for ever after so many requests; those on their way arrive, their answers do not. */
class MortalProcess {
	readonly death: Promise<'dead'>;
	private die!: (state: 'dead') => void;
	private readonly onTheirWay = new Set<Promise<unknown>>();

	constructor(private requestsLeft: number) {
		this.death = new Promise((resolve) => (this.die = resolve));
	}

	wire(wire: Transport): Transport {
		return async (request) => {
			if (this.requestsLeft <= 0) return await new Promise<never>(() => undefined);
			this.requestsLeft--;
			const sent = wire(request);
			this.onTheirWay.add(sent.catch(() => undefined));
			if (this.requestsLeft > 0) return await sent;
			this.die('dead');
			return await new Promise<never>(() => undefined);
		};
	}

	async buried(): Promise<void> {
		await Promise.all(this.onTheirWay);
	}
}
