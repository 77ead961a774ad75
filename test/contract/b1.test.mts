import { loopback, startSystem } from '../nodes/sapBusinessOne/system.mts';
import type { EntityName } from '../../nodes/SapBusinessOne/entities';
import type { B1Options } from '../sandbox/b1/server.mts';
import { deltaSourceContract, type ContractSubject } from './suite.mts';

const PAGE = 4;

interface Hands {
	key(n: number): string;
	write(n: number, extra?: Record<string, unknown>): void;
	hidden(n: number): void;
	remove(n: number): void;
	nameless?: Record<string, unknown>;
	noDate: Record<string, unknown>;
}

function subjectOf(
	entity: EntityName,
	hands: (system: Awaited<ReturnType<typeof startSystem>>) => Hands,
	options: B1Options = {},
	many?: number,
): () => Promise<ContractSubject> {
	return async () => {
		const system = await startSystem(options);
		const { sandbox, clock } = system;
		const { key, write, hidden, remove, noDate, nameless } = hands(system);
		let reads = { pageSize: PAGE, keysPerRequest: 20 };
		return {
			transport: loopback,
			source: (transport) => system.source(entity, {}, { transport, ...reads }),
			pageSize: PAGE,
			clock: { now: clock.now, advance: (ms) => void (clock.at += ms), pauses: clock.pauses },
			localNow: () => sandbox.store.stamp().join('T'),
			lookbackSeconds: 120 * 60,
			write: (n) => write(n),
			writeHidden: hidden,
			...(nameless && { writeWithoutName: (n) => write(n, nameless) }),
			remove,
			writeWithoutChangeDate: (n) => write(n, noDate),
			keyOf: key,
			loseSession: () => sandbox.sessions.loseAll(),
			emptyPageNext: () => sandbox.faults.add({ kind: 'emptyPage', match: 'orderby' }),
			setClockBack: (ms) => void (clock.at -= ms),
			isRead: ({ method }) => method === 'GET',
			seed: (count) => {
				reads = { pageSize: 500, keysPerRequest: 100 };
				sandbox.rules.maxPageSize = 0;
				for (let n = 0; n < count; n++) write(n);
			},
			many,
			close: () => system.close(),
		};
	};
}

const partners = subjectOf('businessPartner', ({ sandbox, clock }) => {
	const { store } = sandbox;
	// A hyphen and both cases: the database sorts them by other rules than we do.
	const key = (n: number) => `C-${String(n).padStart(5, '0')}`;
	return {
		key,
		write: (n, extra) =>
			void store.partner(key(n), { CardName: `Firma ${n}`, FreeText: String(clock.at), ...extra }),
		hidden: (n) => void store.partner(key(n), { CurrentAccountBalance: 77 }, { bump: false }),
		remove: (n) => store.remove('BusinessPartners', key(n)),
		nameless: { CardName: null },
		noDate: { UpdateDate: null, UpdateTime: null },
	};
});
deltaSourceContract('Business partners of SAP Business One', partners);

const items = subjectOf(
	'item',
	({ sandbox: { store }, clock }) => {
		const key = (n: number) => `A-${String(n).padStart(5, '0')}`;
		return {
			key,
			write: (n, extra) =>
				void store.item(key(n), { ItemName: `Teil ${n}`, BarCode: String(clock.at), ...extra }),
			hidden: (n) => void store.item(key(n), { SalesUnit: 'Kiste' }, { bump: false }),
			remove: (n) => store.remove('Items', key(n)),
			nameless: { ItemName: null },
			noDate: { UpdateDate: null, UpdateTime: null },
		};
	},
	{},
	2_500,
);
deltaSourceContract('Items of SAP Business One', items);

const invoices = (options: B1Options) =>
	subjectOf(
		'invoice',
		({ sandbox }) => ({
			key: (n) => String(n + 1).padStart(10, '0'),
			write: (n, extra) => {
				sandbox.store.stampSeconds = false;
				sandbox.store.document('Invoices', { CardCode: 'C1', ...extra }, n + 1);
			},
			hidden: (n) =>
				void sandbox.store.document('Invoices', { PaidToDate: 5 }, n + 1, { bump: false }),
			remove: (n) => sandbox.store.remove('Invoices', n + 1),
			noDate: { UpdateDate: null, UpdateTime: null },
		}),
		options,
		2_500,
	);
deltaSourceContract(
	'Invoices of SAP Business One',
	invoices({ zone: 'America/Los_Angeles', maxPageSize: 3, timePrecision: 'seconds' }),
);

const orders = subjectOf(
	'order',
	({ sandbox: { store } }) => ({
		key: (n) => String(n + 1).padStart(10, '0'),
		// Beside invoices that follow no order: one that follows would bring its order again in a later batch.
		write: (n, extra) => {
			const DocumentLines = [{ LineNum: 0, LineTotal: 10 }];
			store.document('Orders', { CardCode: 'C1', DocumentLines, ...extra }, n + 1);
			const line = { LineNum: 0, LineTotal: 5, BaseType: -1, BaseEntry: null };
			const invoice = { CardCode: 'C1', DocumentLines: [line], ...extra };
			if (n % 2 === 0) store.document('Invoices', invoice, 100_000 + n);
		},
		hidden: (n) => void store.document('Orders', { DocTotal: 5 }, n + 1, { bump: false }),
		remove: (n) => store.remove('Orders', n + 1),
		noDate: { UpdateDate: null, UpdateTime: null },
	}),
	{ maxPageSize: 3 },
	1_000,
);
deltaSourceContract('Orders of SAP Business One beside other documents', orders);
