/** n8n's workflow JSON, as the templates in `workflows/` are made of it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TemplateNode {
	name: string;
	type: string;
	typeVersion: number;
	position: [x: number, y: number];
	parameters: Record<string, unknown>;
	executeOnce?: true;
	alwaysOutputData?: true;
	onError?: 'continueRegularOutput' | 'continueErrorOutput';
	retryOnFail?: true;
	maxTries?: number;
	/** Milliseconds. */
	waitBetweenTries?: number;
	/** Of a webhook: stays as it is once given. */
	webhookId?: string;
}

/** By node: for each of its outputs the nodes behind it, with the number of their input where it is not the first. */
export type Wires = Record<string, Array<Array<string | [node: string, input: number]>>>;

export interface Template {
	/** In `workflows/`, without `.json`. */
	file: string;
	name: string;
	nodes: TemplateNode[];
	wires: Wires;
	/** Other than usual. */
	settings?: Record<string, unknown>;
}

export const templateFolder = join(process.cwd(), 'workflows');
export const pathOf = ({ file }: Pick<Template, 'file'>) => join(templateFolder, `${file}.json`);

/** What stands in the file, byte for byte. */
export function fileText(template: Template): string {
	const { file, name, nodes, wires } = template;
	const known = knownIds(template);
	const workflow = {
		name,
		nodes: nodes.map(({ name: node, type, typeVersion, position, parameters, ...switches }) => ({
			parameters,
			id: known.get(node) ?? idOf(`${file}/${node}`),
			name: node,
			type,
			typeVersion,
			position,
			...switches,
		})),
		connections: Object.fromEntries(
			Object.entries(wires).map(([from, outputs]) => [
				from,
				{ main: outputs.map((ends) => ends.map(connection)) },
			]),
		),
		pinData: {},
		settings: {
			executionOrder: 'v1',
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'all',
			saveManualExecutions: true,
			...template.settings,
		},
		meta: { templateCredsSetupCompleted: false },
	};
	return `${JSON.stringify(workflow, null, 2)}\n`;
}

function connection(end: string | [node: string, input: number]) {
	const [node, index] = typeof end === 'string' ? [end, 0] : end;
	return { node, type: 'main', index };
}

/** n8n keeps the position of a trigger under its node's id: once given, an id stays. */
function knownIds(template: Template): Map<string, string> {
	const path = pathOf(template);
	if (!existsSync(path)) return new Map();
	const { nodes } = JSON.parse(readFileSync(path, 'utf8')) as {
		nodes: Array<{ name: string; id: string }>;
	};
	return new Map(nodes.map(({ name, id }) => [name, id]));
}

/** The same name gives the same UUID. */
export function idOf(name: string): string {
	const hex = createHash('sha1').update(name).digest('hex');
	const variant = '89ab'[Number.parseInt(hex[16], 16) % 4];
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		`5${hex.slice(13, 16)}`,
		`${variant}${hex.slice(17, 20)}`,
		hex.slice(20, 32),
	].join('-');
}

export function note(
	name: string,
	content: string,
	{ position, width, height, color }: NoteFrame,
): TemplateNode {
	return {
		name,
		type: 'n8n-nodes-base.stickyNote',
		typeVersion: 1,
		position,
		parameters: { width, height, color, content },
	};
}

export interface NoteFrame {
	position: [x: number, y: number];
	width: number;
	height: number;
	color: number;
}
