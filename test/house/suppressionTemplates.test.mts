import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface TemplateNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
}

const folder = join(process.cwd(), 'workflows');
const writers = readdirSync(folder)
	.filter((file) => file.endsWith('.json'))
	.flatMap((file) => {
		const { nodes } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
			nodes: TemplateNode[];
		};
		return nodes
			.filter(({ type, parameters }) => {
				const isUpsert = type.endsWith('.pipedriveUpsert') && parameters.operation === 'upsert';
				const writes = isUpsert && parameters.dryRun !== true;
				return writes && ['erpRecord', 'person'].includes(String(parameters.resource));
			})
			.map(({ parameters }) => [file, parameters, nodes] as const);
	});

it('there are templates that write contact persons', () => {
	expect(writers.length).toBeGreaterThan(5);
});

it.each(writers)('%s leaves erased persons out', (_, parameters, nodes) => {
	expect(parameters.suppressionList).toContain("$('Suppressed')");
	const list = nodes.find(({ name }) => name === 'Suppressed');
	expect(list?.parameters).toMatchObject({ dataTableId: { value: 'erp_suppressed' } });
});

it('a list that cannot be read stops the run instead of bringing somebody back', () => {
	const careless = writers.filter(([, , nodes]) =>
		nodes.some((node) => node.name === 'Suppressed' && 'onError' in node),
	);
	expect(careless.map(([file]) => file)).toEqual([]);
});
