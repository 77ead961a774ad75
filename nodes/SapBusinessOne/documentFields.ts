import type { INodeProperties } from 'n8n-workflow';

/** Fields of any document that is created, whoever asks for it. */
export const branch: INodeProperties = {
	displayName: 'Branch',
	name: 'BPL_IDAssignedToInvoice',
	type: 'number',
	default: 0,
	description: 'ID of the branch, required in companies with branches',
};

export const furtherFields: INodeProperties = {
	displayName: 'Further Fields (JSON)',
	name: 'json',
	type: 'json',
	default: '{}',
	description: 'Any other fields of the document, as the Service Layer takes them',
};

export const postingDate: INodeProperties = {
	displayName: 'Posting Date',
	name: 'DocDate',
	type: 'string',
	default: '',
	placeholder: '2026-11-20',
	description: 'Empty: today',
};

export const series: INodeProperties = {
	displayName: 'Series',
	name: 'Series',
	type: 'number',
	default: 0,
	description: 'Numbering series of the document',
};
