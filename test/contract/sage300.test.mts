import { loopback, startSystem, type TestSystem } from '../nodes/sage300/system.mts';
import { deltaSourceContract, type ContractSubject } from './suite.mts';

const PAGE = 4;
const LOOKBACK = 35 * 86_400;
const customerOf = (n: number) => String(100_000 + n);
const documentOf = (n: number) => `IN${String(n).padStart(13, '0')}`;

type Own = Pick<
	ContractSubject,
	| 'source'
	| 'write'
	| 'writeHidden'
	| 'writeWithoutName'
	| 'remove'
	| 'keyOf'
	| 'seed'
	| 'emptyPageNext'
>;

function subject(system: TestSystem, own: Own, many = 2_500): ContractSubject {
	const { clock } = system;
	return {
		transport: loopback,
		pageSize: PAGE,
		clock: { now: clock.now, advance: (ms) => void (clock.at += ms), pauses: clock.pauses },
		localNow: () => new Date(clock.at).toISOString().slice(0, 19),
		lookbackSeconds: LOOKBACK,
		setClockBack: (ms) => void (clock.at -= ms),
		isRead: ({ method }) => method === 'GET',
		close: () => system.close(),
		many,
		...own,
	};
}

function customers(system: TestSystem, many?: number): ContractSubject {
	const { sandbox, clock } = system;
	const { store } = sandbox;
	return subject(
		system,
		{
			source: (transport) => system.customers({}, { transport }),
			write: (n) =>
				store.putCustomer(customerOf(n), { CustomerName: `Company ${n}`, City: `${clock.at}` }),
			writeHidden: (n) =>
				store.touchCustomer(customerOf(n), { BalanceDueInCustomerCurrency: 77.5 }),
			writeWithoutName: (n) =>
				store.putCustomer(customerOf(n), { CustomerName: '', ShortName: '' }),
			remove: (n) => store.remove('ARCustomers', { CustomerNumber: customerOf(n) }),
			keyOf: customerOf,
			emptyPageNext: sandbox.rules.nextLink
				? () => sandbox.faults.add({ kind: 'emptyPage', match: 'ShortName' })
				: undefined,
			seed: (count) => {
				sandbox.rules.pageSize = 500;
				for (let n = 0; n < count; n++) store.putCustomer(customerOf(n), { CustomerName: `C${n}` });
			},
		},
		many,
	);
}

deltaSourceContract('Sage 300 customers by $skip', async () =>
	customers(await startSystem({ pageSize: PAGE }), 10_000),
);

deltaSourceContract('Sage 300 customers by next links, dates of older builds', async () =>
	customers(
		await startSystem({
			pageSize: PAGE,
			nextLink: '@odata.nextLink',
			publicUrl: 'http://inner-name.invalid:8080',
			dateLiterals: ['datetime'],
			knowsGe: false,
		}),
	),
);

deltaSourceContract('Sage 300 invoices', async () => {
	const system = await startSystem({ pageSize: PAGE, nextLink: 'odata.nextLink' });
	const { store, rules, faults } = system.sandbox;
	const known = new Set<number>();
	const post = (n: number) => {
		known.add(n);
		store.postInvoice({ customer: '1200', number: documentOf(n), amount: 100 });
	};
	return subject(system, {
		source: (transport) => system.posted('invoice', {}, { transport }),
		write: (n) => (known.has(n) ? store.applyPayment('1200', documentOf(n), 1) : post(n)),
		writeHidden: (n) => store.touchDocument('1200', documentOf(n), { FullyPaid: 'Yes' }),
		keyOf: (n) => `1200        /${documentOf(n).padEnd(22)}`,
		emptyPageNext: () => faults.add({ kind: 'emptyPage', match: 'DueDate' }),
		seed: (count) => {
			rules.pageSize = 500;
			for (let n = 0; n < count; n++) post(n);
		},
	});
});

deltaSourceContract('Sage 300 receipts', async () => {
	const system = await startSystem({ pageSize: PAGE });
	const { store, rules } = system.sandbox;
	const serials = new Map<number, number>();
	const post = (n: number) => {
		serials.set(n, serials.size + 1);
		store.postReceipt({ customer: '1200', number: documentOf(n), amount: 100 });
	};
	const change = (n: number) =>
		store.touchReceipt(documentOf(n), {
			DateLastMaintained: store.today(),
			DateReturned: store.today(),
		});
	return subject(system, {
		source: (transport) => system.posted('receipt', {}, { transport }),
		write: (n) => (serials.has(n) ? change(n) : post(n)),
		keyOf: (n) => {
			const serial = String(serials.get(n)).padStart(12, '0');
			const receipt = documentOf(n).padEnd(24);
			return `SEATAC  /1200        /${receipt}/${serial}/${'1'.padStart(12, '0')}/2026-11-20`;
		},
		seed: (count) => {
			rules.pageSize = 500;
			for (let n = 0; n < count; n++) post(n);
		},
	});
});
