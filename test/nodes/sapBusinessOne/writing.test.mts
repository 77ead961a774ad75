import { cancelDocument, createOrder, type NewOrder } from '../../../nodes/SapBusinessOne/writing';
import { errorOf, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
	system.sandbox.store.partner('C1');
	system.sandbox.store.partner('C2');
});
afterEach(async () => await system.close());

const order = (more: Partial<NewOrder> = {}): NewOrder => ({
	kind: 'order',
	reference: "PD-4711'x",
	referenceField: 'NumAtCard',
	body: {
		CardCode: 'C1',
		DocDueDate: '2026-12-31',
		DocumentLines: [{ ItemCode: 'A1', Quantity: 2, UnitPrice: 10 }],
	},
	...more,
});
const create = async (more: Partial<NewOrder> = {}) =>
	await createOrder(system.service(), order(more));
const stored = (set = 'Orders') => system.sandbox.store.rows(set);
const posts = () =>
	system.sandbox.log.requests.filter((it) => it.kind === 'entity' && it.method === 'POST').length;

describe('an order is created once', () => {
	it.each(['order', 'purchaseOrder'] as const)(
		'%s: again with the same reference finds it',
		async (kind) => {
			const first = await create({ kind });
			const second = await create({ kind });
			expect([first.outcome, second.outcome]).toEqual(['created', 'existing']);
			expect(second.document.DocEntry).toBe(first.document.DocEntry);
			expect(stored(kind === 'order' ? 'Orders' : 'PurchaseOrders')).toHaveLength(1);
			expect(posts()).toBe(1);
		},
	);

	it('by a user-defined field, whichever partner it is for', async () => {
		const own = { referenceField: 'U_ExternalId', reference: '77' };
		await create(own);
		const again = await create({ ...own, body: { ...order().body, CardCode: 'C2' } });
		expect(again.outcome).toBe('existing');
		expect(stored()[0]).toMatchObject({ U_ExternalId: '77', NumAtCard: null });
	});

	it('the customer reference number of another customer is told, and makes no second order', async () => {
		await create();
		const error = await errorOf(create({ body: { ...order().body, CardCode: 'C2' } }));
		expect([error.code, error.message]).toEqual([
			'otherPartner',
			expect.stringContaining('stands in the sales order 1001 of C1'),
		]);
		expect(stored()).toHaveLength(1);
	});

	it('by five runs at the same moment', async () => {
		const outcomes = await Promise.all(Array.from({ length: 5 }, async () => await create()));
		expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
			'created',
			...Array.from({ length: 4 }, () => 'existing'),
		]);
		expect(stored()).toHaveLength(1);
	});

	it('and a run that fails holds up none behind it', async () => {
		system.sandbox.faults.add({ kind: 'drop', match: 'POST /b1s/v2/Orders' });
		const [first, second] = await Promise.allSettled([create(), create()]);
		expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
		expect(stored()).toHaveLength(1);
	});

	it('an order of another process at the same moment is told as a double', async () => {
		const { reference } = order();
		const { store } = system.sandbox;
		const put = store.document.bind(store);
		store.document = (name, fields, ...rest) => {
			store.document = put;
			put('Orders', { CardCode: 'C1', NumAtCard: reference });
			return put(name, fields, ...rest);
		};
		const error = await errorOf(create());
		expect(error.message).toContain('2 sales orders carry the reference');
		expect(error.message).toContain('1001, 1002');
		expect((await errorOf(create())).code).toBe('several');
		expect(stored()).toHaveLength(2);
	});

	it('though the look for doubles fails, it is created, with a warning', async () => {
		system.sandbox.faults.add({
			kind: 'status',
			status: 400,
			match: 'GET /b1s/v2/Orders',
			after: 1,
		});
		const created = await create();
		expect([created.outcome, created.warnings]).toEqual([
			'created',
			[expect.stringContaining('could not be looked up')],
		]);
	});

	it('one that was cancelled is not created again, and says so', async () => {
		const { document } = await create();
		await cancelDocument(system.service(), 'Orders', String(document.DocEntry));
		expect(await create()).toMatchObject({ outcome: 'existing', state: 'cancelled' });
		expect(stored()).toHaveLength(1);
	});

	it('where the company lacks the reference field, the error says how to create it', async () => {
		system.sandbox.rules.absent.add('Orders/U_PipedriveDealId');
		const error = await errorOf(create({ referenceField: 'U_PipedriveDealId' }));
		expect(error.message).toContain('no field U_PipedriveDealId');
		expect(error.remedy).toContain('as "PipedriveDealId", type Alphanumeric');
		expect(stored()).toEqual([]);
	});

	it('one that waits in Drafts for approval is found there', async () => {
		system.sandbox.rules.approval = true;
		expect((await create()).outcome).toBe('draft');
		expect((await create()).outcome).toBe('draft');
		expect(stored('Drafts')).toHaveLength(1);
		expect(posts()).toBe(1);
	});

	it('a draft of another kind of document is none of it', async () => {
		const NumAtCard = order().reference;
		system.sandbox.store.document('Drafts', {
			CardCode: 'C1',
			NumAtCard,
			DocObjectCode: 'oInvoices',
		});
		expect((await create()).outcome).toBe('created');
	});
});

describe('when no answer comes', () => {
	it('and the order is there, it is found and not sent again', async () => {
		system.sandbox.faults.add({ kind: 'lostAnswer', match: 'POST /b1s/v2/Orders' });
		expect((await create()).outcome).toBe('created');
		expect(stored()).toHaveLength(1);
		expect(posts()).toBe(1);
	});

	it('and no order is there, nothing is sent again and the error says so', async () => {
		system.sandbox.faults.add({ kind: 'drop', match: 'POST /b1s/v2/Orders' });
		const error = await errorOf(create());
		expect(error.message).toContain('It is not known whether the sales order');
		expect(error.remedy).toContain('was not sent again');
		expect(posts()).toBe(1);
		expect((await create()).outcome).toBe('created');
		expect(stored()).toHaveLength(1);
	});

	it.each([500, 503])('a status %s is not repeated blindly either', async (status) => {
		system.sandbox.faults.add({ kind: 'status', status, match: 'POST /b1s/v2/Orders' });
		expect((await errorOf(create())).message).toContain('It is not known');
		expect(posts()).toBe(1);
	});

	it('a half answer to an order that is there counts as created', async () => {
		system.sandbox.faults.add({ kind: 'truncated', match: 'POST /b1s/v2/Orders' });
		expect((await create()).outcome).toBe('created');
		expect(posts()).toBe(1);
	});

	it('a session lost before the write is renewed and the order created once', async () => {
		system.sandbox.faults.add({ kind: 'sessionLost', match: 'POST /b1s/v2/Orders' });
		expect((await create()).outcome).toBe('created');
		expect(stored()).toHaveLength(1);
	});
});

describe('a refusal', () => {
	it.each([
		[{ CardCode: 'NONE' }, 'not a valid business partner'],
		[{ DocDueDate: '' }, 'Enter due date'],
		[{ Nonsense: 1 }, "Property 'Nonsense'"],
		[{ DocumentLines: [] }, 'without rows'],
	])('for %o is said in the words of the ERP', async (fields, words) => {
		const error = await errorOf(create({ body: { ...order().body, ...fields } }));
		expect(error.kind).toBe('invalid');
		expect(error.message).toContain(words);
		expect(stored()).toEqual([]);
	});

	it('comes before any request where the reference is empty', async () => {
		const error = await errorOf(create({ reference: '' }));
		expect(error.remedy).toContain('"Reference"');
		expect(system.sandbox.log.requests).toEqual([]);
	});
});

describe('a document is cancelled once', () => {
	const cancel = async (entry: string, set = 'Orders') =>
		await cancelDocument(system.service(), set, entry);

	it.each(['Orders', 'PurchaseOrders', 'Quotations', 'Invoices', 'CreditNotes'])(
		'of %s',
		async (set) => {
			const entry = String(system.sandbox.store.document(set, { CardCode: 'C1' }).DocEntry);
			expect((await cancel(entry, set)).outcome).toBe('cancelled');
			expect((await cancel(entry, set)).outcome).toBe('alreadyCancelled');
			expect(posts()).toBe(1);
		},
	);

	it('and an incoming payment', async () => {
		const entry = String(system.sandbox.store.payment({ CardCode: 'C1' }).DocEntry);
		expect((await cancel(entry, 'IncomingPayments')).outcome).toBe('cancelled');
	});

	it('though the answer is lost', async () => {
		const entry = String(system.sandbox.store.document('Orders', { CardCode: 'C1' }).DocEntry);
		system.sandbox.faults.add({ kind: 'lostAnswer', match: 'POST /b1s/v2/Orders(' });
		expect((await cancel(entry)).outcome).toBe('cancelled');
		expect(posts()).toBe(1);
	});

	it('or the error says that it is not known', async () => {
		const entry = String(system.sandbox.store.document('Orders', { CardCode: 'C1' }).DocEntry);
		system.sandbox.faults.add({ kind: 'drop', match: 'POST /b1s/v2/Orders(' });
		expect((await errorOf(cancel(entry))).message).toContain('It is not known whether document');
	});

	it.each(['abc', '', '1)/Close('])('"%s" is no number of a document', async (entry) => {
		expect((await errorOf(cancel(entry))).kind).toBe('invalid');
		expect(system.sandbox.log.requests).toEqual([]);
	});

	it('unknown numbers are told', async () => {
		expect((await errorOf(cancel('99'))).kind).toBe('notFound');
	});
});
