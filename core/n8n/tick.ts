import { randomUUID } from 'node:crypto';
import type { INodeExecutionData, IPollFunctions, IRun } from 'n8n-workflow';
import { CoreError } from '../http/errors';
import type { Ports } from '../http/ports';
import { parseCheckpoint, rewound, type Checkpoint } from '../sync/checkpoint';
import { drain, type Drained, type DrainLimits } from '../sync/drain';
import { afterFailure, afterSuccess, isPausing, type RunFailures } from '../sync/failures';
import { MAX_DELIVERED, withDelivered } from '../sync/sweep';
import { toNodeError } from './errors';
import { firstCheckpoint } from './firstPoll';
import { assertLookback } from './lookback';
import { budgetMsOf, DEFAULT_BUDGET_MS } from './pollBudget';
import type { PollHost, PollPlan } from './pollPlan';
import { localNow, pollSettings, type PollSettings } from './pollProperties';
import { inReadingOrder } from './readTimes';
import { outcomeOf, type InFlight, type Run, type TriggerMemory } from './runs';

/** What n8n stores for the node. Whole keys are assigned, never changed in place: n8n sees only assignments. */
interface StoredState {
	checkpoint?: Checkpoint;
	inFlight?: InFlight | null;
	failures?: RunFailures | null;
	/** When this scope was polled first, even if the ERP did not answer then. */
	firstPoll?: { scope: string; at: string };
	/** The latest time of reading that was handed over. */
	readTo?: string;
}

const FETCH_SHARE = 0.6;

export interface Occasion {
	/** The first poll of a registration; in the durable engine each is one. */
	isFirst: boolean;
	/** A person has just published the workflow: pauses after failures are over. */
	isPublished: boolean;
}

/** One poll in production: judge, read, hand over. */
export class Tick<R> {
	private readonly settings: PollSettings;
	private readonly state: StoredState;
	private readonly ports: Ports;
	private readonly startedAt: number;
	private readonly aliveSince: number;
	private readonly fetchUntil: number;

	constructor(
		private readonly context: IPollFunctions,
		private readonly plan: PollPlan<R>,
		private readonly memory: TriggerMemory,
		private readonly host: PollHost,
		private readonly occasion: Occasion,
	) {
		this.settings = pollSettings(context, plan.zone, plan.defaults);
		this.state = context.getWorkflowStaticData('node') as StoredState;
		this.ports = host.ports;
		const { source, zone } = plan;
		assertLookback(source, zone, this.settings.lookbackSeconds, this.ports.now());
		this.startedAt = this.ports.now();
		this.aliveSince = host.process.aliveSince(this.startedAt);
		this.fetchUntil = this.startedAt + budgetMsOf(context) * FETCH_SHARE;
	}

	async run(): Promise<INodeExecutionData[][] | null> {
		if (!this.judgeInFlight()) return null;
		const { failures } = this.state;
		if (!this.occasion.isPublished && isPausing(failures?.nextTryAt, this.ports.now())) return null;
		let checkpoint = await this.startingPoint();
		for (;;) {
			const drained = await drain(this.plan.source, checkpoint, this.limits());
			if (drained.records.length === 0) {
				checkpoint = this.moveTo(drained);
			} else if (this.settings.moveMark === 'whenHandedOver' || !this.canAwaitRuns()) {
				this.moveTo(drained);
				return [this.itemsOf(drained)];
			} else {
				const run = this.handOver(checkpoint, drained);
				if (!(await this.isDoneInTime(run, drained.hasMore)) || !this.judgeInFlight()) return null;
				if (isPausing(this.state.failures?.nextTryAt, this.ports.now())) return null;
				checkpoint = drained.next;
			}
			if (!drained.hasMore || !this.hasTime()) return null;
		}
	}

	/** False while a batch is still being worked on. */
	private judgeInFlight(): boolean {
		const { inFlight } = this.state;
		if (!inFlight) return true;
		const run = this.memory.runs.get(inFlight.batchId);
		// Far ahead: a clock was wrong when it began, or is set back since.
		const isYoung = Math.abs(this.ports.now() - inFlight.startedAt) < this.settings.maxRunMs;
		if (!run) {
			// Started before this process: its process is gone. Else another process is at work on it.
			const { process } = this.host;
			const isOrphan = inFlight.startedAt < this.aliveSince || inFlight.processId === process.id;
			if (isYoung && !isOrphan) return false;
			this.noteDoubt(inFlight);
		} else if (!run.outcome) {
			if (isYoung) return false;
			this.noteDoubt(inFlight);
		} else if (run.outcome.status === 'success') {
			this.state.checkpoint = run.next;
			this.state.failures =
				afterSuccess(this.state.failures ?? undefined, this.settings.maxRecords) ?? null;
			if (run.complaint)
				this.context.__emitError(toNodeError(this.context.getNode(), run.complaint));
		} else {
			this.noteDoubt(inFlight);
			this.noteFailure(inFlight, run.outcome);
		}
		this.state.inFlight = null;
		return true;
	}

	/** Some of its records may be written. One that is gone from the ERP when they are read again would be told by nobody. */
	private noteDoubt({ keys }: InFlight): void {
		const { checkpoint } = this.state;
		if (!checkpoint?.sweep) return;
		const sweep = withDelivered(checkpoint.sweep, keys ?? []);
		this.state.checkpoint = { ...checkpoint, sweep };
	}

	private noteFailure(inFlight: InFlight, outcome: { message: string; at: number }): void {
		const before = this.state.failures ?? undefined;
		this.state.failures = afterFailure(before, { ...outcome, batchSize: inFlight.size });
		const onlyKey = inFlight.size === 1 ? inFlight.keys?.[0] : undefined;
		if (onlyKey === undefined || this.state.failures.equal < 2) return;
		this.context.__emitError(
			toNodeError(
				this.context.getNode(),
				new CoreError('invalid', `Record ${onlyKey} makes the run fail: ${outcome.message}`, {
					remedy:
						'It is delivered again and again until the run succeeds. Correct the record in the ERP, or let the failing node send it to an error or set-aside output.',
				}),
			),
		);
	}

	private async startingPoint(): Promise<Checkpoint> {
		const { rewindTo } = this.settings;
		const stored = parseCheckpoint(this.state.checkpoint, this.plan.scope, rewindTo);
		const known = stored ?? this.beforeRenaming();
		const checkpoint = rewound(known ?? (await this.firstCheckpoint()), rewindTo);
		this.memory.lastKnown = known;
		if (checkpoint !== stored) this.state.checkpoint = checkpoint;
		return checkpoint;
	}

	/** n8n keeps a trigger's state under its name: one that is renamed begins with none, and is still the same node. */
	private beforeRenaming(): Checkpoint | undefined {
		const { lastKnown } = this.memory;
		const isNew = Object.keys(this.state).length === 0;
		return isNew && lastKnown?.scope === this.plan.scope ? lastKnown : undefined;
	}

	private async firstCheckpoint(): Promise<Checkpoint> {
		const { startFrom, startDate, sweepEveryMs } = this.settings;
		const { scope, source } = this.plan;
		const limits = this.limits();
		const { firstPoll } = this.state;
		const since = firstPoll?.scope === scope ? firstPoll.at : undefined;
		// n8n saves this right after publishing, whether or not the ERP answers now.
		if (since === undefined) this.state.firstPoll = { scope, at: limits.localNow };
		return await firstCheckpoint(source, {
			scope,
			startFrom,
			startDate,
			since,
			sweepEveryMs,
			limits,
		});
	}

	private limits(): DrainLimits {
		const { settings, ports } = this;
		const sweepMs = settings.sweepEveryMs * (0.9 + 0.2 * ports.random());
		return {
			maxRecords: this.state.failures?.batchSize ?? settings.maxRecords,
			hasTime: () => this.hasTime(),
			lookbackSeconds: settings.lookbackSeconds,
			localNow: localNow(ports.now(), this.plan.zone),
			now: ports.now(),
			sweep:
				settings.sweepEveryMs === 0 &&
				this.plan.source.changes &&
				!this.state.checkpoint?.sweep?.running
					? undefined
					: {
							maxVanishedShare: settings.maxVanishedShare,
							alwaysAllowedVanished: 20,
							nextAt: ports.now() + sweepMs,
						},
		};
	}

	private moveTo(drained: Drained<R>): Checkpoint {
		this.state.checkpoint = drained.next;
		if (drained.complaint) {
			this.context.__emitError(toNodeError(this.context.getNode(), drained.complaint));
		}
		return drained.next;
	}

	/** Gives the batch to n8n. The checkpoint stays where it is until the run is judged. */
	private handOver(checkpoint: Checkpoint, drained: Drained<R>): Run {
		const batchId = randomUUID();
		const deferred = this.context.helpers.createDeferredPromise<IRun | undefined>();
		const run: Run = {
			next: drained.next,
			complaint: drained.complaint,
			settled: deferred.promise.then(
				(ended) => outcomeOf(ended, this.ports.now()),
				(error: unknown) => ({
					status: 'error' as const,
					message: error instanceof Error ? error.message : String(error),
					at: this.ports.now(),
				}),
			),
		};
		void run.settled.then((outcome) => (run.outcome = outcome));
		// Only now: what a tick judged is lost in the legacy engine when the workflow is published anew, and judged again.
		this.memory.runs.clear();
		this.memory.runs.set(batchId, run);
		const { records } = drained;
		const items = this.itemsOf(drained);
		this.state.checkpoint = checkpoint;
		this.state.inFlight = {
			batchId,
			startedAt: this.ports.now(),
			processId: this.host.process.id,
			size: records.length,
			keys: records.slice(-MAX_DELIVERED).map(({ key }) => key),
		};
		this.context.__emit([items], undefined, deferred);
		return run;
	}

	private itemsOf(drained: Drained<R>): INodeExecutionData[] {
		const items = drained.records.map(({ record }) => this.plan.toItem(record));
		const ordered = inReadingOrder(items, this.state.readTo);
		if (ordered.readTo !== this.state.readTo) this.state.readTo = ordered.readTo;
		return ordered.items.map((json) => ({ json }));
	}

	/** Waits for the run as long as this poll may, where there is more to deliver. */
	private async isDoneInTime(run: Run, hasMore: boolean): Promise<boolean> {
		const timeLeftMs = this.fetchUntil - this.ports.now();
		if (!hasMore || !this.settings.drainBacklog || this.isActivation() || timeLeftMs <= 0)
			return false;
		let isOver = false;
		await Promise.race([
			run.settled.then(() => (isOver = true)),
			this.untilFetchEnds(() => isOver),
		]);
		return run.outcome !== undefined;
	}

	private async untilFetchEnds(isOver: () => boolean): Promise<void> {
		while (!isOver() && this.hasTime()) {
			await this.ports.sleep(Math.min(1000, Math.max(1, this.fetchUntil - this.ports.now())));
		}
	}

	/** The legacy engine polls while it publishes and makes the person wait for it; later polls nobody waits for. */
	private isActivation(): boolean {
		return this.occasion.isFirst && budgetMsOf(this.context) === DEFAULT_BUDGET_MS;
	}

	private canAwaitRuns(): boolean {
		return typeof this.context.helpers.createDeferredPromise === 'function';
	}

	private hasTime(): boolean {
		return this.ports.now() < this.fetchUntil;
	}
}
