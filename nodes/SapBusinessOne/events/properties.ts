import type { INodeProperties } from 'n8n-workflow';
import { TRANSACTIONS } from './objects';

const MASTERS = ['businessPartner', 'item'];

const DOCUMENTS = ['creditNote', 'incomingPayment', 'invoice', 'order'];
const EVENTS = TRANSACTIONS.map((value) => ({ name: value, value }));

/** What is subscribed to, and how. */
export const eventProperties: INodeProperties[] = [
	{
		displayName: 'Entity',
		name: 'entity',
		type: 'options',
		noDataExpression: true,
		default: 'businessPartner',
		options: [
			{ name: 'Business Partner', value: 'businessPartner' },
			{ name: 'Credit Note', value: 'creditNote' },
			{ name: 'Incoming Payment', value: 'incomingPayment' },
			{ name: 'Invoice', value: 'invoice' },
			{ name: 'Item', value: 'item' },
			{ name: 'Sales Order', value: 'order' },
		],
	},
	{
		displayName: 'Events',
		name: 'masterEvents',
		type: 'multiOptions',
		displayOptions: { show: { entity: MASTERS } },
		options: EVENTS,
		default: ['Created', 'Updated', 'Deleted'],
		description:
			'What happened. An event that the object does not know is refused when you publish.',
	},
	{
		displayName: 'Events',
		name: 'documentEvents',
		type: 'multiOptions',
		displayOptions: { show: { entity: DOCUMENTS } },
		options: EVENTS,
		default: ['Created', 'Updated', 'Cancelled', 'Closed'],
		description:
			'What happened. An event that the object does not know is refused when you publish.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Answer Within (Seconds)',
				name: 'answerWithin',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 60 },
				default: 8,
				description:
					'How long records may be read before SAP Business One gets its answer; it waits 10 seconds. What is not read by then counts as not readable.',
			},
			{
				displayName: 'Handshake',
				name: 'handshake',
				type: 'boolean',
				default: true,
				description: 'Whether SAP Business One asks this address for an answer when you publish',
			},
			{
				displayName: 'Signature Algorithm',
				name: 'signatureAlgorithm',
				type: 'options',
				options: [
					{ name: 'HMAC-SHA256', value: 'sha256' },
					{ name: 'HMAC-SHA384', value: 'sha384' },
					{ name: 'HMAC-SHA512', value: 'sha512' },
				],
				default: 'sha256',
			},
			{
				displayName: 'Verify Certificate',
				name: 'verifyCertificate',
				type: 'boolean',
				default: true,
				description: 'Whether SAP Business One checks the certificate of n8n',
			},
			{
				displayName: 'When a Record Cannot Be Read',
				name: 'whenUnread',
				type: 'options',
				options: [
					{
						name: 'Fail',
						value: 'fail',
						description: 'The whole delivery: SAP Business One sends it again a few times',
					},
					{
						name: 'Send On With Its Error',
						value: 'output',
						description: 'An item with event and error, beside those that could be read',
					},
				],
				default: 'output',
				description: 'An event names a record only; the record is read afterwards',
			},
		],
	},
];
