import { owner } from '../n8n-host/connection.mts';
import type { PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import type { Erp, RunningErp } from '../sandbox/erp.mts';

export interface Demo {
	/** Where n8n answers. */
	n8nUrl: string;
	workflowId: string;
	erp: Erp;
	system: RunningErp;
	crm: Pick<PipedriveSandbox, 'url' | 'token'>;
}

/** What a person needs to look around and to build a workflow of one's own. The logins are those of the sandboxes. */
export function invitation({ n8nUrl, workflowId, erp, system, crm }: Demo): string {
	const [operation, body] = system.example;
	const line = (label: string, value: string) => `  ${label.padEnd(12)} ${value}`;
	return `
Have a look around. Ctrl-C ends everything.

${line('Editor', `${n8nUrl}/workflow/${workflowId}`)}
${line('Login', `${owner.email}  ${owner.password}`)}
${line('Data Tables', `${n8nUrl}/home/datatables`)}

  For a workflow of your own: n8n holds both logins as "${erp.title} sandbox" and "Pipedrive sandbox". To type them yourself:
${line('ERP', `${erp.title} at ${system.url}`)}
${system.logins.map(([label, value]) => line(` ${label}`, value)).join('\n')}
${line('Pipedrive', `API Token ${crm.token}`)}
${line('', `Company Domain sandbox   API Base URL ${crm.url}`)}

  What Pipedrive holds:
    curl -H 'x-api-token: ${crm.token}' '${crm.url}/api/v2/organizations?limit=5'
  Change a customer in the ERP yourself; it arrives within a minute:
    curl -X POST '${system.url}/__control/${operation}' -d '${JSON.stringify(body)}'
`;
}
