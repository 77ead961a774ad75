import { DateTime } from 'luxon';
import type { EccEntity } from '../../nodes/SapEcc/parameters';
import { loopback, startSystem, ZONE } from '../nodes/sapEcc/system.mts';
import { deltaSourceContract } from './suite.mts';

const PAGE = 4;

const byFunctions = (name: string, access: 'soap' | 'json', entity: EccEntity, many?: number) => {
	deltaSourceContract(name, async () => {
		const system = await startSystem();
		const { sandbox, clock } = system;
		const { store } = sandbox;
		let pageSize = PAGE;
		const known = new Set<string>();
		const keyOf = (n: number) => String(200_000 + n).padStart(10, '0');
		const hasContacts = entity === 'contactPerson';
		/** One dialog writes one change document, also where it adds a contact person at once. */
		const create = (n: number, isUnlogged = false) => {
			const input = { key: keyOf(n), name: `Company ${n}`, isUnlogged: isUnlogged || hasContacts };
			known.add(store.createCustomer(input));
			if (hasContacts) store.addContact(keyOf(n), { last: `Person ${n}` }, isUnlogged);
		};
		const change = (n: number) => store.changeCustomer(keyOf(n), { SORTL: String(clock.at % 1e9) });
		return {
			transport: loopback,
			source: (transport) =>
				system.source({}, { transport, pageSize, entity, credential: { access } }),
			pageSize: PAGE,
			clock: { now: clock.now, advance: (ms) => void (clock.at += ms), pauses: clock.pauses },
			localNow: () =>
				DateTime.fromMillis(clock.at, { zone: ZONE }).toFormat("yyyy-MM-dd'T'HH:mm:ss"),
			lookbackSeconds: 90 * 60,
			write: (n) => (known.has(keyOf(n)) ? change(n) : create(n)),
			writeHidden: (n) =>
				entity === 'contactPerson'
					? store.updateUnlogged('KNVK', { KUNNR: keyOf(n) }, { NAME1: `Hidden ${n}` })
					: store.updateUnlogged('KNA1', { KUNNR: keyOf(n) }, { STCEG: `DE${n}` }),
			remove: (n) => store.remove(keyOf(n)),
			writeWithoutName: (n) => {
				create(n);
				store.changeCustomer(keyOf(n), { NAME1: '', NAME2: '' });
				store.changeAddress(keyOf(n), { NAME1: '', NAME2: '' });
			},
			writeWithoutChangeDate: (n) => create(n, true),
			keyOf,
			setClockBack: (ms) => void (clock.at -= ms),
			isRead: ({ method }) => method === 'POST',
			seed: (count) => {
				pageSize = 500;
				for (let n = 0; n < count; n++) create(n);
			},
			many,
			close: () => system.close(),
		};
	});
};

byFunctions('SAP ECC customers by SOAP', 'soap', 'customer');
byFunctions('SAP ECC customers by the JSON bridge', 'json', 'customer', 2_500);
byFunctions('SAP ECC contact persons by SOAP', 'soap', 'contactPerson', 2_500);

deltaSourceContract('SAP ECC customers by SAP Gateway', async () => {
	const system = await startSystem({ pageSize: PAGE });
	const { sandbox, clock } = system;
	const { store } = sandbox;
	let pageSize = PAGE;
	const known = new Set<string>();
	const keyOf = (n: number) => String(200_000 + n).padStart(10, '0');
	const create = (n: number) => known.add(store.createCustomer({ key: keyOf(n), name: `Co ${n}` }));
	return {
		transport: loopback,
		source: (transport) => system.gateway({ pageSize }, { transport }),
		pageSize: PAGE,
		clock: { now: clock.now, advance: (ms) => void (clock.at += ms), pauses: clock.pauses },
		localNow: () => DateTime.fromMillis(clock.at, { zone: ZONE }).toFormat("yyyy-MM-dd'T'HH:mm:ss"),
		lookbackSeconds: 86_400,
		write: (n) => {
			if (!known.has(keyOf(n))) create(n);
			else store.changeCustomer(keyOf(n), { NAME2: String(clock.at) });
		},
		writeHidden: (n) => {
			const row = sandbox.gateway.table.get({ Kunnr: keyOf(n) });
			if (row) sandbox.gateway.table.put({ ...row, Telf1: '4711' });
		},
		remove: (n) => store.remove(keyOf(n)),
		writeWithoutName: (n) => {
			create(n);
			store.changeCustomer(keyOf(n), { NAME1: '', NAME2: '' });
		},
		writeWithoutChangeDate: (n) => void create(n),
		keyOf,
		emptyPageNext: () => sandbox.faults.add({ kind: 'emptyPage', match: 'CustomerSet?' }),
		setClockBack: (ms) => void (clock.at -= ms),
		isRead: ({ url }) => url.includes('CustomerSet?'),
		seed: (count) => {
			pageSize = 500;
			sandbox.gateway.paging.pageSize = 500;
			for (let n = 0; n < count; n++) create(n);
		},
		many: 2_500,
		close: () => system.close(),
	};
});
