import type { Figures } from './figures.mts';
import { markup, type Markup } from './html.mts';

/** The page is at `…/webhook/<path>`; anything but a web address would lead who knows where. */
function editorOf({ editorAddress }: Pick<Figures, 'editorAddress'>): string {
	const typed = editorAddress.trim().replace(/\/+$/, '');
	return /^https?:\/\/[^\s"'<>]+$/i.test(typed) ? typed : '..';
}

/** Opens beside the page, which stays. */
function link(href: string, text: string): Markup {
	return markup`<a href="${href}" target="_blank" rel="noopener noreferrer">${text}</a>`;
}

export function executionsLink(figures: Figures, workflowId: string): Markup {
	const workflow = encodeURIComponent(workflowId);
	return link(`${editorOf(figures)}/workflow/${workflow}/executions`, 'All executions');
}

export function executionLink(
	figures: Figures,
	{ workflowId, executionId }: { workflowId: string; executionId: string },
): Markup {
	const [workflow, execution] = [workflowId, executionId].map(encodeURIComponent);
	const href = `${editorOf(figures)}/workflow/${workflow}/executions/${execution}`;
	return link(href, `Execution ${executionId}`);
}

export function tablesLink(figures: Figures): Markup {
	return link(`${editorOf(figures)}/home/datatables`, 'Data tables');
}
