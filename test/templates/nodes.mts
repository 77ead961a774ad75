/** Nodes of n8n that most templates use. */
import type { TemplateNode } from './workflow.mts';

type Position = TemplateNode['position'];

/** Each item becomes what the expression gives. */
export function setJson(
	name: string,
	position: Position,
	jsonOutput: string,
	switches: Partial<TemplateNode> = {},
): TemplateNode {
	const type = 'n8n-nodes-base.set';
	const parameters = { mode: 'raw', jsonOutput, options: {} };
	return { name, type, typeVersion: 3.4, position, parameters, ...switches };
}

/** An item for each entry of a list in this field. */
export function splitOut(
	name: string,
	position: Position,
	fieldToSplitOut: string,
	switches: Partial<TemplateNode> = {},
): TemplateNode {
	const type = 'n8n-nodes-base.splitOut';
	const parameters = { fieldToSplitOut, options: {} };
	return { name, type, typeVersion: 1, position, parameters, ...switches };
}
