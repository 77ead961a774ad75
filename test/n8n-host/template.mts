import { readFileSync } from 'node:fs';
import type { INodeTypeDescription } from 'n8n-workflow';
import type { N8nApi } from './api.mts';
import type { CredentialSlot, Item, WorkflowJson } from './apiTypes.mts';
import { typeOf } from './missing.mts';

export interface CredentialReference {
	id: string;
	name: string;
}

export interface ImportOptions {
	/** By credential type: what a person would choose in the dropdowns. */
	credentials: Record<string, CredentialReference>;
	/** Parameters that a person would set, by node name. */
	parameters?: Record<string, Item>;
	/** `everyMinute` instead of the template's own interval. */
	everyMinute?: boolean;
	settings?: Record<string, unknown>;
	name?: string;
}

interface TemplateNode extends Record<string, unknown> {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Item;
	credentials?: Record<string, CredentialReference>;
}

/** n8n's public API refuses every other setting. */
const KNOWN_SETTINGS = [
	'executionOrder',
	'saveDataErrorExecution',
	'saveDataSuccessExecution',
	'saveManualExecutions',
	'saveExecutionProgress',
	'executionTimeout',
	'errorWorkflow',
	'timezone',
	'callerPolicy',
];

export function readTemplate(file: string): WorkflowJson {
	return JSON.parse(readFileSync(file, 'utf8')) as WorkflowJson;
}

/** Imports a template as a person would: file, credentials, nothing else unless asked. Gives the workflow's id. */
export async function importTemplate(
	api: N8nApi,
	template: WorkflowJson,
	options: ImportOptions,
): Promise<string> {
	const types = await api.nodeDescriptions();
	const nodes = structuredClone(template.nodes) as TemplateNode[];
	for (const node of nodes) {
		chooseCredentials(node, slotsOf(node, types), options.credentials);
		Object.assign(node.parameters, options.parameters?.[node.name]);
		if (options.everyMinute && node.parameters.pollTimes) {
			node.parameters.pollTimes = { item: [{ mode: 'everyMinute' }] };
		}
	}
	const settings = { ...template.settings, ...options.settings };
	return await api.createWorkflow({
		name: options.name ?? template.name,
		nodes,
		connections: template.connections,
		settings: Object.fromEntries(
			Object.entries(settings).filter(([key]) => KNOWN_SETTINGS.includes(key)),
		),
	});
}

function slotsOf(node: TemplateNode, types: INodeTypeDescription[]): CredentialSlot[] {
	return (typeOf(node, types)?.credentials ?? []) as CredentialSlot[];
}

/** Of the credentials that a node type offers, the first that was given; the selector beside it follows. */
function chooseCredentials(
	node: TemplateNode,
	slots: CredentialSlot[],
	given: Record<string, CredentialReference>,
): void {
	const slot = slots.find((one) => given[one.name]);
	if (!slot) return;
	// Beside a choice of credentials a node may need one in any case.
	const needed = slots.filter((one) => !one.displayOptions && given[one.name]);
	node.credentials = Object.fromEntries(
		[slot, ...needed].map((one) => [one.name, given[one.name] as CredentialReference]),
	);
	for (const [parameter, values] of Object.entries(slot.displayOptions?.show ?? {})) {
		const chosen = node.parameters[parameter];
		if (!values.includes(chosen)) node.parameters[parameter] = values[0];
	}
}
