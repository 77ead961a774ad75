/** Every address that the package calls at Pipedrive, wherever in the code it stands, held against `x-token-cost`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../../nodes/Pipedrive/call';
import { documentsPresent, loadOperations, skipReason } from './openapiDocuments.mts';

const folder = join(process.cwd(), 'nodes', 'Pipedrive');
const files = readdirSync(folder, { recursive: true })
	.map(String)
	.filter((file) => file.endsWith('.ts'));

function endpointsIn(value: unknown): Endpoint[] {
	if (typeof value !== 'object' || value === null) return [];
	const { method, path, version, cost } = value as Partial<Endpoint>;
	if (method && path && version && cost !== undefined) return [value as Endpoint];
	return Object.values(value).flatMap(endpointsIn);
}

function endpointsOf(file: string): Endpoint[] {
	const exported = jest.requireActual<Record<string, unknown>>(join(folder, file));
	return Object.values(exported).flatMap(endpointsIn);
}

/** Files in which a token cost is written down. */
const withCosts = files.filter((file) =>
	/\bcost: \d/.test(readFileSync(join(folder, file), 'utf8')),
);

describe('the tables of endpoints', () => {
	it('are exported wherever costs are written, so that none escapes the comparison', () => {
		const hidden: string[] = [];
		for (const file of withCosts) {
			if (endpointsOf(file).length === 0) hidden.push(file);
		}
		expect(withCosts.length).toBeGreaterThan(0);
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
			for (const file of withCosts) {
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
