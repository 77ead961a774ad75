import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { ErpIdentity } from '../../../core/record/erpRecord';
import { fingerprintOf } from '../../../core/record/fingerprint';
import type { EntityName } from '../entities';
import type { Prepared } from '../prepare';
import type { Job } from '../report';
import { SUPPRESSED } from '../suppression';

/** The items of a run, read from the node's parameters. */
export interface Batch {
	/** Entities whose fields have to be known. */
	entities: readonly EntityName[];
	/** Those of them that are found and not written: nothing but their external id field is needed. */
	lookedUp?: readonly EntityName[];
	/** What came in, for the items that cannot even be looked at. */
	waiting(item: number): Pick<Job, 'erp' | 'payload'>;
	build(prepared: Prepared): Job[] | Promise<Job[]>;
}

export const NO_IDENTITY: ErpIdentity = {
	system: '',
	entity: '',
	key: '',
	externalId: '',
	version: '',
	changedAt: '',
	readAt: '',
	isDeleted: false,
	isBlocked: false,
};

/** Of a record that the user describes in the node. Our own external ids tell where it comes from. */
export function identityOf(
	externalId: string,
	entity: string,
	content: unknown,
	changedAt: string,
): ErpIdentity {
	const parts = externalId.split(':');
	const isOurs = parts.length === 4;
	return {
		...NO_IDENTITY,
		system: isOurs ? parts[0] : '',
		entity: isOurs ? parts[2] : entity,
		key: isOurs ? parts[3] : externalId,
		externalId,
		version: fingerprintOf(content),
		changedAt,
	};
}

export function attemptOf({ json }: INodeExecutionData): number {
	return Number(json.attempt ?? 0) || 0;
}

/** Without a trace of who it was. */
export function suppressedJob(item: number): Job {
	return { item, erp: NO_IDENTITY, payload: {}, intents: [], attempt: 0, refusal: SUPPRESSED };
}

export function textOf(context: IExecuteFunctions, name: string, item: number): string {
	return String(context.getNodeParameter(name, item, '') ?? '').trim();
}

/** Why an item cannot be written whose External ID is empty. */
export function noExternalId(item: number): string {
	return `Item ${item + 1} has no External ID: fill "External ID" of the node with the field that holds the ERP's own ID`;
}

/** A reference to another record: Pipedrive's number, or the external id. */
export function referenceOf(text: string): { pipedriveId?: number; externalId?: string } {
	if (text === '') return {};
	return /^\d+$/.test(text) ? { pipedriveId: Number(text) } : { externalId: text };
}
