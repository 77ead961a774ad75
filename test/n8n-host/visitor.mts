import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { QUIET } from './browser.mts';
import { repoRoot } from './paths.mts';

export interface Visit {
	page: Page;
	/** Every address that the browser asked for. */
	requested: string[];
	/** What the browser complained of: a refused style, a blocked picture, a script's error. */
	complaints: string[];
}

/** Opens pages in a real browser as somebody does who only has their address and a login. */
export class Visitor {
	private constructor(private readonly browser: Browser) {}

	static async arrive(executablePath: string): Promise<Visitor> {
		return new Visitor(await chromium.launch({ executablePath, args: QUIET }));
	}

	/** A window of its own each time. */
	async open(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
		const context = await this.browser.newContext(options);
		const page = await context.newPage();
		const visit: Visit = { page, requested: [], complaints: [] };
		page.on('request', (request) => visit.requested.push(request.url()));
		page.on('pageerror', (error) => visit.complaints.push(String(error)));
		page.on('dialog', (dialog) => {
			visit.complaints.push(`dialog: ${dialog.message()}`);
			void dialog.dismiss();
		});
		page.on('console', (message) => {
			if (message.type() === 'error') visit.complaints.push(message.text());
		});
		await page.goto(address);
		return visit;
	}

	async close(): Promise<void> {
		await this.browser.close();
	}
}

/** To `test/artifacts`, which git ignores; the whole page. */
export async function pictureOf(page: Page, name: string): Promise<void> {
	const folder = join(repoRoot, 'test', 'artifacts');
	mkdirSync(folder, { recursive: true });
	await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
