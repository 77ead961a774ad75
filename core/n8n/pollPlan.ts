import type { IDataObject } from 'n8n-workflow';
import type { Ports } from '../http/ports';
import type { DeltaSource } from '../sync/source';
import type { ProcessMemory } from './runs';

/** What a trigger node tells about itself. */
export interface PollPlan<R> {
	source: DeltaSource<R>;
	/** Another entity, filter or company is another scope and starts with a checkpoint of its own. */
	scope: string;
	/** IANA name of the zone in which the ERP writes its dates. */
	zone: string;
	toItem(record: R): IDataObject;
	defaults?: { lookbackMinutes?: number; sweepEveryHours?: number };
}

/** Clock and memory of the process that polls. */
export interface PollHost {
	ports: Ports;
	process: ProcessMemory;
}
