import { randomUUID } from 'node:crypto';
import type { IRun } from 'n8n-workflow';
import type { Checkpoint } from '../sync/checkpoint';
import type { SyncError } from '../sync/errors';

/** The batch that was handed to n8n and whose run has not been judged yet. Stored beside the checkpoint. */
export interface InFlight {
	batchId: string;
	/** Epoch milliseconds. */
	startedAt: number;
	processId: string;
	size: number;
	/** Keys of its last records, as many as a sweep remembers. */
	keys: string[];
}

export type RunOutcome = { status: 'success' } | { status: 'error'; message: string; at: number };

export interface Run {
	/** True once the batch is delivered. */
	next: Checkpoint;
	complaint?: SyncError;
	outcome?: RunOutcome;
	settled: Promise<RunOutcome>;
}

/**
 * Whether an ended run succeeded. n8n 2 says so in `status`; n8n 1.123 leaves `status` at `running` and sets
 * `finished`. A run that waits has taken its items over.
 */
export function outcomeOf(run: IRun | undefined, at: number): RunOutcome {
	const error = run?.data?.resultData?.error;
	if (
		run &&
		!error &&
		(run.finished === true || run.status === 'success' || run.status === 'waiting')
	) {
		return { status: 'success' };
	}
	const message = error?.message ?? `The run ended with status "${run?.status ?? 'unknown'}".`;
	return { status: 'error', message, at };
}

/** What is known of one trigger node in this process. */
export interface TriggerMemory {
	isPolling: boolean;
	runs: Map<string, Run>;
	/** Polls that failed in a row, before anything was handed over. */
	failedPolls: number;
	quietUntil: number;
	/** What the last poll found stored. */
	lastKnown?: Checkpoint;
}

/** What one n8n process knows of its triggers; gone when the process ends. */
export class ProcessMemory {
	readonly id = randomUUID();
	private firstPollAt: number | undefined;
	private readonly triggers = new Map<string, TriggerMemory>();
	private readonly registrations = new WeakSet<object>();

	/** Epoch milliseconds of the first poll in this process. */
	aliveSince(now: number): number {
		this.firstPollAt ??= now;
		return this.firstPollAt;
	}

	of(triggerId: string): TriggerMemory {
		const known = this.triggers.get(triggerId);
		if (known) return known;
		const memory = { isPolling: false, runs: new Map(), failedPolls: 0, quietUntil: 0 };
		this.triggers.set(triggerId, memory);
		return memory;
	}

	/** True once per registration: the legacy engine hands the same object to every tick of one. */
	isFirstPollOf(registration: object): boolean {
		if (this.registrations.has(registration)) return false;
		this.registrations.add(registration);
		return true;
	}
}
