/** Notes and activities: our requests against Pipedrive's OpenAPI files, and Pipedrive's own client against the sandbox. */
import * as v1 from 'pipedrive/v1';
import * as v2 from 'pipedrive/v2';
import type { Endpoint } from '../../nodes/Pipedrive/call';
import type { ErpRecord } from '../../core/record/erpRecord';
import { documentIntents, type HistoryMode } from '../../nodes/Pipedrive/history/intents';
import { HISTORY_ENDPOINTS } from '../../nodes/Pipedrive/history/records';
import { idsIn } from '../../nodes/Pipedrive/history/block';
import { parseSummary } from '../../nodes/Pipedrive/history/summary';
import { writeHistory } from '../../nodes/Pipedrive/history/write';
import type { Remembered } from '../../nodes/Pipedrive/memory';
import { openBench, type Bench } from '../nodes/pipedrive/support.mts';
import { createPipedriveValidator } from './openapi.mts';
import { documentsPresent, loadOperations, skipReason } from './openapiDocuments.mts';

if (!documentsPresent) console.warn(skipReason);
const describeWith = documentsPresent ? describe : describe.skip;

let bench: Bench;
let memory: Map<string, Remembered>;

beforeEach(async () => {
	bench = await openBench({ record: true, withoutFields: true });
	bench.sandbox.seed({ organizations: 12, persons: 2 });
	memory = new Map();
});
afterEach(async () => await bench.close());

function record(n: number, open = '1200.50', isDeleted = false): ErpRecord {
	return {
		erp: {
			system: 'b1',
			entity: 'invoice',
			key: String(n),
			externalId: `b1:SBO:invoice:${n}`,
			version: open,
			changedAt: '2026-11-20',
			readAt: new Date(bench.clock.now()).toISOString(),
			isDeleted,
			isBlocked: false,
		},
		document: {
			kind: 'invoice',
			number: String(4000 + n),
			date: '2026-11-02',
			dueDate: '2026-12-02',
			total: '1200.50',
			open,
			currency: 'EUR',
			organizationExternalId: `b1:SBO:businessPartner:C${(n % 12) + 1}`,
			lines: [],
		},
	};
}

async function write(records: ErpRecord[], mode: HistoryMode, known = memory): Promise<void> {
	const { call, ports } = bench.environment();
	const documents = records.map((one, item) => ({ item, record: one, orgId: (item % 12) + 1 }));
	const intents = documentIntents(documents, mode, { isPinned: true, ownerId: 2 });
	const linked = intents.map((intent) =>
		intent.entity === 'activity'
			? { ...intent, dueTime: '09:05', link: { ...intent.link, personId: 1 } }
			: intent,
	);
	await writeHistory(
		{
			...{ call, ports, alone: bench.memory.alone, isDryRun: false, concurrency: 4 },
			recall: (entity, externalId) => known.get(`${entity}|${externalId}`),
			remember: (entity, externalId, what) => known.set(`${entity}|${externalId}`, what),
		},
		linked,
	);
}

describeWith('the endpoint table of notes and activities', () => {
	const operations = documentsPresent ? loadOperations() : [];
	const endpoints: Endpoint[] = Object.values(HISTORY_ENDPOINTS).flatMap((of) => Object.values(of));

	it.each(endpoints.map((one) => [`${one.method} v${one.version}${one.path}`, one] as const))(
		'%s exists and costs what the document says',
		(_, { method, path, version, cost }) => {
			const operation = operations.find(
				(one) => one.method === method && one.path === path && one.version === `v${version}`,
			);
			expect(operation?.cost).toBe(cost);
		},
	);
});

describeWith('every exchange of notes and activities', () => {
	it.each<HistoryMode>(['summaryNote', 'note', 'activity'])(
		'as %s fits the documents',
		async (mode) => {
			const numbers = Array.from({ length: 24 }, (_, n) => n);
			await write(
				numbers.map((n) => record(n)),
				mode,
			);
			bench.clock.advance(60_000);
			await write(
				numbers.map((n) => record(n, n % 2 === 0 ? '0' : '17')),
				mode,
			);
			// The table is lost: lists instead of single reads.
			await write([record(3, '1')], mode, new Map());
			await write(
				numbers.map((n) => record(n, '5', n % 3 === 0)),
				mode,
				new Map(),
			);
			const validator = createPipedriveValidator();
			const { exchanges } = bench.sandbox.log;
			const faults = exchanges.flatMap((exchange) => validator.check(exchange as never));
			console.info(
				`${exchanges.length} exchanges held against the documents, ${faults.length} faults`,
			);
			expect([...new Set(faults)].slice(0, 10)).toEqual([]);
			const methods = new Set(exchanges.map(({ method }) => method));
			expect([...methods].sort()).toEqual(
				['GET', mode === 'activity' ? 'PATCH' : 'PUT', 'POST'].sort(),
			);
			expect(exchanges.every(({ status }) => status < 300)).toBe(true);
		},
	);
});

describe("Pipedrive's own client", () => {
	const first = () =>
		new v1.Configuration({ apiKey: bench.sandbox.token, basePath: `${bench.sandbox.url}/v1` });
	const second = () =>
		new v2.Configuration({ apiKey: bench.sandbox.token, basePath: `${bench.sandbox.url}/api/v2` });

	it('creates, lists, reads, changes and deletes a note', async () => {
		const api = new v1.NotesApi(first());
		const { data } = await api.addNote({
			AddNoteRequest: {
				content: '<b>Grüße</b><br/>🚀 &amp; more',
				org_id: 1,
				pinned_to_organization_flag: 1,
			},
		});
		const id = data?.id as number;
		expect(data).toMatchObject({ content: '<b>Grüße</b><br>🚀 &amp; more', org_id: 1 });
		const list = await api.getNotes({ org_id: 1, sort: 'id DESC', limit: 1 });
		expect(list.data?.map((note) => note.id)).toEqual([id]);
		await api.updateNote({ id, NoteRequest: { content: 'new' } });
		expect((await api.getNote({ id })).data).toMatchObject({
			content: 'new',
			pinned_to_organization_flag: true,
		});
		await api.deleteNote({ id });
		expect((await api.getNotes({ org_id: 1 })).data ?? []).toEqual([]);
	});

	it('creates, lists, reads, changes and deletes an activity', async () => {
		const api = new v2.ActivitiesApi(second());
		const { data } = await api.addActivity({
			AddActivityRequest: {
				...{ subject: 'Anruf Müller', type: 'call', org_id: 1, due_date: '2026-12-01' },
				...{ due_time: '09:05', note: 'Grüße 🚀', participants: [{ person_id: 1, primary: true }] },
			},
		});
		const id = data?.id as number;
		expect(data).toMatchObject({ subject: 'Anruf Müller', due_time: '09:05:00', person_id: 1 });
		await api.updateActivity({ id, AddActivityRequest: { done: true } });
		const list = await api.getActivities({ org_id: 1, done: true, sort_by: 'id' });
		expect(list.data?.map((activity) => activity.id)).toEqual([id]);
		expect((await api.getActivity({ id })).data).toMatchObject({ done: true, note: 'Grüße 🚀' });
		await api.deleteActivity({ id });
		expect((await api.getActivities({ org_id: 1 })).data).toEqual([]);
	});

	it('reads what we wrote, and what it wrote itself we find again', async () => {
		await write([record(0)], 'summaryNote');
		const api = new v1.NotesApi(first());
		const [note] = (await api.getNotes({ org_id: 1 })).data ?? [];
		const id = note.id as number;
		const [externalId] = idsIn(note.content as string);
		expect(parseSummary(note.content as string, externalId)).toHaveLength(1);
		await api.updateNote({ id, NoteRequest: { content: `Hand<br>${note.content as string}` } });
		await write([record(0, '0')], 'summaryNote', new Map());
		const after = await api.getNotes({ org_id: 1 });
		expect(after.data).toHaveLength(1);
		expect(after.data?.[0].content).toMatch(/^Hand<br>.*\| paid \|/s);
	});
});
