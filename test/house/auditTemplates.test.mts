import { filesUnder, textOf } from './sources.mts';

interface TemplateNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
	onError?: string;
}

const templates = filesUnder('workflows').map((file) => {
	const { nodes } = JSON.parse(textOf(file)) as { nodes: TemplateNode[] };
	return { file, nodes };
});
const writing = templates.filter(({ nodes }) => nodes.some(({ name }) => name === 'Write Audit'));

it.each(writing)(
	'$file hands in the last run of the audit, so that a restart breaks no chain',
	(one) => {
		const upserts = one.nodes.filter(
			({ type, parameters }) =>
				type.endsWith('.pipedriveUpsert') && parameters.operation === 'upsert',
		);
		expect(upserts.length).toBeGreaterThan(0);
		for (const { parameters } of upserts) {
			expect(parameters.options).toMatchObject({
				lastAuditRun: "={{ $('Last Audit Run').first().json }}",
			});
		}
		const lastRun = one.nodes.find(({ name }) => name === 'Last Audit Run');
		expect(lastRun).toMatchObject({
			alwaysOutputData: true,
			executeOnce: true,
			onError: 'continueRegularOutput',
			parameters: { orderByColumn: 'runNumber', orderByDirection: 'DESC', limit: 1 },
		});
	},
);

it.each(writing)('$file goes on when the audit table is full', ({ nodes }) => {
	const write = nodes.find(({ name }) => name === 'Write Audit');
	expect(write?.onError).toMatch(/^continue/);
	expect(write?.parameters.options).toMatchObject({ optimizeBulk: true });
});
