/** What the event trigger sends and takes, held against the sheet on webhooks of the Service Layer (10.0 FP 2602). */
import { existsSync, readFileSync } from 'node:fs';
import {
	eventsOf,
	TRANSACTIONS,
	type EventEntity,
} from '../../nodes/SapBusinessOne/events/objects';
import { addSubscription } from '../../nodes/SapBusinessOne/events/subscriptions';
import type { ServiceLayer } from '../../nodes/SapBusinessOne/serviceLayer';
import { b1Metadata } from './b1-metadata.mts';

const SHEET = '../shared/reference/sap-b1-syspro-sage300.md';
const metadata = b1Metadata();
const isHere = existsSync(SHEET) && metadata !== undefined;
const where = isHere ? '' : ` (skipped: ${SHEET} or the metadata is absent)`;
const ENTITIES: readonly EventEntity[] = [
	'businessPartner',
	'creditNote',
	'incomingPayment',
	'invoice',
	'item',
	'order',
];

(isHere ? describe : describe.skip)(`events of SAP Business One and the sheet${where}`, () => {
	const section = isHere
		? (readFileSync(SHEET, 'utf8').split('### A7.')[1]?.split('\n### ')[0]?.split('\n## ')[0] ?? '')
		: '';
	const words = new Set(section.match(/[A-Za-z0-9-]+/g));
	const missing = (names: readonly string[]) => names.filter((name) => !words.has(name));

	it.each(['sha256', 'sha384', 'sha512'] as const)(
		'a subscription signed by %s holds fields and values of the sheet only',
		async (algorithm) => {
			const sent: Array<{ method: string; path: string; json: Record<string, unknown> }> = [];
			const service = {
				connection: { version: 'v2' },
				send: async (request: (typeof sent)[number]) => void sent.push(request),
			} as unknown as ServiceLayer;
			const events = eventsOf('order', TRANSACTIONS, true);
			await addSubscription(service, {
				url: 'https://n8n.example/hook',
				events,
				secret: 'a long secret of ours',
				algorithm,
				handshake: true,
				verifyCertificate: true,
			});
			const [{ method, path, json }] = sent;
			expect([method, path]).toEqual(['POST', 'EventSubscriptions']);
			const { Algorithm, ...key } = JSON.parse(String(json.AuthenticationCred)) as {
				Algorithm: string;
			};
			const names = [path, ...Object.keys(json), ...Object.keys(key), 'Algorithm'];
			names.push(...Object.keys((json.EventCollection as object[])[0]));
			names.push(String(json.AuthenticationType), String(json.Handshake));
			expect(missing(names)).toEqual([]);
			// The sheet names them as HMACSha256/384/512.
			expect(section).toContain('HMACSha256/384/512');
			expect(Algorithm).toBe(`HMACSha${algorithm.slice(3)}`);
			process.stdout.write(
				`SAP Business One events: checked ${names.length} names (${algorithm})\n`,
			);
		},
	);

	it('what happened is told in the words of the sheet, and each object is an entity set of the vendor', () => {
		expect(missing(TRANSACTIONS)).toEqual([]);
		const objects = ENTITIES.flatMap((entity) => eventsOf(entity, TRANSACTIONS, true)).map(
			({ BusinessObject }) => BusinessObject,
		);
		const unknown = [...new Set(objects)].filter((name) => !metadata?.sets.has(name));
		expect(unknown).toEqual([]);
	});

	it('token and signature are read from the headers of the sheet', () => {
		const code = ['SapBusinessOneEventTrigger.node.ts', 'events/secrets.ts']
			.map((file) => readFileSync(`nodes/SapBusinessOne/${file}`, 'utf8'))
			.join('\n');
		const headers = [...code.matchAll(/'(x-b1-[a-z-]+)'/g)].map(([, name]) => name);
		expect(new Set(headers).size).toBe(2);
		const known = section.toLowerCase();
		expect(headers.filter((name) => !known.includes(`\`${name}\``))).toEqual([]);
	});
});
