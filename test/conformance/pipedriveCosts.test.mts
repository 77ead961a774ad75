/** Every address that the package calls at Pipedrive, held against `x-token-cost`. */
import { documentsPresent, loadOperations, skipReason } from './openapiDocuments.mts';
import { endpointsOf, filesWithCosts } from './pipedriveEndpoints.mts';

describe('the tables of endpoints', () => {
	it('are exported wherever costs are written, so that none escapes the comparison', () => {
		const hidden: string[] = [];
		for (const file of filesWithCosts) {
			if (endpointsOf(file).length === 0) hidden.push(file);
		}
		expect(filesWithCosts.length).toBeGreaterThan(0);
		expect(hidden).toEqual([]);
	});

	(documentsPresent ? it : it.skip)(
		`cost what Pipedrive's documents say${documentsPresent ? '' : ` (${skipReason})`}`,
		() => {
			const declared = new Map(
				loadOperations().map(({ method, version, path, cost }) => [
					`${method} ${version}${path}`,
					cost,
				]),
			);
			const found = new Map<string, number>();
			for (const file of filesWithCosts) {
				for (const { method, version, path, cost } of endpointsOf(file)) {
					const name = `${method} v${version}${path}`;
					found.set(name, cost);
					expect({ file, name, cost }).toEqual({ file, name, cost: declared.get(name) });
				}
			}
			process.stdout.write(`Pipedrive: costs of ${found.size} endpoints compared\n`);
			expect(found.size).toBeGreaterThan(30);
		},
	);
});
