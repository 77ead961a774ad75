/** Notes and activities against the sandbox: each exists once, says what the ERP says, and costs no more than it must. */
import type { ErpDocument, ErpRecord } from '../../../core/record/erpRecord';
import { visibleLines } from '../../../nodes/Pipedrive/history/html';
import {
	documentIntents,
	type ActivityIntent,
	type DocumentOptions,
	type HistoryIntent,
	type HistoryMode,
	type NoteIntent,
} from '../../../nodes/Pipedrive/history/intents';
import type { HistoryContext } from '../../../nodes/Pipedrive/history/historyRun';
import { parseSummary } from '../../../nodes/Pipedrive/history/summary';
import { writeHistory } from '../../../nodes/Pipedrive/history/write';
import type { Remembered } from '../../../nodes/Pipedrive/memory';
import type { FaultKind } from '../../sandbox/pipedrive/faults.mts';
import type { PipedriveOptions } from '../../sandbox/pipedrive/server.mts';
import { openBench, type Bench } from './support.mts';

type Memory = Map<string, Remembered>;

let bench: Bench;
let memory: Memory;
afterEach(async () => await bench.close());

async function open(options: PipedriveOptions = {}): Promise<void> {
	bench = await openBench({ withoutFields: true, ...options });
	bench.sandbox.seed({ organizations: 60, persons: 3 });
	memory = new Map();
}

/** One run of the node; `remembered` = the id table it starts with. */
async function write(
	intents: HistoryIntent[],
	change: Partial<HistoryContext> = {},
	remembered: Memory = memory,
) {
	const environment = bench.environment();
	const before = bench.sandbox.log.entries.length;
	const results = await writeHistory(
		{
			call: environment.call,
			ports: environment.ports,
			alone: bench.memory.alone,
			recall: (entity, externalId) => remembered.get(`${entity}|${externalId}`),
			remember: (entity, externalId, what) => remembered.set(`${entity}|${externalId}`, what),
			isDryRun: false,
			concurrency: 4,
			...change,
		},
		intents,
	);
	const sent = bench.sandbox.log.entries.slice(before);
	return {
		results,
		outcomes: results.map(({ outcome }) => outcome),
		requests: sent.map(({ method, operation }) => `${method} ${operation}`),
		tokens: sent.reduce((sum, { tokens }) => sum + tokens, 0),
	};
}

function invoice(n: number, change: Partial<ErpDocument> = {}, orgId = 1): ErpRecord {
	return {
		erp: {
			system: 'b1',
			entity: 'invoice',
			key: String(n),
			externalId: `b1:SBO:invoice:${n}`,
			version: JSON.stringify(change),
			changedAt: '2026-11-20',
			readAt: new Date(bench.clock.now()).toISOString(),
			isDeleted: false,
			isBlocked: false,
		},
		document: {
			kind: 'invoice',
			number: String(4000 + n),
			date: `2026-11-${String(1 + (n % 28)).padStart(2, '0')}`,
			dueDate: '2026-12-24',
			total: '1200.50',
			open: '1200.50',
			currency: 'EUR',
			organizationExternalId: `b1:SBO:businessPartner:C${orgId}`,
			lines: [],
			...change,
		},
	};
}

function asked(
	records: ErpRecord[],
	mode: HistoryMode = 'summaryNote',
	options: DocumentOptions = {},
	orgId = 1,
): HistoryIntent[] {
	return documentIntents(
		records.map((record, item) => ({ item, record, orgId })),
		mode,
		options,
	);
}

/** One document of each of so many customers. */
const customers = (count: number, change: Partial<ErpDocument> = {}) =>
	Array.from({ length: count }, (_, at) => at + 1).flatMap((orgId) =>
		asked([invoice(orgId, change, orgId)], 'summaryNote', {}, orgId),
	);

function note(change: Partial<NoteIntent> = {}): NoteIntent {
	const { erp } = invoice(1);
	return {
		item: 0,
		items: [0],
		entity: 'note',
		externalId: erp.externalId,
		erp,
		link: { orgId: 1 },
		content: 'Delivered to the back door',
		payload: {},
		warnings: [],
		...change,
	};
}

function activity(change: Partial<ActivityIntent> = {}): ActivityIntent {
	const { content: _, documents: __, isPinned: ___, ...base } = note();
	return {
		...base,
		entity: 'activity',
		subject: 'Call about invoice 4001',
		type: 'call',
		dueDate: '2026-12-01',
		isDone: false,
		note: 'Second reminder',
		...change,
	};
}

const notes = () => bench.sandbox.records('notes').filter((row) => !row.is_deleted);
const activities = () => bench.sandbox.records('activities').filter((row) => !row.is_deleted);
const seen = (html: unknown) =>
	visibleLines(String(html))
		.map(({ text }) => text)
		.join('\n');
const later = (n: number, change: Partial<ErpDocument> = {}) => {
	bench.clock.advance(60_000);
	return invoice(n, change);
};

describe('the summary note of a customer', () => {
	it('many documents of one organization are one note: one list, one write, 30 tokens', async () => {
		await open();
		const { results, requests, tokens } = await write(
			asked(Array.from({ length: 50 }, (_, n) => invoice(n))),
		);
		expect(requests).toEqual(['GET /notes', 'POST /notes']);
		expect([tokens, results[0].tokens]).toEqual([30, 30]);
		expect(results).toHaveLength(1);
		expect(results[0].intent.items).toHaveLength(50);
		const [row] = notes();
		expect(row.org_id).toBe(1);
		expect(parseSummary(String(row.content), results[0].intent.externalId)).toHaveLength(20);
	});

	it('delivered again it costs nothing, also as older documents that it no longer shows', async () => {
		await open();
		const all = Array.from({ length: 27 }, (_, n) => invoice(n));
		await write(asked(all));
		const again = await write(asked(all.map(({ erp }) => later(Number(erp.key)))));
		expect([again.outcomes, again.tokens]).toEqual([['unchanged'], 0]);
		expect((await write(asked([invoice(0)]))).tokens).toBe(0);
	});

	it('a paid invoice costs 12 tokens: read by its id, written once', async () => {
		await open();
		await write(asked([invoice(1), invoice(2)]));
		const first = await write(asked([later(2, { open: '0' })]));
		// Once after it was created: another process may have made the same.
		expect(first.requests).toEqual(['GET /notes/{id}', 'GET /notes', 'PUT /notes/{id}']);
		const { results, requests, tokens } = await write(asked([later(1, { open: '0' })]));
		expect(requests).toEqual(['GET /notes/{id}', 'PUT /notes/{id}']);
		expect(tokens).toBe(12);
		expect(results[0].changes).toEqual([
			{
				field: 'Invoice 4001',
				from: 'open, 1200.50 EUR, open 1200.50 EUR',
				to: 'paid, 1200.50 EUR, open 0 EUR',
			},
		]);
		expect(seen(notes()[0].content)).toContain('| paid | b1:SBO:invoice:1');
	});

	it('without any memory the note is found by its line with the ERP ID and nothing is written', async () => {
		await open();
		await write(asked([invoice(1)]));
		const { outcomes, requests } = await write(asked([invoice(1)]), {}, new Map());
		expect(outcomes).toEqual(['unchanged']);
		expect(requests).toEqual(['GET /notes']);
	});

	it('two customers in one organization have a note each', async () => {
		await open();
		await write(
			asked([invoice(1), invoice(2, { organizationExternalId: 'b1:SBO:businessPartner:C9' })]),
		);
		expect(notes()).toHaveLength(2);
	});

	it('cancelled documents change their line, never add one, and make no note', async () => {
		await open();
		const gone = (n: number): ErpRecord => {
			const record = later(n);
			return { ...record, erp: { ...record.erp, isDeleted: true } };
		};
		const first = await write(asked([gone(1)]));
		expect([first.outcomes, first.results[0].reasonCode]).toEqual([['unchanged'], 'notCreated']);
		await write(asked([invoice(1), invoice(2)]));
		await write(asked([gone(1), gone(3)]));
		const text = seen(notes()[0].content);
		expect(text).toContain('| cancelled | b1:SBO:invoice:1');
		expect(text).not.toContain('invoice:3');
		expect(notes()).toHaveLength(1);
	});

	it('that a person emptied shows all documents of the next batch again', async () => {
		await open();
		await write(asked([invoice(1), invoice(2)]));
		bench.sandbox.edit('notes', notes()[0].id, { content: 'mine now' });
		await write(asked([later(1), later(2, { open: '0' })]));
		expect(seen(notes()[0].content)).toMatch(/^mine now\nDocuments in the ERP\n.*:2\n.*:1\nTotal/);
	});

	it('a tombstone without its document cancels the line of the customer it is sent for', async () => {
		await open();
		await write(asked([invoice(1)]));
		const { erp } = later(1);
		const organizationExternalId = 'b1:SBO:businessPartner:C1';
		const record = { erp: { ...erp, isDeleted: true } };
		await write(
			documentIntents([{ item: 0, record, orgId: 1, organizationExternalId }], 'summaryNote'),
		);
		expect(seen(notes()[0].content)).toContain('Invoice | 4001 | 1200.50 | EUR');
		expect(seen(notes()[0].content)).toContain('| cancelled |');
	});

	it('an old version that is retried does not undo a newer one', async () => {
		await open();
		const old = invoice(1);
		await write(asked([old]));
		await write(asked([later(1, { open: '0' })]));
		const { outcomes, tokens } = await write(asked([old]));
		expect([outcomes, tokens]).toEqual([['unchanged'], 0]);
		expect(seen(notes()[0].content)).toContain('| paid |');
	});

	it('of two versions in one batch the newer one is shown', async () => {
		await open();
		const paid = invoice(1, { open: '0' });
		const records = [{ ...paid, erp: { ...paid.erp, changedAt: '2026-11-21' } }, invoice(1)];
		await write(asked(records));
		expect(seen(notes()[0].content)).toContain('| paid |');
	});
});

describe('many customers at once', () => {
	it('50 new notes: the whole list is read once instead of 50 lists', async () => {
		await open();
		const { requests, tokens } = await write(customers(50));
		expect(requests.filter((request) => request === 'GET /notes')).toHaveLength(1);
		// Newest id (none yet), then 50 creates.
		expect(tokens).toBe(20 + 50 * 10);
		expect(notes()).toHaveLength(50);
	});

	it('200 changed notes of a table that was lost: one newest id, one page, 200 writes', async () => {
		await open();
		bench.sandbox.seed({ organizations: 150, persons: 0 });
		await write(customers(200));
		bench.clock.advance(60_000);
		const { tokens, outcomes } = await write(customers(200, { open: '0' }), {}, new Map());
		expect(new Set(outcomes)).toEqual(new Set(['updated']));
		expect(tokens).toBe(20 + 20 + 200 * 10);
		expect(notes()).toHaveLength(200);
	});

	it('a few among very many notes are looked up alone', async () => {
		await open();
		const { call } = bench.environment();
		const create = { method: 'POST', path: '/notes', version: 1, cost: 10 } as const;
		await call(create, 'a note', { json: { org_id: 60, content: 'by hand' } });
		const last = bench.sandbox.records('notes')[0];
		bench.sandbox.store.put('notes', { ...last, id: 400_000 });
		const { requests } = await write(customers(5));
		expect(requests.filter((request) => request === 'GET /notes')).toHaveLength(1 + 5);
	});
});

describe('a single note', () => {
	it('is written once, left alone when equal, updated when different', async () => {
		await open();
		const first = await write([note()]);
		expect([first.outcomes, first.tokens]).toEqual([['created'], 30]);
		expect(seen(notes()[0].content)).toBe(
			'From the ERP\nDelivered to the back door\n[ERP ID: b1:SBO:invoice:1]',
		);
		expect((await write([note()])).tokens).toBe(0);
		expect(await write([note()], {}, new Map())).toMatchObject({
			outcomes: ['unchanged'],
			tokens: 20,
		});
		const changed = await write([note({ content: 'Front door' })]);
		expect([changed.outcomes, changed.tokens]).toEqual([['updated'], 20 + 12]);
		expect(changed.results[0].changes).toEqual([
			{ field: 'Content', from: 'Delivered to the back door', to: 'Front door' },
		]);
		expect((await write([note({ content: 'Gate' })])).tokens).toBe(12);
		expect(notes()).toHaveLength(1);
	});

	it.each([
		['umlauts and emoji', 'Lieferung für Müller & Söhne 🚀 – 50 % „fertig“'],
		['HTML', '<script>alert(1)</script> <b>bold</b> &amp; <!-- x -->'],
		['lines that read like ours', 'From the ERP\nERP ID: b1:SBO:invoice:9\nlast'],
		[
			'a marker in the text',
			'From the ERP\nsee [ERP ID: b1:SBO:invoice:9] or ERP ID: b1:SBO:invoice:1\nlast',
		],
		['blanks and control characters', '\t a  b \u0007\u0000 c \r\n\r\n d\u00a0e\ud800'],
	])('%s arrive as text and are equal the next time', async (_, content) => {
		await open();
		await write([note({ content })]);
		const [row] = notes();
		expect(String(row.content)).not.toMatch(/<script>|<b>bold/);
		expect(await write([note({ content })], {}, new Map())).toMatchObject({
			outcomes: ['unchanged'],
		});
		await write([note({ content: 'short' })], {}, new Map());
		expect(seen(notes()[0].content)).toBe('From the ERP\nshort\n[ERP ID: b1:SBO:invoice:1]');
	});

	it('HTML of the ERP is readable as it stands there', async () => {
		await open();
		await write([note({ content: '<script>alert(1)</script> & <b>x</b>' })]);
		expect(seen(notes()[0].content)).toContain('\n<script>alert(1)</script> & <b>x</b>\n');
	});

	it('a text of another record in it is not taken for that record', async () => {
		await open();
		await write([note({ content: 'ERP ID: b1:SBO:invoice:2' })]);
		const other = note({ externalId: 'b1:SBO:invoice:2' });
		expect((await write([other])).outcomes).toEqual(['created']);
		expect(notes()).toHaveLength(2);
	});

	it("keeps a person's text and edits until the ERP value changes", async () => {
		await open();
		await write([note()]);
		const [row] = notes();
		const edited = `<p>Ask Ms Weiß</p>${String(row.content).replace('back', 'BACK')}<p>done</p>`;
		bench.sandbox.edit('notes', row.id, { content: edited });
		// Something else of the same record changes.
		const pinned = await write([note({ isPinned: true })]);
		expect(pinned.results[0].changes).toEqual([
			{ field: 'Pinned to organization', from: 'false', to: 'true' },
		]);
		expect(seen(notes()[0].content)).toContain('BACK');
		await write([note({ isPinned: true, content: 'Front door' })]);
		expect(seen(notes()[0].content)).toBe(
			'Ask Ms Weiß\nFrom the ERP\nFront door\n[ERP ID: b1:SBO:invoice:1]\ndone',
		);
	});

	describe.each([
		[
			'behind the ERP ID',
			'ERP ID: b1:SBO:invoice:1]',
			'ERP ID: b1:SBO:invoice:1] paid <b>twice</b>?',
		],
		[
			'right behind the ERP ID',
			'ERP ID: b1:SBO:invoice:1]',
			'ERP ID: b1:SBO:invoice:1]paid <b>twice</b>?',
		],
		['before the ERP ID', '[ERP ID', 'paid <b>twice</b>?[ERP ID'],
		[
			'in place of the bracket',
			'ERP ID: b1:SBO:invoice:1]',
			'ERP ID: b1:SBO:invoice:1 paid twice?',
		],
		['behind the label', 'ERP ID: b1', 'ERP ID: paid twice? b1'],
		['inside, behind the id', 'invoice:1]', 'invoice:1, paid twice?]'],
	])('with a text that a person wrote %s', (_, what, instead) => {
		it.each([
			['remembered', true],
			['after the memory was lost', false],
		])('(%s) is changed, stays alone and keeps the text', async (__, isRemembered) => {
			await open();
			await write([note()]);
			const [row] = notes();
			const content = `<p>${String(row.content).replace(what, instead)}</p><p>below</p>`;
			expect(content).toContain(instead);
			bench.sandbox.edit('notes', row.id, { content });
			const changed = note({ content: 'Front door' });
			const { outcomes } = await write([changed], {}, isRemembered ? memory : new Map());
			expect([outcomes, notes().length]).toEqual([['updated'], 1]);
			expect(seen(notes()[0].content)).toBe(
				'From the ERP\nFront door\n[ERP ID: b1:SBO:invoice:1]\n' +
					`${instead.includes(', paid') ? ', ' : ''}paid twice?\nbelow`,
			);
			expect((await write([changed], {}, new Map())).outcomes).toEqual(['unchanged']);
		});
	});

	it('with a word in the middle of its ERP ID is mended where its number is remembered', async () => {
		await open();
		await write([note()]);
		const [row] = notes();
		const content = String(row.content).replace('invoice', 'inv oops oice');
		bench.sandbox.edit('notes', row.id, { content });
		await write([note({ content: 'Front door' })]);
		expect(notes()).toHaveLength(1);
		expect(seen(notes()[0].content)).toBe(
			'From the ERP\nFront door\n[ERP ID: b1:SBO:invoice:1]\noops',
		);
	});

	it('with a word in the middle of its ERP ID is set aside without memory, not doubled', async () => {
		await open();
		await write([note()]);
		const [row] = notes();
		const content = String(row.content).replace('invoice', 'inv oops oice');
		bench.sandbox.edit('notes', row.id, { content });
		const { results } = await write([note({ content: 'Front door' })], {}, new Map());
		expect(results[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'ambiguous' });
		expect(results[0].reason).toContain('write "[ERP ID: b1:SBO:invoice:1]" there');
		expect(notes()).toEqual([expect.objectContaining({ content })]);
		// A record that it cannot be is written all the same.
		const other = note({ externalId: 'b1:SBO:invoice:2' });
		expect((await write([other], {}, new Map())).outcomes).toEqual(['created']);
	});

	it("a person's own note about an ERP ID is left alone", async () => {
		await open();
		const { call } = bench.environment();
		const create = { method: 'POST', path: '/notes', version: 1, cost: 10 } as const;
		const content = '<p>What is ERP ID: b1:SBO:invoice:1 about?</p>';
		await call(create, 'a note', { json: { org_id: 1, content } });
		expect((await write([note()])).outcomes).toEqual(['created']);
		expect(notes()[0].content).toBe(content);
	});

	it('a note whose ERP lines a person removed gets them back below the own text, not a twin', async () => {
		await open();
		await write([note()]);
		bench.sandbox.edit('notes', notes()[0].id, { content: '<p>my own text</p>' });
		await write([note({ content: 'Front door' })]);
		expect(notes()).toHaveLength(1);
		expect(seen(notes()[0].content)).toBe(
			'my own text\nFrom the ERP\nFront door\n[ERP ID: b1:SBO:invoice:1]',
		);
	});

	it("a remembered id that belongs to another record's note is not trusted", async () => {
		await open();
		await write([note()]);
		const wrong = new Map([['note|x:9', { ...memory.get('note|b1:SBO:invoice:1')! }]]);
		const { results } = await write([note({ externalId: 'x:9', content: 'new' })], {}, wrong);
		expect(results[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'deleted' });
		expect(seen(notes()[0].content)).toContain('ERP ID: b1:SBO:invoice:1');
		expect(seen(notes()[0].content)).not.toContain('x:9');
	});

	it('a longer external id is another note', async () => {
		await open();
		await write([
			note({ externalId: 'b1:SBO:invoice:47' }),
			note({ externalId: 'b1:SBO:invoice:4' }),
		]);
		expect(notes()).toHaveLength(2);
		const { outcomes } = await write(
			[note({ externalId: 'b1:SBO:invoice:4' }), note({ externalId: 'b1:SBO:invoice:47' })],
			{},
			new Map(),
		);
		expect(outcomes).toEqual(['unchanged', 'unchanged']);
	});

	it('two notes with one ERP ID are set aside, with both ids', async () => {
		await open();
		await write([note()]);
		const [row] = notes();
		bench.sandbox.store.put('notes', { ...row, id: row.id + 1 });
		const { results } = await write([note({ content: 'new' })], {}, new Map());
		expect(results[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'ambiguous' });
		expect(results[0].reason).toContain(`${row.id}, ${row.id + 1}`);
	});

	it('a twin of a remembered note is told where the list was read anyway', async () => {
		await open();
		await write(customers(60));
		const [row] = notes();
		bench.sandbox.store.put('notes', { ...row, id: 61 });
		bench.clock.advance(60_000);
		const { results } = await write(customers(60, { open: '0' }));
		expect(results.every(({ outcome }) => outcome === 'updated')).toBe(true);
		expect(results.flatMap(({ warnings }) => warnings)).toEqual([
			expect.stringContaining('note 61'),
		]);
	});

	it('what Pipedrive keeps in another spelling is remembered as equal', async () => {
		await open();
		const { call } = bench.environment();
		const withoutRockets: HistoryContext['call'] = async (endpoint, what, options) => {
			const json = JSON.parse(JSON.stringify(options?.json ?? null).replaceAll('🚀', '?'));
			return await call(endpoint, what, { ...options, ...(json ? { json } : {}) });
		};
		await write([note({ content: 'Sent 🚀' })], { call: withoutRockets });
		const { results } = await write([note({ content: 'Sent 🚀', isPinned: true })]);
		expect(results[0].changes.map(({ field }) => field)).toEqual(['Pinned to organization']);
		const again = await write([note({ content: 'Sent 🚀', isPinned: true })]);
		expect([again.outcomes, again.tokens]).toEqual([['unchanged'], 0]);
	});

	it('50 notes of one organization need one list', async () => {
		await open();
		const many = Array.from({ length: 50 }, (_, n) =>
			note({ externalId: `b1:SBO:invoice:${n}`, item: n }),
		);
		const { tokens } = await write(many);
		expect(tokens).toBe(20 + 50 * 10);
		expect(notes()).toHaveLength(50);
	});

	it('is found on the third page of an organization with 1,200 notes', async () => {
		await open();
		const base = { org_id: 1, add_time: '', update_time: '', is_deleted: false, content: 'hand' };
		for (let id = 1; id <= 1200; id++) bench.sandbox.store.put('notes', { ...base, id });
		await write([note()]);
		bench.clock.advance(60_000);
		const { outcomes, tokens } = await write([note({ content: 'new' })], {}, new Map());
		expect([outcomes, tokens]).toEqual([['updated'], 3 * 20 + 10]);
	});

	it.each([
		['far over 100 KB', `${'ä<'.repeat(60_000)}\nend`],
		['just over 100 KB', 'x'.repeat(100 * 1024 + 1)],
		['of many lines', 'line <&> 0123456789\n'.repeat(4_500)],
	])('a text %s is cut with a word about it, and equal the next time', async (_, content) => {
		await open();
		const { results } = await write([note({ content })]);
		expect(results[0].outcome).toBe('created');
		expect(results[0].warnings).toEqual([expect.stringContaining('100 KB')]);
		expect(seen(notes()[0].content)).toMatch(/…\n\[ERP ID: b1:SBO:invoice:1\]$/);
		expect(await write([note({ content })], {}, new Map())).toMatchObject({
			outcomes: ['unchanged'],
		});
	});

	it("with a person's long text above it, it is set aside instead of losing any of it", async () => {
		await open();
		await write([note()]);
		const [row] = notes();
		const long = `<p>${'x'.repeat(100 * 1024 - 300)}</p>${String(row.content)}`;
		bench.sandbox.edit('notes', row.id, { content: long });
		const { results, requests } = await write([note({ content: 'y'.repeat(500) })]);
		expect(results[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(results[0].reason).toContain('would have 101 KB');
		expect(requests).toEqual(['GET /notes/{id}', 'GET /notes']);
		expect(notes()[0].content).toBe(long);
	});

	it('belongs to a deal or a person as well', async () => {
		await open();
		const { call } = bench.environment();
		const create = { method: 'POST', path: '/deals', version: 2, cost: 5 } as const;
		const { data } = await call(create, 'a deal', { json: { title: 'Order 1' } });
		const dealId = (data as { id: number }).id;
		await write([
			note({ link: { dealId }, isPinned: true }),
			note({ externalId: 'p:1', link: { personId: 2 } }),
		]);
		expect(notes()).toEqual([
			expect.objectContaining({ deal_id: dealId, org_id: null, pinned_to_deal_flag: true }),
			expect.objectContaining({ person_id: 2, org_id: null, pinned_to_person_flag: false }),
		]);
	});

	it('without any link, or with an id that cannot be found again, it is set aside for nothing', async () => {
		await open();
		const { results, tokens } = await write([note({ link: {} }), note({ externalId: ' x ' })]);
		expect(results.map(({ reasonCode }) => reasonCode)).toEqual(['rejected', 'rejected']);
		expect(tokens).toBe(0);
	});
});

describe('a note that is gone', () => {
	it('is set aside and not written again, unless that is chosen', async () => {
		await open();
		await write([note()]);
		bench.sandbox.edit('notes', notes()[0].id, { is_deleted: true });
		const changed = note({ content: 'new' });
		const refused = await write([changed]);
		expect(refused.results[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'deleted' });
		expect(refused.tokens).toBeLessThanOrEqual(22);
		expect(notes()).toHaveLength(0);
		expect((await write([changed], { recreateDeleted: true })).outcomes).toEqual(['created']);
		expect(notes()).toHaveLength(1);
	});

	it('is taken over by the one that carries its ERP ID now', async () => {
		await open();
		await write([note()]);
		const [row] = notes();
		bench.sandbox.store.put('notes', { ...row, id: row.id + 1 });
		bench.sandbox.edit('notes', row.id, { is_deleted: true });
		const { results } = await write([note({ content: 'new' })]);
		expect(results[0]).toMatchObject({ outcome: 'updated', pipedriveId: row.id + 1 });
	});

	it('deleted between reading and writing it is told as deleted', async () => {
		await open();
		await write([note()]);
		bench.sandbox.faults.add({
			kind: 'status',
			status: 404,
			body: { success: false, error: 'Note not found' },
			match: { method: 'PUT' },
		});
		const { results } = await write([note({ content: 'new' })], {
			call: async (endpoint, what, options) => {
				const answer = await bench.environment().call(endpoint, what, options);
				if (endpoint.method === 'GET') bench.sandbox.edit('notes', 1, { is_deleted: true });
				return answer;
			},
		});
		expect(results[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'deleted' });
		expect(notes()).toHaveLength(0);
	});
});

describe('an answer that never arrives', () => {
	it.each<[FaultKind, string]>([
		['lostAnswer', 'notes'],
		['badJson', 'notes'],
		['emptyBody', 'notes'],
		['lostAnswer', 'activities'],
		['badJson', 'activities'],
	])('%s to a create in %s: it exists once and the run knows it', async (kind, path) => {
		await open();
		bench.sandbox.faults.add({ kind, match: { method: 'POST', path: `/${path}$` } });
		const { results } = await write([path === 'notes' ? note() : activity()]);
		expect(results[0]).toMatchObject({ outcome: 'created', pipedriveId: 1 });
		expect([...notes(), ...activities()]).toHaveLength(1);
		expect((await write([path === 'notes' ? note() : activity()])).tokens).toBe(0);
	});

	it('a create that never reached Pipedrive is sent again after two looks', async () => {
		await open();
		bench.sandbox.faults.add({ kind: 'dropBefore', match: { method: 'POST', path: '/notes$' } });
		const { outcomes } = await write([note()]);
		expect(outcomes).toEqual(['created']);
		expect(notes()).toHaveLength(1);
	});

	it('when nothing helps the record is set aside, and the next run finds what had arrived', async () => {
		await open();
		bench.sandbox.faults.add(
			{ kind: 'lostAnswer', match: { method: 'POST', path: '/notes$' } },
			{
				kind: 'status',
				status: 503,
				after: 1,
				times: 50,
				match: { method: 'GET', path: '/notes$' },
			},
		);
		const { results } = await write([note()]);
		expect(results[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'failed' });
		expect(results[0].retryAt).toBeDefined();
		bench.sandbox.faults.clear();
		expect((await write([note()])).outcomes).toEqual(['unchanged']);
		expect(notes()).toHaveLength(1);
	});

	it('a cut-off answer to an update is asked for again', async () => {
		await open();
		await write([note()]);
		bench.sandbox.faults.add({ kind: 'badJson', match: { method: 'PUT' } });
		expect((await write([note({ content: 'new' })])).outcomes).toEqual(['updated']);
	});

	it('two runs at the same moment write one note', async () => {
		await open();
		const runs = await Promise.all([
			write([note()], {}, new Map()),
			write([note()], {}, new Map()),
			write(asked([invoice(7)]), {}, new Map()),
			write(asked([invoice(8)]), {}, new Map()),
		]);
		expect(runs.map(({ outcomes }) => outcomes[0]).sort()).toEqual([
			'created',
			'created',
			'unchanged',
			'updated',
		]);
		expect(notes()).toHaveLength(2);
	});
});

describe('errors', () => {
	it('a refused record is set aside, the others are written', async () => {
		await open();
		const { results } = await write([note({ link: { orgId: 999 } }), note({ externalId: 'a:2' })]);
		expect(results[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(results[1].outcome).toBe('created');
	});

	it('a spent budget ends the run: everything waits with the hour', async () => {
		await open({ dailyTokens: 100 });
		const { results } = await write(customers(3), { concurrency: 1 });
		expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'setAside']);
		expect(results[2]).toMatchObject({ reasonCode: 'deferred', retryAt: expect.any(String) });
	});

	it('a refused login ends the run after one request', async () => {
		await open();
		bench.sandbox.faults.add({
			kind: 'status',
			status: 401,
			times: 99,
			body: { success: false, error: 'unauthorized access' },
		});
		const { results, requests } = await write(customers(3), { concurrency: 1 });
		expect(results.map(({ reasonCode }) => reasonCode)).toEqual(['failed', 'failed', 'failed']);
		expect(requests).toHaveLength(1);
	});

	it('creates that are forbidden are tried once, updates go on', async () => {
		await open();
		await write(customers(1));
		bench.clock.advance(60_000);
		bench.sandbox.faults.add({
			kind: 'status',
			status: 403,
			times: 99,
			body: { success: false, error: 'You do not have permission' },
			match: { method: 'POST' },
		});
		const { outcomes, requests } = await write(customers(3, { open: '0' }), { concurrency: 1 });
		expect(outcomes).toEqual(['updated', 'setAside', 'setAside']);
		expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
	});

	it('a dry run writes nothing and tells what it would cost', async () => {
		await open();
		const { results, requests } = await write([note(), activity()], { isDryRun: true });
		expect(results.map(({ outcome, tokens }) => [outcome, tokens])).toEqual([
			['created', 30],
			['created', 15],
		]);
		expect(requests.every((request) => request.startsWith('GET'))).toBe(true);
		expect(memory.size).toBe(0);
	});

	it('a run that was stopped sends nothing more', async () => {
		await open();
		const { results, tokens } = await write([note()], { isCancelled: () => true });
		expect([results[0].reasonCode, tokens]).toEqual(['deferred', 0]);
	});
});

describe('an activity', () => {
	it('is written once, then only what the ERP changed, for 6 tokens', async () => {
		await open();
		const first = await write([activity({ dueTime: '09:05', link: { orgId: 1, personId: 2 } })]);
		expect([first.outcomes, first.tokens]).toEqual([['created'], 15]);
		expect(activities()[0]).toMatchObject({
			subject: 'Call about invoice 4001',
			type: 'call',
			due_date: '2026-12-01',
			due_time: '09:05:00',
			done: false,
			org_id: 1,
			person_id: 2,
		});
		const same = activity({ dueTime: '09:05', link: { orgId: 1, personId: 2 } });
		expect((await write([same])).tokens).toBe(0);
		expect(await write([same], {}, new Map())).toMatchObject({
			outcomes: ['unchanged'],
			tokens: 10,
		});
		const moved = await write([{ ...same, dueDate: '2026-12-08' }]);
		expect(moved.results[0].changes).toEqual([
			{ field: 'Due date', from: '2026-12-01', to: '2026-12-08' },
		]);
		// Once after it was created the list tells whether another process made the same.
		expect(moved.tokens).toBe(10 + 6);
		expect((await write([{ ...same, dueDate: '2026-12-09' }])).tokens).toBe(6);
		expect(activities()).toHaveLength(1);
	});

	it('that a person marked as done stays done after the memory was lost', async () => {
		await open();
		await write([activity()]);
		bench.sandbox.edit('activities', 1, { done: true });
		const lost: Memory = new Map();
		expect((await write([activity()], {}, lost)).outcomes).toEqual(['unchanged']);
		await write([activity({ subject: 'Reminder 2' })], {}, lost);
		expect(activities()[0]).toMatchObject({ subject: 'Reminder 2', done: true });
		expect((await write([activity({ subject: 'Reminder 2' })], {}, lost)).tokens).toBe(0);
	});

	it('is opened again only where we remember that it was us who marked it as done', async () => {
		await open();
		await write([activity()]);
		await write([activity({ isDone: true })]);
		await write([activity({ isDone: false })]);
		expect(activities()[0].done).toBe(false);
		// This time a person is faster than the ERP.
		bench.sandbox.edit('activities', 1, { done: true });
		await write([activity({ isDone: true })]);
		expect((await write([activity({ isDone: true })])).tokens).toBe(0);
		await write([activity({ isDone: false })]);
		expect(activities()[0].done).toBe(true);
	});

	it('that a person marked as done stays done until the ERP says otherwise', async () => {
		await open();
		await write([activity()]);
		bench.sandbox.edit('activities', 1, { done: true });
		await write([activity({ subject: 'Reminder 2' })]);
		expect(activities()[0]).toMatchObject({ subject: 'Reminder 2', done: true });
	});

	it('another contact person takes the place of ours, people added by hand stay', async () => {
		await open();
		await write([activity({ link: { orgId: 1, personId: 1 } })]);
		const participants = [
			{ person_id: 1, primary: true },
			{ person_id: 3, primary: false },
		];
		bench.sandbox.edit('activities', 1, { participants });
		await write([activity({ link: { orgId: 1, personId: 2 } })]);
		expect(activities()[0]).toMatchObject({
			person_id: 2,
			participants: [
				{ person_id: 2, primary: true },
				{ person_id: 3, primary: false },
			],
		});
	});

	it('has the chosen owner when it is new; an owner that a person chose stays', async () => {
		await open();
		await write([activity({ ownerId: 2 })]);
		expect(activities()[0].owner_id).toBe(2);
		bench.sandbox.edit('activities', 1, { owner_id: 3 });
		await write([activity({ ownerId: 2, subject: 'x' })]);
		expect(activities()[0]).toMatchObject({ subject: 'x', owner_id: 3 });
	});

	it('50 of one organization are one list of 10 tokens and 50 creates', async () => {
		await open();
		const many = Array.from({ length: 50 }, (_, n) => activity({ externalId: `a:${n}`, item: n }));
		expect((await write(many)).tokens).toBe(10 + 50 * 5);
	});

	it('an unknown type is told with its name', async () => {
		await open();
		const { results } = await write([activity({ type: 'party' })]);
		expect(results[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(results[0].reason).toContain('party');
	});
});

describe('one note or activity per document', () => {
	it('activities begin on the chosen day, are done when paid, and are changed when it is cancelled', async () => {
		await open();
		const options = { activitiesFrom: '2026-11-16T00:00:00', activityType: 'deadline', ownerId: 2 };
		const records = [invoice(14), invoice(15), invoice(16, { open: '0' })];
		const first = await write(asked(records, 'activity', options));
		expect(first.results.map(({ outcome, reasonCode }) => [outcome, reasonCode])).toEqual([
			['unchanged', 'notCreated'],
			['created', undefined],
			['created', undefined],
		]);
		expect(activities()).toEqual([
			expect.objectContaining({
				subject: 'Invoice 4015: 1200.50 EUR (open)',
				type: 'deadline',
				due_date: '2026-12-24',
				done: false,
				org_id: 1,
				owner_id: 2,
			}),
			expect.objectContaining({ subject: 'Invoice 4016: 1200.50 EUR (paid)', done: true }),
		]);
		const gone = later(15);
		const cancelled = [{ ...gone, erp: { ...gone.erp, isDeleted: true } }];
		await write(asked(cancelled, 'activity', options));
		expect(activities()[0]).toMatchObject({
			subject: 'Invoice 4015: 1200.50 EUR (cancelled)',
			done: true,
		});
		expect(activities()).toHaveLength(2);
	});

	it('a cancelled document that was never written stays away', async () => {
		await open();
		const { erp, document } = invoice(1);
		const record = { erp: { ...erp, isDeleted: true }, document };
		for (const mode of ['note', 'activity'] as const) {
			const { results } = await write(asked([record], mode));
			expect(results[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'notCreated' });
		}
		expect([...notes(), ...activities()]).toHaveLength(0);
	});

	it('notes tell the document in words and follow it', async () => {
		await open();
		await write(asked([invoice(1)], 'note', { isPinned: true }));
		await write(asked([later(1, { open: '200.50' })], 'note', { isPinned: true }));
		expect(notes()).toEqual([expect.objectContaining({ pinned_to_organization_flag: true })]);
		expect(seen(notes()[0].content)).toBe(
			[
				'From the ERP',
				'Invoice 4001: partly paid',
				'Date: 2026-11-02',
				'Due: 2026-12-24',
				'Total: 1200.50 EUR',
				'Open: 200.50 EUR',
				'[ERP ID: b1:SBO:invoice:1]',
			].join('\n'),
		);
	});
});
