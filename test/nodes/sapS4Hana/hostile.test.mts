/** A service that breaks the rules of OData: an error is right, a lost or endless read is not. */
import { CoreError } from '../../../core/http/errors';
import type { Transport } from '../../../core/http/ports';
import { newCheckpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import { DAY, loopback, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
	for (let n = 0; n < 12; n++) {
		const createdAt = system.clock.at - (n % 3) * DAY;
		system.sandbox.store.createPartner({
			key: String(2_000_000 + n),
			name: `C ${n}`,
			customer: {},
			createdAt,
		});
	}
});
afterEach(async () => await system.close());

interface Answer {
	d: { results: Array<Record<string, unknown>>; __next?: string };
}

const MOST_CALLS = 2_500;

/** Changes lists on their way back; links that it makes up lead to the same page. */
function tampering(change: (answer: Answer, url: string, call: number) => void): Transport {
	let calls = 0;
	return async (request) => {
		if (++calls > MOST_CALLS) throw new CoreError('blocked', `${MOST_CALLS} requests`);
		const url = request.url.replace(/&\$skiptoken=\w+/, '');
		const response = await loopback({ ...request, url });
		const answer = JSON.parse(response.body.toString('utf8')) as Answer;
		if (Array.isArray(answer.d?.results)) change(answer, url, calls);
		return { ...response, body: Buffer.from(JSON.stringify(answer)) };
	};
}

const LOCAL_NOW = '2026-11-20T08:10:00';

async function poll(transport: Transport, localNow = LOCAL_NOW) {
	return await drain(
		system.source({}, { transport, pageSize: 5 }),
		newCheckpoint('s', '2026-11-01'),
		{
			maxRecords: 500,
			hasTime: () => true,
			lookbackSeconds: 86_400,
			localNow,
			now: system.clock.at,
		},
	);
}

it('reads all without tampering (control)', async () => {
	expect((await poll(loopback)).records).toHaveLength(12);
});

it.each([
	['two next links in turn', (call: number) => call % 2],
	['ever new next links to empty pages', (call: number) => call],
])('%s end in an error', async (_, tokenOf) => {
	const transport = tampering((answer, url, call) => {
		if (tokenOf(2) === 2) answer.d.results = [];
		answer.d.__next = `${url}&$skiptoken=${tokenOf(call)}`;
	});
	await expect(poll(transport)).rejects.toMatchObject({ kind: 'protocol' });
});

it.each(['A_BusinessPartner?$select', 'A_BusinessPartner'])(
	'rows out of order in %s are an error, because the next page starts behind the last row',
	async (set) => {
		const transport = tampering((answer, url) => {
			if (decodeURIComponent(url).includes(set)) answer.d.results.reverse();
		});
		await expect(poll(transport)).rejects.toThrow('although key order was asked for');
	},
);

it('a changed row without its key is an error, not a lost change', async () => {
	const transport = tampering((answer) => {
		if (answer.d.results[1]) delete answer.d.results[1].BusinessPartner;
	});
	await expect(poll(transport)).rejects.toThrow('came without its key');
});

it('rows and a server clock in the year 9999 do not carry the mark there', async () => {
	const dated = tampering((answer) => {
		for (const row of answer.d.results) {
			if (row.LastChangeDate !== undefined) row.LastChangeDate = '/Date(253402214400000)/';
		}
	});
	const transport: Transport = async (request) => {
		const response = await dated(request);
		return {
			...response,
			headers: { ...response.headers, date: 'Fri, 31 Dec 9999 23:59:59 GMT' },
		};
	};
	const { records, next } = await poll(transport);
	expect(records).toHaveLength(12);
	expect(next.mark <= LOCAL_NOW).toBe(true);
});

it('a date beyond all dates is named in the error', async () => {
	const transport = tampering((answer) => {
		const row = answer.d.results[1];
		if (row?.CreationDate !== undefined) row.CreationDate = '/Date(99999999999999999)/';
	});
	await expect(poll(transport)).rejects.toThrow('"/Date(99999999999999999)/" is not a date');
});
