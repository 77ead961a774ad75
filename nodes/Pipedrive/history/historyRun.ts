import type { Ports } from '../../../core/http/ports';
import type { Caller } from '../call';
import type { Remembered } from '../memory';
import type { Stop } from '../run';
import type { HistoryEntity } from './intents';
import type { HistoryApi } from './records';
import type { Shelf } from './shelf';

export interface HistoryContext {
	call: Caller;
	ports: Ports;
	/** Runs alone among all callers of this company that name one of the keys. */
	alone<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
	recall(entity: HistoryEntity, externalId: string): Remembered | undefined;
	/** Told while the locks are held, so that a parallel run recalls it. */
	remember?(entity: HistoryEntity, externalId: string, what: Remembered): void;
	isDryRun: boolean;
	/** Links that are written at the same time. */
	concurrency: number;
	/** A note or activity that a person deleted is created again. */
	recreateDeleted?: boolean;
	/** The user stopped the execution. */
	isCancelled?(): boolean;
}

/** What one batch has learnt so far. */
export interface HistoryRun {
	context: HistoryContext;
	api: HistoryApi;
	shelves: Record<HistoryEntity, Shelf>;
	/** Nothing more is sent. */
	stop?: Stop;
	/** Creates are refused by the plan's cap or a missing right. */
	createsStopped: Partial<Record<HistoryEntity, Stop>>;
	/** Failed requests in a row that got no answer; counted by `stopOf`. */
	silence: number;
	environment: { ports: Ports };
}
