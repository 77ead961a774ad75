/** What the harness and the process with n8n's engine tell each other. */
import type { IDataObject } from 'n8n-workflow';

/** What n8n keeps in its database, as far as the process needs it. */
export interface Published {
	/** Below `nodes/`, with the name of the class behind it. */
	trigger: { file: string; type: string; parameters: IDataObject };
	upsert: IDataObject;
	/** By credential type. */
	credentials: Record<string, IDataObject>;
	/** Where the Data Tables answer. */
	tablesUrl: string;
	/** The workflow's static data as saved last. */
	staticData: string;
	seed: number;
}

export interface Clocks {
	/** Epoch milliseconds of everybody but n8n. */
	world: number;
	/** How far n8n's clock is ahead. */
	skewMs: number;
}

/** Forgets the node's modules with all they remember, and publishes: what a start of n8n does. */
export interface StartOrder extends Published, Clocks {
	order: 'start';
	/** `init`: n8n starts and the workflow was published before. */
	activation: 'activate' | 'init';
	/** n8n's database counts on over restarts. */
	executionsBefore: number;
}

/** One tick of the schedule, to the end of its runs. */
export interface TickOrder extends Clocks {
	order: 'tick';
	credentials: Published['credentials'];
	/** What else happens at the same time. */
	beside?: { kind: 'retry'; rows: IDataObject[] } | { kind: 'sameAgain' } | { kind: 'tick' };
}

export type Order = StartOrder | TickOrder;

export interface RunReport {
	kind: 'poll' | 'retry' | 'sameAgain';
	executionId: string;
	isSuccess: boolean;
	error?: string;
	/** External ids of the records that went in. */
	records: string[];
	/** Of both outputs, persons too. */
	results: Array<{ externalId: string; outcome: string; reason?: string }>;
}

export type Told =
	| { told: 'ready' }
	| { told: 'staticData'; staticData: string }
	| { told: 'begun'; executionId: string; kind: RunReport['kind']; records: string[] }
	| { told: 'ended'; run: RunReport }
	| { told: 'pollFailed'; message: string }
	| { told: 'done'; world: number }
	| { told: 'broken'; message: string };
