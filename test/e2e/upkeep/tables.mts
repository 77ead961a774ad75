import { join } from 'node:path';
import type { Item, ExecutionWithData } from '../../n8n-host/apiTypes.mts';
import { repoRoot } from '../../n8n-host/paths.mts';
import type { Scene } from '../../n8n-host/scene.mts';
import { importTemplate, readTemplate } from '../../n8n-host/template.mts';

export const AUDIT = 'erp_audit_rows';
export const SET_ASIDE = 'erp_setaside_items';
export const KNOWN_IDS = 'erp_known_ids';

/** A scene whose first sync has run. */
export type Stage = () => { scene: Scene; syncId: string };

/** As a person would: file, credentials, nothing else unless asked. */
export async function importFile(
	{ n8n, credentials }: Scene,
	file: string,
	parameters: Record<string, Item> = {},
	change: (node: Item) => void = () => undefined,
): Promise<string> {
	const template = readTemplate(join(repoRoot, 'workflows', file));
	template.nodes.forEach(change);
	return await importTemplate(n8n.api, template, { credentials, parameters });
}

export async function runOnce(
	{ n8n: { api } }: Scene,
	workflowId: string,
	trigger: string,
): Promise<ExecutionWithData> {
	return await api.ended(await api.runManually(workflowId, trigger));
}
