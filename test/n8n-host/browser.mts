import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';
import type { RunningN8n } from './n8n.mts';
import { repoRoot } from './paths.mts';

export const QUIET = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];
const TIMEOUT_MS = 60_000;

/** n8n's editor in a real browser, already signed in. */
export class Editor {
	private constructor(
		private readonly browser: Browser,
		readonly page: Page,
		private readonly baseUrl: string,
	) {}

	static async open(n8n: RunningN8n, executablePath: string): Promise<Editor> {
		selectors.setTestIdAttribute('data-test-id');
		const browser = await chromium.launch({ executablePath, args: QUIET });
		const context = await browser.newContext({ viewport: { width: 1500, height: 900 } });
		const [name = '', value = ''] = n8n.api.cookie.split('=');
		await context.addCookies([{ name, value, url: n8n.baseUrl }]);
		const page = await context.newPage();
		page.setDefaultTimeout(TIMEOUT_MS);
		return new Editor(browser, page, n8n.baseUrl);
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.baseUrl}/workflow/${id}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
		await this.page.getByTestId('zoom-to-fit').click();
	}

	/** Names of the nodes on the canvas that n8n does not know. */
	async unknownNodes(): Promise<string[]> {
		const unknown = this.page.getByTestId('canvas-node').filter({
			has: this.page.getByTestId('node-not-installed'),
		});
		return await unknown.evaluateAll((nodes) =>
			nodes.map((node) => node.getAttribute('data-node-name') ?? ''),
		);
	}

	async nodeNames(): Promise<string[]> {
		const nodes = this.page.getByTestId('canvas-node');
		return await nodes.evaluateAll((all) =>
			all.map((node) => node.getAttribute('data-node-name') ?? ''),
		);
	}

	/** Opens a node's panel; its text is what a person reads there. */
	async openPanel(node: string): Promise<Locator> {
		await this.page.locator(`[data-test-id="canvas-node"][data-node-name="${node}"]`).dblclick();
		const panel = this.page.getByTestId('ndv');
		await panel.getByTestId('node-parameters').first().waitFor();
		return panel;
	}

	async closePanel(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.page.getByTestId('ndv').waitFor({ state: 'hidden' });
	}

	/** To `test/artifacts`, which git ignores. */
	async screenshot(name: string): Promise<void> {
		const folder = join(repoRoot, 'test', 'artifacts');
		mkdirSync(folder, { recursive: true });
		await this.page.screenshot({ path: join(folder, `${name}.png`) });
	}

	async close(): Promise<void> {
		await this.browser.close();
	}
}
