import { NodeHelpers, type INode, type INodeTypeDescription } from 'n8n-workflow';
import type { WorkflowJson } from './apiTypes.mts';

/** What the editor marks red in this workflow: unknown nodes, empty required parameters, credentials not chosen. */
export function missingIn(
	workflow: Pick<WorkflowJson, 'nodes'>,
	types: readonly INodeTypeDescription[],
): string[] {
	return (workflow.nodes as unknown as INode[]).flatMap((node) => {
		const type = typeOf(node, types);
		if (!type) return [`${node.name}: n8n knows no ${node.type} ${node.typeVersion}.`];
		return inNode(node, type).map((complaint) => `${node.name}: ${complaint}`);
	});
}

/** The description of the node's very version. */
export function typeOf(
	node: Pick<INode, 'type' | 'typeVersion'>,
	types: readonly INodeTypeDescription[],
): INodeTypeDescription | undefined {
	const versions = types.filter(({ name }) => name === node.type);
	return versions.find(({ version }) => [version].flat().includes(node.typeVersion));
}

function inNode(node: INode, type: INodeTypeDescription): string[] {
	const { properties } = type;
	const shown = NodeHelpers.getNodeParameters(properties, node.parameters, true, false, node, type);
	const complete = { ...node, parameters: shown ?? {} };
	const issues = NodeHelpers.getNodeParametersIssues(properties, complete, type);
	const unchosen = (type.credentials ?? [])
		.filter(({ required }) => required)
		.filter((slot) => NodeHelpers.displayParameter(complete.parameters, slot, node, type))
		.filter(({ name }) => !node.credentials?.[name])
		.map(({ name }) => `the credential ${name} is not chosen.`);
	return [...Object.values(issues?.parameters ?? {}).flat(), ...unchosen];
}
