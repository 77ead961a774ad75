/** What a person is told to do about a record that may be the ERP's. */
import { openBench, partner, type Bench } from './support.mts';

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => await bench.close());

const OURS = 's4hana:100:businessPartner:1000001';
const THEIRS = 'ecc:800:customer:X1';
const NAME = 'Muster Werk 1 GmbH';
const ADDRESS = { value: 'Hafenweg 2, 20457 Hamburg' };

async function createByHand(more: Record<string, unknown>, carries?: string): Promise<number> {
	const { url, token } = bench.sandbox;
	const custom_fields = carries ? { [bench.keys.organization['ERP ID']]: carries } : {};
	const answer = await fetch(`${url}/api/v2/organizations`, {
		method: 'POST',
		headers: { 'x-api-token': token, 'content-type': 'application/json' },
		body: JSON.stringify({ name: NAME, custom_fields, ...more }),
	});
	return ((await answer.json()) as { data: { id: number } }).data.id;
}

async function reasonOf(options: Parameters<Bench['run']>[1] = {}) {
	const { reports } = await bench.run([partner(1, { persons: [] })], options);
	expect(reports[0].outcome).toBe('setAside');
	return reports[0];
}

describe('the same name without an address', () => {
	it('names the organization, its page and the field as Pipedrive shows it', async () => {
		const id = await createByHand({});
		const { reason, reasonCode } = await reasonOf();
		expect(reasonCode).toBe('possibleMatch');
		expect(reason).toContain(
			`Organization ${id} "${NAME}" (${bench.sandbox.url}/organization/${id})`,
		);
		expect(reason).toContain(`write ${OURS} into its "ERP ID" in Pipedrive`);
		expect(reason).not.toContain('external id field');
	});

	it.each(['setAside', 'alias'] as const)(
		'that stands for another ERP record is never to be overwritten (%s)',
		async (secondIdentity) => {
			await createByHand({}, THEIRS);
			const { reason } = await reasonOf({ settings: { secondIdentity } });
			expect(reason).toContain(`stands for ${THEIRS}, another ERP record`);
			expect(reason).toContain('leave that ID in "ERP ID"');
			expect(reason).toContain('"When Linked to Another ERP Record"');
			expect(reason).not.toContain(`write ${OURS}`);
		},
	);

	it('of several tells which one is taken', async () => {
		const free = await createByHand({});
		const taken = await createByHand({}, THEIRS);
		const { reason } = await reasonOf();
		expect(reason).toContain(`Organizations ${free}, ${taken} have the same name`);
		expect(reason).toContain(`${taken} stands for ${THEIRS}`);
	});
});

describe('name and address agree', () => {
	it('and matches are to be asked for: the field is named', async () => {
		const id = await createByHand({ address: ADDRESS });
		const { reason } = await reasonOf({ settings: { link: 'ask' } });
		expect(reason).toContain(`Organization ${id} "${NAME}"`);
		expect(reason).toContain(`write ${OURS} into its "ERP ID" in Pipedrive`);
	});

	it('and it stands for another ERP record: not to be overwritten either', async () => {
		await createByHand({ address: ADDRESS }, THEIRS);
		const { reason } = await reasonOf({ settings: { link: 'ask' } });
		expect(reason).toContain(`stands for ${THEIRS}, another ERP record`);
		expect(reason).not.toContain(`write ${OURS}`);
	});

	it('of two, of which one is taken: its ID stays', async () => {
		await createByHand({ address: ADDRESS });
		const taken = await createByHand({ address: ADDRESS }, THEIRS);
		const { reason, reasonCode } = await reasonOf();
		expect(reasonCode).toBe('ambiguous');
		expect(reason).toContain(`${taken} stands for ${THEIRS}`);
		expect(reason).toContain('leave that ID');
	});
});
