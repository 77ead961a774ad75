import type { Page } from 'playwright-core';

export interface Contrast {
	what: string;
	ratio: number;
	/** What WCAG 2 AA asks for: 4.5 for text, 3 for large text and for what a picture shows. */
	needed: number;
}

/** Every piece of text that is shown, and every filled shape, against what is behind it. */
export async function contrastsOf(page: Page): Promise<Contrast[]> {
	return await page.evaluate(() => {
		type Color = [red: number, green: number, blue: number, alpha: number];
		const parsed = (css: string): Color => {
			const [red = 0, green = 0, blue = 0, alpha = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
			return [red, green, blue, alpha];
		};
		const over = (front: Color, back: Color): Color => {
			const mix = (at: 0 | 1 | 2) => front[at] * front[3] + back[at] * (1 - front[3]);
			return [mix(0), mix(1), mix(2), 1];
		};
		const behind = (element: Element | null): Color => {
			if (!element) return [255, 255, 255, 1];
			const own = parsed(getComputedStyle(element).backgroundColor);
			return own[3] === 1 ? own : over(own, behind(element.parentElement));
		};
		const luminance = (color: Color) => {
			const [red = 0, green = 0, blue = 0] = color.slice(0, 3).map((part) => {
				const share = part / 255;
				return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
			});
			return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
		};
		const ratio = (one: Color, other: Color) => {
			const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
			return (light + 0.05) / (dark + 0.05);
		};
		const found: Array<{ what: string; ratio: number; needed: number }> = [];
		for (const element of Array.from(document.querySelectorAll('body *'))) {
			const style = getComputedStyle(element);
			const back = behind(element);
			const text = Array.from(element.childNodes)
				.filter((node) => node.nodeType === Node.TEXT_NODE)
				.map((node) => node.textContent?.trim() ?? '')
				.join(' ')
				.trim();
			const isShown = element.getClientRects().length > 0;
			if (text && isShown && !element.closest('svg')) {
				const size = Number.parseFloat(style.fontSize);
				const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
				const color = over(parsed(style.color), back);
				found.push({
					what: text.slice(0, 40),
					ratio: ratio(color, back),
					needed: isLarge ? 3 : 4.5,
				});
			}
			if (element.tagName === 'rect' && isShown && !element.classList.contains('free')) {
				const color = over(parsed(style.fill), back);
				const what = `shape ${element.getAttribute('class')}`;
				found.push({ what, ratio: ratio(color, back), needed: 3 });
			}
		}
		return found;
	});
}
