import type {
	IDataObject,
	IExecuteFunctions,
	INodeConnections,
	INodeExecutionData,
} from 'n8n-workflow';
import type { ItemReport } from './report';
import { setAsideError, setAsideOf } from './setAsideError';

/** The two outputs: Done and Set Aside. */
export type Outputs = [INodeExecutionData[], INodeExecutionData[]];

const SET_ASIDE_OUTPUT = 1;

/** Each report as an item. Throws where records that were set aside are to fail the run, or would be lost silently. */
export function outputsOf(
	context: IExecuteFunctions,
	reports: readonly ItemReport[],
	isDryRun: boolean,
	notices: readonly string[],
): Outputs {
	const item = (report: ItemReport, index: number): INodeExecutionData => ({
		json: report as unknown as IDataObject,
		pairedItem: { item: index },
	});
	const all = reports.map(item);
	// A tool has one output, and the model reads the outcome.
	if (context.getNode().type.endsWith('Tool')) return [all, []];
	const isAside = (index: number) => reports[index].outcome === 'setAside';
	const done = all.filter((_, index) => !isAside(index));
	const aside = all.filter((_, index) => isAside(index));
	const failsRun =
		context.getNodeParameter('whenSetAside', 0, 'fail') === 'fail' || isSetAsideLoose(context);
	const [first, ...others] = setAsideOf(reports);
	if (!first || isDryRun || !failsRun) return [done, aside];
	const node = context.getNode();
	if (!context.continueOnFail()) {
		throw setAsideError(node, [first, ...others], reports.length, notices);
	}
	// n8n's error output keeps nothing of an item but its error.
	const failed = [first, ...others].map((entry) => ({
		...all[entry[0]],
		error: setAsideError(node, [entry], 1),
	}));
	return [[...done, ...failed], []];
}

/**
 * n8n drops what leaves by an output that nothing is connected to: in production that would lose records silently.
 * The workflow is not part of n8n's public interface for nodes; where it cannot be seen, the panel's hint has to do.
 */
function isSetAsideLoose(context: IExecuteFunctions): boolean {
	if (context.getMode() === 'manual') return false;
	const { workflow } = context as unknown as {
		workflow?: { connectionsBySourceNode?: Record<string, INodeConnections> };
	};
	const connections = workflow?.connectionsBySourceNode?.[context.getNode().name];
	if (workflow?.connectionsBySourceNode === undefined) return false;
	return (connections?.main?.[SET_ASIDE_OUTPUT] ?? []).length === 0;
}
