import { loopback, startSystem } from '../nodes/sapS4Hana/system.mts';
import { deltaSourceContract } from './suite.mts';

const PAGE = 4;
const NAMELESS = {
	BusinessPartnerFullName: '',
	BusinessPartnerName: '',
	OrganizationBPName1: '',
	OrganizationBPName2: '',
};
const nameOf = (n: number) => `Company ${n}`;

deltaSourceContract('SAP S/4HANA', async () => {
	const system = await startSystem({ pageSize: PAGE });
	const { sandbox, clock } = system;
	const keys = new Map<number, string>();
	let reads = { pageSize: PAGE, keysPerRequest: 20 };
	const numberOf = (n: number) => String(2_000_000 + n);
	const keyOf = (n: number) => numberOf(n).padStart(10, '0');
	const create = (n: number) => {
		const key = numberOf(n);
		keys.set(n, key);
		sandbox.store.createPartner({ key, name: nameOf(n), customer: {} });
	};
	return {
		transport: loopback,
		source: (transport) => system.source({}, { transport, ...reads }),
		pageSize: PAGE,
		clock: { now: clock.now, advance: (ms) => void (clock.at += ms), pauses: clock.pauses },
		localNow: () => new Date(clock.at).toISOString().slice(0, 19),
		lookbackSeconds: 86_400,
		write: (n) => {
			const key = keys.get(n);
			if (key === undefined) create(n);
			else sandbox.store.changePartner(key, { SearchTerm1: String(clock.at) });
		},
		writeHidden: (n) => sandbox.store.changeAddress(numberOf(n), { CityName: `City ${clock.at}` }),
		remove: (n) => sandbox.store.remove(numberOf(n)),
		writeWithoutName: (n) => {
			create(n);
			sandbox.store.changePartner(numberOf(n), NAMELESS);
		},
		writeWithoutChangeDate: create,
		keyOf,
		emptyPageNext: () => sandbox.faults.add({ kind: 'emptyPage', match: 'A_BusinessPartner?' }),
		setClockBack: (ms) => void (clock.at -= ms),
		isRead: ({ method }) => method === 'GET',
		seed: (count) => {
			reads = { pageSize: 500, keysPerRequest: 50 };
			sandbox.paging.pageSize = 500;
			for (let n = 0; n < count; n++) create(n);
		},
		close: () => system.close(),
	};
});
