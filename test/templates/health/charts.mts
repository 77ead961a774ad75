import type { Budget, Day, Figures } from './figures.mts';
import { markup, NOTHING, type Markup } from './html.mts';
import { amount, counted, dayName, hourName } from './wording.mts';

const WIDTH = 480;
const HEIGHT = 96;
const GAP = 3;

/** Columns from the left; each is a pile of parts, the first at the bottom. */
interface Column {
	title: string;
	parts: Array<{ className: string; height: number }>;
}

function columnChart(label: string, columns: Column[], line: Markup = NOTHING): Markup {
	const pitch = WIDTH / columns.length;
	const bars = columns.map(({ title, parts }, at) => {
		let top = HEIGHT;
		const pile = parts
			.filter(({ height }) => height > 0)
			.map(({ className, height }) => {
				top -= height;
				return markup`<rect
					class="${className}"
					x="${(at * pitch + GAP / 2).toFixed(1)}"
					y="${top.toFixed(1)}"
					width="${(pitch - GAP).toFixed(1)}"
					height="${height.toFixed(1)}"
				/>`;
			});
		return markup`<g><title>${title}</title>${pile}</g>`;
	});
	return markup`<svg
		class="chart"
		viewBox="0 0 ${WIDTH} ${HEIGHT}"
		preserveAspectRatio="none"
		role="img"
		aria-label="${label}"
	>
		<line class="axis" x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}" />
		${line}${bars}
	</svg>`;
}

/** What is not nothing is seen, however small. */
const heightOf = (value: number, highest: number) =>
	value === 0 ? 0 : Math.max(2, (value / highest) * (HEIGHT - 2));

/** Tokens by hour, with a line at the even pace where that is within the picture. */
export function hoursChart({ hours, zone }: Figures, pace: number | null): Markup {
	const highest = Math.max(1, ...hours.map(({ tokens }) => tokens));
	const columns = hours.map(({ start, tokens }) => ({
		title: `${hourName(start, zone)}: ${counted(tokens, 'token')}`,
		parts: [{ className: 'tokens', height: heightOf(tokens, highest) }],
	}));
	const y = pace === null || pace > highest ? null : HEIGHT - heightOf(pace, highest);
	const line =
		y === null
			? NOTHING
			: markup`<line class="pace" x1="0" x2="${WIDTH}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" />`;
	const label = `Tokens by hour; the most in one hour were ${amount(highest)}. The numbers are in the table below.`;
	return columnChart(label, columns, line);
}

export const SHOWN_IN_CHART = [
	['created', 'created'],
	['updated', 'updated'],
	['setAside', 'set aside'],
] as const;

/** Created, updated and set aside by day, the oldest on the left. */
export function daysChart(days: Day[]): Markup {
	const sumOf = (day: Day) => SHOWN_IN_CHART.reduce((sum, [name]) => sum + day[name], 0);
	const highest = Math.max(1, ...days.map(sumOf));
	const columns = [...days].reverse().map((day) => ({
		title: `${dayName(day.date)}: ${SHOWN_IN_CHART.map(([name, word]) => `${amount(day[name])} ${word}`).join(', ')}`,
		parts: SHOWN_IN_CHART.map(([name]) => ({
			className: name,
			height: heightOf(day[name], highest),
		})),
	}));
	return columnChart('Records by day. The numbers are in the table below.', columns);
}

/** The day's tokens as a bar: spent by the syncs from the left, the people's reserve at the right. */
export function budgetBar({ perDay, reserve }: Budget, spent: number): Markup {
	const width = (tokens: number) =>
		((Math.min(Math.max(tokens, 0), perDay) / Math.max(1, perDay)) * WIDTH).toFixed(1);
	const label = `${amount(spent)} of ${amount(perDay)} tokens spent; ${amount(reserve)} are reserved for people.`;
	return markup`<svg
		class="bar"
		viewBox="0 0 ${WIDTH} 20"
		preserveAspectRatio="none"
		role="img"
		aria-label="${label}"
	>
		<rect class="free" width="${WIDTH}" height="20" />
		<rect class="reserve" x="${width(perDay - reserve)}" width="${width(reserve)}" height="20" />
		<rect class="tokens" width="${width(spent)}" height="20" />
	</svg>`;
}
