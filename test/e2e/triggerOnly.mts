import type { CredentialReference } from '../n8n-host/template.mts';
import type { Item, WorkflowJson } from '../n8n-host/apiTypes.mts';
import { packageName } from '../n8n-host/scene.mts';

export const triggerName = 'SAP S/4HANA Trigger';

/** The trigger and nothing behind it: what leaves it can be read off its executions. */
export function triggerOnly(
	credentials: Record<string, CredentialReference>,
	parameters: Item = {},
): WorkflowJson {
	return {
		name: 'Trigger only',
		nodes: [
			{
				id: 'trigger',
				name: triggerName,
				type: `${packageName}.sapS4HanaTrigger`,
				typeVersion: 1,
				position: [0, 0],
				parameters: {
					authentication: 'oAuth2',
					pollTimes: { item: [{ mode: 'everyMinute' }] },
					...parameters,
				},
				credentials: { erpSapS4HanaOAuth2Api: credentials.erpSapS4HanaOAuth2Api },
			},
			{
				id: 'end',
				name: 'End',
				type: 'n8n-nodes-base.noOp',
				typeVersion: 1,
				position: [220, 0],
				parameters: {},
			},
		],
		connections: { [triggerName]: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
	};
}
