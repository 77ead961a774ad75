import { markup, type Markup } from './html.mts';

export function fact(term: string, value: string | Markup, name?: string): Markup {
	const shown = name ? markup`<span data-number="${name}">${value}</span>` : value;
	return markup`<div>
		<dt>${term}</dt>
		<dd>${shown}</dd>
	</div>`;
}

export const swatch = (className: string) =>
	markup`<svg viewBox="0 0 10 10" aria-hidden="true">
		<rect class="${className}" width="10" height="10" />
	</svg>`;
