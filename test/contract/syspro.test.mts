import { KeyTable } from '../../core/sync/keyTable';
import { loopback, NOW, startSystem, type Mode } from '../nodes/syspro/system.mts';
import { deltaSourceContract, type ContractSubject } from './suite.mts';

const PAGE = 4;

/** Reads of rows; the suite spoils the nth of them. */
const READS: Record<Mode, (url: string) => boolean> = {
	enet: (url) => url.includes('/Query/Query?'),
	odata: (url) => url.includes('$top='),
};

async function subject(
	mode: Mode,
	entity: 'customer' | 'salesOrder' | 'invoice',
	own: (
		system: Awaited<ReturnType<typeof startSystem>>,
	) => Pick<ContractSubject, 'write' | 'keyOf' | 'seed'> & Partial<ContractSubject>,
): Promise<ContractSubject> {
	const system = await startSystem(mode);
	const { clock, sandbox } = system;
	let pageSize = PAGE;
	const parts = own(system);
	return {
		transport: loopback,
		source: (transport) => system.source(entity, {}, { transport, pageSize }),
		pageSize: PAGE,
		clock: { now: clock.now, advance: (ms) => void (clock.at += ms), pauses: clock.pauses },
		localNow: () => new Date(clock.at).toISOString().slice(0, 19),
		lookbackSeconds: 7 * 86_400,
		isRead: ({ url }) => READS[mode](url),
		...(mode === 'enet' && { loseSession: () => sandbox.enet.endSessions() }),
		close: () => system.close(),
		many: mode === 'enet' && entity === 'customer' ? 10_000 : 2_500,
		...parts,
		seed: (count) => {
			pageSize = 500;
			parts.seed(count);
		},
	};
}

const today = (at: number) => new Date(at).toISOString().slice(0, 10);
const numberOf = (n: number) => String(n + 1).padStart(15, '0');

describe.each<Mode>(['enet', 'odata'])('SYSPRO by %s', (mode) => {
	deltaSourceContract(`SYSPRO customers by ${mode}`, async () =>
		subject(mode, 'customer', ({ sandbox, clock }) => {
			const write = (n: number) =>
				sandbox.store.put('ArCustomer', {
					Customer: numberOf(n),
					Name: `Company ${n} at ${clock.at}`,
					UserField1: String(n),
				});
			const nothing = { nextAt: 0, ranges: [], keys: new KeyTable().state() };
			return {
				write,
				writeHidden: (n) => {
					const key = [numberOf(n)];
					sandbox.store.patch('ArCustomer', key, { SoldToAddr3: `City ${clock.at}` });
				},
				writeWithoutName: (n) => {
					write(n);
					sandbox.store.patch('ArCustomer', [numberOf(n)], { Name: '' });
				},
				remove: (n) => sandbox.store.remove('ArCustomer', [numberOf(n)]),
				keyOf: numberOf,
				seed: (count) => {
					for (let n = 0; n < count; n++) write(n);
				},
				snapshotOf: nothing,
			};
		}),
	);

	deltaSourceContract(`SYSPRO sales orders by ${mode}`, async () =>
		subject(mode, 'salesOrder', ({ sandbox, clock }) => {
			const { store } = sandbox;
			const line = (n: number, changes: Record<string, string>) =>
				store.put('SorDetail', {
					SalesOrder: numberOf(n),
					SalesOrderLine: '1',
					LineType: '1',
					MStockCode: 'A100',
					MOrderQty: '10',
					MPrice: '5.00',
					...changes,
				});
			const create = (n: number, dates: Record<string, string>, status = '1') => {
				store.put('SorMaster', {
					SalesOrder: numberOf(n),
					OrderStatus: status,
					Customer: '0000001',
					DocumentType: 'O',
					...dates,
				});
				line(n, {});
			};
			const dated = () => ({ EntrySystemDate: today(clock.at), OrderDate: today(clock.at) });
			return {
				// A quantity of a line changes, which no date and no column of the header shows.
				write: (n) => {
					if (store.get('SorMaster', [numberOf(n)])) line(n, { MShipQty: String(clock.at % 1e9) });
					else create(n, dated());
				},
				writeWithoutChangeDate: (n) => create(n, {}),
				setClockBack: (ms) => void (clock.at -= ms),
				keyOf: numberOf,
				// Half of them stay open.
				seed: (count) => {
					for (let n = 0; n < count; n++) create(n, dated(), n % 2 ? '1' : '9');
				},
			};
		}),
	);

	deltaSourceContract(`SYSPRO invoices by ${mode}`, async () =>
		subject(mode, 'invoice', ({ sandbox, clock }) => {
			const keyOf = (n: number) => `0000001/${numberOf(n)}/I`;
			const write = (n: number) =>
				sandbox.store.put('ArInvoice', {
					Customer: '0000001',
					Invoice: numberOf(n),
					DocumentType: 'I',
					InvoiceDate: today(NOW - 2 * 86_400_000),
					CurrencyValue: '100.00',
					InvoiceBal1: String(clock.at % 1e9),
				});
			return {
				write,
				setClockBack: (ms) => void (clock.at -= ms),
				keyOf,
				seed: (count) => {
					for (let n = 0; n < count; n++) write(n);
				},
			};
		}),
	);
});
