import type { Locator } from 'playwright-core';

export interface PanelFacts {
	/** What a person reads. */
	text: string;
	/** Names of the parameters, from top to bottom. */
	parameters: string[];
	/** Names of those that are marked as wrong or missing. */
	marked: string[];
	/** Labels beside which a credential is missing, or is to be chosen. */
	credentials: string[];
}

/** Reads the parameters of the panel that is open. */
export async function readPanel(panel: Locator): Promise<PanelFacts> {
	const parameters = panel.getByTestId('node-parameters').first();
	return {
		text: await parameters.innerText(),
		parameters: await namesIn(parameters),
		marked: await namesIn(
			parameters.getByTestId('parameter-item').filter({
				has: panel.page().getByTestId('parameter-issues'),
			}),
		),
		credentials: await parameters.getByTestId('credentials-label').allInnerTexts(),
	};
}

/** What each "Add …" list of the panel offers. */
export async function optionsOf(panel: Locator): Promise<string[][]> {
	const lists = panel.getByTestId('node-parameters').first();
	const inputs = await lists.locator('input[role="combobox"][placeholder^="Add "]').all();
	const offered: string[][] = [];
	for (const input of inputs) {
		await input.click();
		const items = panel.page().locator(`#${await input.getAttribute('aria-controls')} li`);
		await items.first().waitFor({ state: 'visible' });
		offered.push(await items.allInnerTexts());
		await input.click();
	}
	return offered;
}

/** What stands in the list of names once it has come, or why it did not. */
export async function openedList(panel: Locator, parameter = 'entitySet'): Promise<string> {
	const list = panel.getByTestId(`resource-locator-${parameter}`);
	await list.getByTestId('rlc-input').click();
	const known = panel.getByTestId('rlc-item').or(panel.getByTestId('rlc-error-container'));
	await known.first().waitFor();
	return await panel.getByTestId('node-parameters').first().innerText();
}

/** Of a parameter: its text field, the value of its expression. */
const PARTS = ['field', 'hint'];
/** Columns of a mapper, which Pipedrive names; they come a moment later. */
const COLUMN = /^[A-Z]/;

async function namesIn(part: Locator): Promise<string[]> {
	const prefix = 'parameter-input-';
	const ids = await part
		.locator(`[data-test-id^="${prefix}"]`)
		.filter({ visible: true })
		.evaluateAll((found) => found.map((one) => one.getAttribute('data-test-id') ?? ''));
	const names = ids.map((id) => id.slice(prefix.length));
	return [...new Set(names)].filter((name) => !PARTS.includes(name) && !COLUMN.test(name));
}
