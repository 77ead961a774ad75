import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PollEngine } from '../n8n-host/n8n.mts';
import { repoRoot } from '../n8n-host/paths.mts';
import { Bench } from './templates/bench.mts';
import { CASES } from './templates/cases.mts';

jest.setTimeout(300_000);

const files = readdirSync(join(repoRoot, 'workflows')).filter((file) => file.endsWith('.json'));

it('every template has its case here', () => {
	expect(Object.keys(CASES).sort()).toEqual(files.sort());
});

/** One n8n for all; each goes on where the ones before ended. */
describe.each<PollEngine>(['legacy', 'durable'])(
	'every template, with nothing chosen but credentials (%s)',
	(engine) => {
		let bench: Bench;
		beforeAll(async () => {
			bench = await Bench.open(engine);
		});
		afterAll(async () => await bench?.close());

		it('what the editor would mark red is noticed', async () => {
			const file = 'sage300-customers.json';
			await expect(bench.import(file, { credentials: {} })).rejects.toThrow(
				/Sage 300 Trigger: the credential erpSage300Api is not chosen.* Upsert: the credential erpPipedriveApi/,
			);
			expect(bench.redIn({ type: 'n8n-nodes-base.noNode', parameters: {} })).toMatch(/knows no/);
			const table = { resource: 'row', operation: 'get', dataTableId: '' };
			const type = 'n8n-nodes-base.dataTable';
			expect(bench.redIn({ type, parameters: table })).toContain('is required');
			expect(bench.redIn({ type, parameters: { ...table, dataTableId: 'x' } })).toBe('');
		});

		it.each(Object.entries(CASES))(
			'%s lacks nothing and brings its first result',
			async (_, bring) => {
				await bring(bench);
			},
		);
	},
);
