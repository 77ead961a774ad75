/**
 * One life of an ERP, a Pipedrive and n8n's engine between them: changes, faults on both sides, processes that are
 * killed, clocks that jump, runs at the same time. In the end nothing is wrong any more, and all must have become well.
 */
import type { IDataObject } from 'n8n-workflow';
import { strangersIn, type Strangers } from '../demo/compare.mts';
import type { RunningErp } from '../sandbox/erp.mts';
import { plain } from '../sandbox/s4hana/companies.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { auditFindings, stateFindings, type Run } from './checks.mts';
import type { N8nProcess, ProcessPool } from './n8nProcess.mts';
import type { Published, StartOrder, TickOrder, Told } from './orders.mts';
import { Random } from './random.mts';
import { sourceFor } from './sources.mts';
import { Tables, type AsideRow } from './tables.mts';
import { faultIn } from './trouble.mts';
import { Wire, type Counts, type World } from './wire.mts';

export interface Outcome {
	seed: number;
	source: string;
	findings: string[];
	/** What happened, for whoever looks for the reason. */
	story: string[];
	counts: Counts;
}

export interface Tampering {
	/** Before the checks: what a faulty sync would have left behind. */
	before?(crm: PipedriveSandbox, tables: Tables): void;
	/** Tokens that somebody spends while n8n is at work. */
	overspends?: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PLENTY = 1_000_000;
/** Of the daily budget, for people, in percent. */
const RESERVE = 50;
/** What may be on its way when the answers tell how little is left. */
const ON_ITS_WAY = 60;
const BEGIN = Date.parse('2026-11-16T06:00:00Z');
const FOREIGN = { organizations: 4, persons: 4 };

export async function playLife(
	seed: number,
	pool: ProcessPool,
	tampering: Tampering = {},
): Promise<Outcome> {
	const life = new Life(seed, pool, tampering);
	try {
		await life.begin();
		await life.live();
		await life.settle();
		life.check();
	} catch (error) {
		life.findings.push(`The harness failed: ${String((error as Error).stack)}`);
	} finally {
		await life.end();
	}
	const { findings, story, counts } = life;
	return { seed, source: life.source.erp.name, findings: [...new Set(findings)], story, counts };
}

class Life {
	readonly findings: string[] = [];
	readonly story: string[] = [];
	readonly source;
	private readonly random: Random;
	private readonly world: World = { at: BEGIN };
	private readonly wire = new Wire(this.world);
	private readonly tables: Tables;
	private readonly runs: Run[] = [];
	private readonly removed: string[] = [];
	private readonly own: Counts = {};
	private erp!: RunningErp;
	private crm!: PipedriveSandbox;
	private strangers: Strangers = new Map();
	private published!: Published;
	private process: N8nProcess | undefined;
	private wasPublished = false;
	private skewMs = 0;
	private budget = PLENTY;
	private failedPolls = 0;

	constructor(
		seed: number,
		private readonly pool: ProcessPool,
		private readonly tampering: Tampering,
	) {
		this.random = new Random(seed);
		this.source = sourceFor(seed);
		this.tables = new Tables(this.random.chance(0.7));
	}

	get counts(): Counts {
		const sum: Counts = { ...this.own };
		for (const [name, count] of Object.entries(this.wire.counts))
			sum[name] = (sum[name] ?? 0) + count;
		return sum;
	}

	async begin(): Promise<void> {
		const { random, world, wire, source } = this;
		world.at += random.int(0, 40 * 60) * MINUTE;
		const now = () => world.at;
		this.erp = await source.erp.start({ count: random.int(3, 9), now, seed: random.int(1, 1000) });
		this.crm = await startPipedriveSandbox({ plan: 'premium', now, sleep: async () => undefined });
		this.crm.seed(FOREIGN);
		this.strangers = strangersIn(this.crm);
		this.crm.limits.setSpent(0);
		this.nameApart();
		if (random.chance(0.3)) this.budget = random.int(200, 500);
		this.crm.limits.setDailyTokens(this.budget);
		wire.onAnswer = (side, status, body) => {
			if (side !== 'pipedrive' || status !== 429) return;
			this.count('429 of Pipedrive itself');
			if (body.includes('daily request budget exceeded')) {
				this.findings.push('Budget: the daily budget of Pipedrive was used up.');
			}
		};
		const erpUrl = await wire.open('erp', this.erp.url);
		this.published = {
			trigger: { file: source.file, type: source.file, parameters: this.triggerParameters() },
			upsert: {
				authentication: 'apiToken',
				resource: 'erpRecord',
				operation: 'upsert',
				record: '={{ $json }}',
				whenSetAside: 'output',
				options: { createMissingFields: true, ...source.upsertOptions },
			},
			credentials: {
				[source.erp.credentialType]: JSON.parse(
					JSON.stringify(this.erp.credential).replaceAll(this.erp.url, erpUrl),
				) as IDataObject,
				erpPipedriveApi: {
					apiToken: this.crm.token,
					companyDomain: 'sandbox',
					apiBaseUrl: await wire.open('pipedrive', this.crm.url),
					plan: 'premium',
					seats: 1,
					reservePercent: RESERVE,
				},
			},
			tablesUrl: await wire.open('tables', (path, body) => this.tables.answer(path, body)),
			staticData: '{}',
			seed: random.int(1, 1_000_000),
		};
	}

	async live(): Promise<void> {
		const { random } = this;
		for (let steps = random.int(8, 16); steps > 0; steps--) {
			const dice = random.next();
			if (dice < 0.3) this.changeErp();
			else if (dice < 0.52) this.arm();
			else if (dice < 0.62) this.jump();
			else await this.poll(random.chance(0.18) ? random.int(1, 40) : undefined);
		}
	}

	/** Nothing is wrong any more: how long until all is written? */
	async settle(): Promise<void> {
		const { wire, crm, world } = this;
		wire.clear();
		this.skewMs = 0;
		this.budget = PLENTY;
		crm.limits.setDailyTokens(PLENTY);
		let quiet = 0;
		for (let polls = 0; polls < 40 && quiet < 2; polls++) {
			world.at += polls === 3 ? 25 * HOUR : HOUR;
			const [runs, failed] = [this.runs.length, this.failedPolls];
			await this.poll(undefined, true);
			const isQuiet = this.runs.length === runs && this.failedPolls === failed;
			quiet = polls > 5 && isQuiet && this.tables.aside.length === 0 ? quiet + 1 : 0;
		}
		if (quiet >= 2) return;
		const waiting = this.tables.aside.map(({ externalId, reason }) => `${externalId} (${reason})`);
		this.findings.push(
			`After 40 quiet polls there is still something to do: ${waiting.join(', ')}`,
		);
	}

	check(): void {
		const { crm, erp, tables, strangers, removed, runs } = this;
		this.tampering.before?.(crm, tables);
		const lost = this.isWeak ? lostIn(runs) : [];
		this.findings.push(
			...stateFindings(erp.expected(), crm, { strangers, removed, lost }),
			...auditFindings({ expected: erp.expected(), runs, audit: tables.audit, lost, crm }),
		);
		this.count('records', erp.expected().companies.length + removed.length);
		this.count('tokens', crm.log.totals().tokens);
		this.count('runs', runs.length);
	}

	async end(): Promise<void> {
		if (this.process) {
			if (this.findings.length === 0) this.pool.giveBack(this.process);
			else await this.process.end();
		}
		await this.wire.close();
		await this.erp?.close();
		await this.crm?.close();
	}

	/** "When Handed Over": what a run had in hand that failed or died is not delivered again. */
	private get isWeak(): boolean {
		const { pollOptions } = this.published.trigger.parameters;
		return (pollOptions as IDataObject).moveMark === 'whenHandedOver';
	}

	private triggerParameters(): IDataObject {
		const { random, source } = this;
		return {
			...source.parameters(random),
			startFrom: 'everything',
			pollOptions: {
				maxRecords: random.int(2, 15),
				sweepEveryHours: 12,
				maxVanishedPercent: 60,
				moveMark: random.chance(0.15) ? 'whenHandedOver' : 'afterSuccess',
			},
		};
	}

	/** Companies of like names in one place would be taken for one and set aside: another test's matter. */
	private nameApart(): void {
		for (const { key, name } of this.erp.expected().companies) {
			this.erp.rename(key, `${key}${plain(name)}`.slice(0, 30));
		}
	}

	private changeErp(): void {
		const { random, erp, world } = this;
		const lateBy = random.chance(0.25) ? random.int(1, 60) * MINUTE : 0;
		// What is committed late carries the time at which it was made, behind what was read meanwhile.
		world.at -= lateBy;
		const { companies } = erp.expected();
		const { key } = random.pick(companies);
		const dice = random.next();
		// A working day goes on with any customer; one that is removed has nothing to change.
		if (dice < 0.5 && this.removed.length === 0) this.tell(`ERP: ${erp.tick()}`);
		else if (dice < 0.9 || companies.length < 3) {
			const name = `${key} renamed ${random.int(100, 999)}`;
			erp.rename(key, name);
			this.tell(`ERP: ${key} is called ${name}`);
		} else {
			erp.remove(key);
			this.removed.push(key);
			this.tell(`ERP: ${key} is removed`);
		}
		world.at += lateBy;
		if (lateBy > 0) this.count('late commits');
		if (lateBy > 0) this.tell(`  committed ${lateBy / MINUTE} minutes late`);
	}

	private arm(): void {
		if (this.source.hasSessions && this.random.chance(0.15)) {
			const reads = this.random.int(0, 4);
			this.erp.stumbleAfter(reads);
			this.count('session losses');
			return this.tell(`the ERP ends its sessions after ${reads} reads`);
		}
		const fault = faultIn(this.random);
		this.wire.arm(fault);
		const { side, kind, status = '', method = '', times, after } = fault;
		this.tell(`armed: ${side} ${kind} ${status} ${method} x${times} after ${after}`);
	}

	private jump(): void {
		const { random, world } = this;
		if (random.chance(0.5)) {
			const hours = random.pick([0.2, 3, 26]);
			world.at += hours * HOUR;
			return this.tell(`${hours} hours pass`);
		}
		this.skewMs = random.pick([-2 * HOUR, -20 * MINUTE, 0, 7 * MINUTE, 3 * HOUR]);
		this.count('clock jumps');
		this.tell(`n8n's clock is ${this.skewMs / MINUTE} minutes ahead`);
	}

	/** One tick, in a process that may be killed at the n-th request. */
	private async poll(dieAt?: number, isSettling = false): Promise<void> {
		const { random, wire, world } = this;
		world.at += random.int(60, 600) * 1000;
		if (dieAt !== undefined) {
			wire.killAt(dieAt, random.chance(0.5), () => {
				this.count('kills');
				this.tell(`killed at request ${dieAt}`);
				this.process?.kill();
			});
		}
		const spentBefore = this.crm.limits.spent;
		const tried = this.tables.due(world.at + this.skewMs, isSettling);
		const order = this.process ? this.tickOrder(tried, isSettling) : this.startOrder();
		this.process ??= this.pool.take();
		this.process.onTold = (told) => this.hear(told);
		const answer = await this.process.obey(order);
		if (answer === 'dead') await this.buried();
		else if (answer.told === 'broken') throw new Error(answer.message);
		else if (answer.told === 'done') world.at = Math.max(world.at, answer.world);
		wire.live();
		if (answer !== 'dead' && order.order === 'tick' && order.beside?.kind === 'retry') {
			const retry = [...this.runs].reverse().find(({ kind }) => kind === 'retry');
			if (retry?.isSuccess) this.tables.closeTried(tried);
		}
		const { limits } = this.crm;
		if (this.tampering.overspends) limits.setSpent(this.budget);
		const most = this.budget * (1 - RESERVE / 100) + ON_ITS_WAY;
		if (limits.spent > spentBefore && limits.spent > most) {
			this.findings.push(
				`Budget: ${limits.spent} of ${this.budget} tokens spent, reserve touched.`,
			);
		}
	}

	private async buried(): Promise<void> {
		if (!this.process?.isKilled) throw new Error('The process with the engine ended by itself.');
		await this.wire.quiet();
		this.process = undefined;
	}

	private startOrder(): StartOrder {
		const activation = this.wasPublished ? 'init' : 'activate';
		this.wasPublished = true;
		this.tell(`n8n starts (${activation})`);
		const credentials = this.credentials();
		const published = { ...this.published, credentials };
		return {
			order: 'start',
			activation,
			executionsBefore: this.runs.length,
			...published,
			world: this.world.at,
			skewMs: this.skewMs,
		};
	}

	private tickOrder(tried: readonly AsideRow[], isSettling: boolean): TickOrder {
		const { random } = this;
		const order: TickOrder = {
			order: 'tick',
			world: this.world.at,
			skewMs: this.skewMs,
			credentials: this.credentials(),
		};
		if (tried.length > 0) {
			order.beside = { kind: 'retry', rows: tried.map(({ payload }) => payload) };
		} else if (!isSettling && random.chance(0.2)) {
			order.beside = { kind: random.pick(['sameAgain', 'tick'] as const) };
		}
		if (order.beside) this.count('parallel runs');
		this.tell(`tick${order.beside ? ` beside ${order.beside.kind}` : ''}`);
		return order;
	}

	private credentials(): Published['credentials'] {
		const { credentials } = this.published;
		const pipedrive = { ...credentials.erpPipedriveApi, dailyLimit: this.budget };
		return { ...credentials, erpPipedriveApi: pipedrive };
	}

	private hear(told: Told): void {
		if (told.told === 'staticData') {
			this.published.staticData = told.staticData;
		}
		if (told.told === 'pollFailed') {
			this.failedPolls++;
			this.tell(`poll failed: ${told.message.slice(0, 120)}`);
		}
		if (told.told === 'begun') {
			const { executionId, kind, records } = told;
			this.runs.push({ executionId, kind, records, results: [], isSuccess: false });
			this.tell(`${kind} run of ${records.map((id) => id.split(':').at(-1)).join(' ')}`);
		}
		if (told.told === 'ended') {
			const run = [...this.runs].reverse().find((one) => one.executionId === told.run.executionId);
			Object.assign(run!, told.run, { hasEnded: true });
			const outcomes = told.run.results.map(({ outcome, reason }) => reason ?? outcome);
			this.tell(`  ended: ${told.run.error ?? tallied(outcomes)}`);
		}
	}

	private count(name: string, by = 1): void {
		this.own[name] = (this.own[name] ?? 0) + by;
	}

	private tell(line: string): void {
		const clock = new Date(this.world.at).toISOString().slice(5, 19);
		this.story.push(`${clock} ${line}`);
	}
}

/** Records whose last delivery by the trigger came to nothing. */
function lostIn(runs: readonly Run[]): string[] {
	const wasDelivered = new Map<string, boolean>();
	for (const { records, isSuccess } of runs) {
		for (const id of records) wasDelivered.set(id, isSuccess);
	}
	return [...wasDelivered].filter(([, isDone]) => !isDone).map(([id]) => id);
}

function tallied(outcomes: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
	return [...counts].map(([outcome, count]) => `${count} ${outcome.slice(0, 110)}`).join(', ');
}
