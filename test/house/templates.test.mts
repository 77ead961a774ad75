import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_COLUMNS } from '../../core/audit/auditEvent';
import { TEMPLATES } from '../templates/templates.mts';
import { fileText } from '../templates/workflow.mts';

interface TemplateNode {
	id: string;
	name: string;
	credentials?: unknown;
	parameters: {
		columns?: { column?: Array<{ name: string; type: string }> };
		pollTimes?: { item: Array<{ unit: string; value: number }> };
	};
}

const folder = join(process.cwd(), 'workflows');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');
const nodesOf = (file: string) => (JSON.parse(textOf(file)) as { nodes: TemplateNode[] }).nodes;

it.each(TEMPLATES.map((template) => [template.file, template] as const))(
	'%s is as its description makes it (npx tsx test/templates/main.mts writes it)',
	(file, template) => {
		expect(textOf(`${file}.json`)).toBe(fileText(template));
	},
);

const keepsAudit = (file: string) => textOf(file).includes('erp_audit_rows');

it.each(files.filter(keepsAudit))(
	'%s has a column for everything that an audit row tells',
	(file) => {
		const table = nodesOf(file).find(({ name }) => name === 'Create Audit Table');
		expect(table?.parameters.columns?.column).toEqual(
			AUDIT_COLUMNS.map((column) => ({ ...column })),
		);
	},
);

it.each(files)('%s brings no login and no host', (file) => {
	expect(nodesOf(file).filter(({ credentials }) => credentials)).toEqual([]);
	expect(textOf(file)).not.toMatch(/https?:\/\//);
});

it('no node id stands twice: n8n keeps the position of a trigger under it', () => {
	const ids = files.flatMap((file) => nodesOf(file).map(({ id }) => id));
	expect(new Set(ids).size).toBe(ids.length);
});

it.each(files)('rule 33: %s polls every 5 minutes, SYSPRO every 10 to 15', (file) => {
	const intervals = nodesOf(file).flatMap(({ parameters }) => parameters.pollTimes?.item ?? []);
	const [least, most] = file.startsWith('syspro') ? [10, 15] : [5, 5];
	for (const { unit, value } of intervals) {
		expect(unit).toBe('minutes');
		expect(value).toBeGreaterThanOrEqual(least);
		expect(value).toBeLessThanOrEqual(most);
	}
});
