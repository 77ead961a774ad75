/** A few of the lives of `npm run test:faults`: kills, lost answers, torn pages and more through n8n's own engine. */
import { playLife, type Tampering } from '../faults/life.mts';
import { ProcessPool } from '../faults/n8nProcess.mts';

jest.setTimeout(300_000);

let pool: ProcessPool;
beforeAll(() => (pool = new ProcessPool(1)));
afterAll(async () => await pool.close());

describe('a life full of faults ends with everything written once, and accounted for', () => {
	it.each([5, 6, 7, 8, 9, 15])('seed %i', async (seed) => {
		const { findings, story } = await playLife(seed, pool);
		expect({ findings, story: findings.length > 0 ? story : [] }).toEqual({
			findings: [],
			story: [],
		});
	});
});

describe('what a faulty sync would do is found', () => {
	const crimes: Array<[string, string, Tampering]> = [
		[
			'an old state',
			'State: Organization',
			{
				before: (crm) =>
					void crm.edit('organizations', idOfOwn(crm.records('organizations')), { name: 'Old' }),
			},
		],
		[
			'a foreign record',
			'belongs to others and was changed',
			{ before: (crm) => void crm.edit('persons', 1, { name: 'Somebody Else' }) },
		],
		['more tokens than there are', 'Budget: ', { overspends: true }],
		[
			'a record without its audit row',
			'Audit: ',
			{ before: (_, { audit }) => void audit.splice(0, 1) },
		],
	];
	it.each(crimes)('%s', async (_, sentence, tampering) => {
		const { findings } = await playLife(6, pool, tampering);
		expect(findings.join('\n')).toContain(sentence);
	});
});

function idOfOwn(rows: ReadonlyArray<{ id: number }>): number {
	return rows[rows.length - 1].id;
}
