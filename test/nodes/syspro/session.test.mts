import { drain } from '../../../core/sync/drain';
import { newCheckpoint } from '../../../core/sync/checkpoint';
import type { Transport } from '../../../core/http/ports';
import { OperatorSeats } from '../../../nodes/Syspro/operatorSeat';
import { errorOf, loopback, scanAll, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem('enet');
	for (let n = 1; n <= 12; n++) {
		system.sandbox.store.put('ArCustomer', {
			Customer: String(n).padStart(7, '0'),
			Name: `Firma ${n}`,
		});
		system.sandbox.otherStore.put('ArCustomer', { Customer: String(n), Name: `Other ${n}` });
	}
});
afterEach(async () => await system.close());

const query = {
	table: 'ArCustomer',
	columns: ['Customer'],
	where: [],
	orderBy: ['Customer'],
	rows: 100,
};
const counts = () => {
	const { log, enet } = system.sandbox;
	return { logons: log.count('Logon'), logoffs: log.count('Logoff'), open: enet.openSessions };
};

describe('the one session of an operator', () => {
	it('is opened once for all calls of a poll, and given back', async () => {
		const access = system.enet();
		await access.find(query);
		await access.find(query);
		expect(counts()).toEqual({ logons: 1, logoffs: 0, open: 1 });
		await access.close();
		await access.close();
		expect(counts()).toEqual({ logons: 1, logoffs: 1, open: 0 });
	});

	it('is not opened at all where nothing is asked', async () => {
		await system.enet().close();
		expect(counts()).toEqual({ logons: 0, logoffs: 0, open: 0 });
	});

	it('is given back after a failure too', async () => {
		const access = system.enet();
		await errorOf(access.find({ ...query, table: 'Nonsense' }));
		await access.close();
		expect(counts()).toEqual({ logons: 1, logoffs: 1, open: 0 });
	});

	it('is shared by all nodes that use the operator, one call at a time', async () => {
		const nodes = Array.from({ length: 6 }, () => system.enet());
		await Promise.all(nodes.map((access) => access.find(query)));
		expect(counts()).toEqual({ logons: 1, logoffs: 0, open: 1 });
		expect(system.sandbox.log.overlaps).toBe(0);
		await nodes[0].close();
		await nodes[1].find(query);
		expect(counts()).toEqual({ logons: 1, logoffs: 0, open: 1 });
		await Promise.all(nodes.map((access) => access.close()));
		expect(counts()).toEqual({ logons: 1, logoffs: 1, open: 0 });
	});

	it('would overlap if the nodes did not wait for each other', async () => {
		const [one, two] = [system.enet(), system.enet({ seats: new OperatorSeats() })];
		await one.find(query);
		await Promise.all([one.find(query), two.find(query)]);
		expect(system.sandbox.log.displaced).toBeGreaterThan(0);
	});

	it('changes company by logging off first, without waiting for the other to finish', async () => {
		const first = system.enet();
		const second = system.enet({ credential: { companyId: 'B', companyPassword: '' } });
		expect((await first.find(query)).rows[0].Customer).toBe('0000001');
		expect((await second.find(query)).rows[0].Customer).toBe('1');
		expect((await first.find(query)).rows[0].Customer).toBe('0000001');
		expect(system.sandbox.log.displaced).toBe(0);
		await first.close();
		await second.close();
		expect(counts().open).toBe(0);
	});

	it('is not given to somebody with another password', async () => {
		const access = system.enet();
		await access.find(query);
		const other = system.enet({ credential: { operatorPassword: 'guessed' } });
		expect((await errorOf(other.find(query))).kind).toBe('auth');
	});

	it.each(['plain', 'json', 'element'] as const)('comes back as %s', async (sessionForm) => {
		await system.close();
		system = await startSystem('enet', { sessionForm });
		expect((await system.enet().find(query)).rows).toEqual([]);
	});
});

describe('a session that is lost', () => {
	it('is opened again once, and the call repeated', async () => {
		const access = system.enet();
		await access.find(query);
		system.sandbox.faults.add({ kind: 'loseSession', match: 'COMFND' });
		expect((await access.find(query)).rows).toHaveLength(12);
		expect(counts().logons).toBe(2);
	});

	it('twice in a row names the other program, and may be tried again later', async () => {
		system.sandbox.faults.add({ kind: 'loseSession', match: 'COMFND', times: 9 });
		const error = await errorOf(system.enet().find(query));
		expect(error.kind).toBe('transient');
		expect(error.message).toBe('SYSPRO ended the session of this operator twice in a row.');
		expect(error.remedy).toContain('give n8n an operator of its own');
		expect(counts().logons).toBe(2);
	});

	it('in the middle of a scan loses no row', async () => {
		system.sandbox.faults.add({ kind: 'loseSession', match: 'COMFND', after: 2 });
		const source = system.source('customer', {}, { pageSize: 5 });
		expect(await scanAll(source)).toHaveLength(12);
	});
});

describe('a refused logon', () => {
	it('is never tried a second time by itself', async () => {
		const access = system.enet({ credential: { operatorPassword: 'wrong' } });
		await errorOf(access.find(query));
		await access.close();
		expect(counts()).toEqual({ logons: 1, logoffs: 0, open: 0 });
	});
});

describe('password and session', () => {
	it('stand in no error, whatever goes wrong', async () => {
		const secrets: string[] = [
			system.sandbox.login.password,
			system.sandbox.login.companyPassword,
			'guessed-pw',
		];
		const spying: Transport = async (request) => {
			const session = new URL(request.url).searchParams.get('UserId');
			if (session) secrets.push(session);
			return await loopback(request);
		};
		const { faults } = system.sandbox;
		const trouble = [
			() => faults.add({ kind: 'drop', times: 20 }),
			() => faults.add({ kind: 'cut', match: 'COMFND', times: 20 }),
			() => faults.add({ kind: 'html', match: 'Logon' }),
			() => faults.add({ kind: 'status', status: 500, times: 20 }),
			() => faults.add({ kind: 'truncated', match: 'COMFND' }),
			() =>
				faults.add({
					kind: 'text',
					match: 'COMFND',
					text: 'ERROR: bad call Query?UserId=3F0C3F0C3F0C3F0C&XmlIn=',
				}),
			() => faults.add({ kind: 'loseSession', match: 'COMFND', times: 5 }),
			() =>
				faults.add({
					kind: 'text',
					match: 'Logon',
					text: 'ERROR: OperatorPassword=guessed-pw refused',
				}),
			() => faults.add({ kind: 'text', match: 'Logon', text: '<x>guessed-pw</x>' }),
		];
		for (const cause of trouble) {
			cause();
			const access = system.enet({ transport: spying });
			const error = await errorOf(access.find(query));
			await access.close();
			faults.clear();
			const shown = [error.message, error.remedy, error.stack, error.code].join('\n');
			for (const secret of [...secrets, '3F0C3F0C3F0C3F0C']) {
				expect(shown).not.toContain(secret);
				expect(shown).not.toContain(encodeURIComponent(secret));
			}
		}
		expect(secrets.length).toBeGreaterThan(3);
	});

	it('travel only in the query of our own host', async () => {
		const hosts = new Set<string>();
		const spying: Transport = async (request) => {
			hosts.add(new URL(request.url).origin);
			expect(request.method).toBe('GET');
			return await loopback(request);
		};
		await system.enet({ transport: spying }).find(query);
		expect([...hosts]).toEqual([system.sandbox.url]);
	});
});

describe('a whole poll', () => {
	it('logs on once, asks one thing at a time and sends no element that SYSPRO would ignore', async () => {
		const { store, log } = system.sandbox;
		for (let n = 1; n <= 9; n++) {
			const SalesOrder = String(n * 7).padStart(6, '0');
			store.put('SorMaster', {
				SalesOrder,
				OrderStatus: '1',
				EntrySystemDate: '2026-11-19',
				Customer: '0000001',
			});
			store.put('SorDetail', {
				SalesOrder,
				SalesOrderLine: '1',
				LineType: '1',
				MStockCode: 'A',
				MOrderQty: '1',
			});
		}
		const source = system.source('salesOrder', {}, { pageSize: 4 });
		const { records } = await drain(source, newCheckpoint('s', '2026-11-20T00:00:00'), {
			maxRecords: 500,
			hasTime: () => true,
			lookbackSeconds: 7 * 86_400,
			localNow: '2026-11-20T08:10:00',
			now: system.clock.now(),
		});
		expect(records).toHaveLength(9);
		expect(counts()).toMatchObject({ logons: 1, open: 1 });
		expect(log).toMatchObject({ overlaps: 0, displaced: 0, unknownElements: [], writesRefused: 0 });
	});
});
