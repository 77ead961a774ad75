import { daysChart, SHOWN_IN_CHART } from './charts.mts';
import { fact, swatch } from './facts.mts';
import type { Day, Figures, Source } from './figures.mts';
import { foreign, markup, type Markup } from './html.mts';
import { executionLink, executionsLink } from './links.mts';
import { amount, dayName, duration, entityName, moment, systemName } from './wording.mts';

export function titleOf({ systems, entity, workflowId }: Source): Markup {
	const system = systems.map(systemName).join(', ') || `Workflow ${workflowId}`;
	return entity ? markup`${foreign(system)}: ${foreign(entityName(entity))}` : foreign(system);
}

export function sourceSection(source: Source, figures: Figures, number: number): Markup {
	const { lastRun, lagMs, workflowId } = source;
	const id = `source-${number}`;
	const oldest = figures.setAside.find(
		({ workflowId: of, system, entity }) =>
			of === workflowId ||
			(of === '' &&
				source.systems.includes(system) &&
				(source.entity === entity || !source.entity)),
	);
	const ran = markup`<time datetime="${new Date(lastRun.at).toISOString()}"
			>${moment(lastRun.at, figures.zone)}</time
		>
		<span class="quiet"
			>(${duration(figures.now - lastRun.at)} ago; run ${amount(lastRun.runNumber)})</span
		>`;
	const none = figures.setAsideIsCut ? 'none among the oldest' : 'none';
	return markup`<section id="${id}" aria-labelledby="${id}-title">
		<h2 id="${id}-title">${titleOf(source)}</h2>
		<dl>
			${fact('Last run', ran)}${fact(
				'Lag, from reading to writing',
				lagMs === null ? 'nothing written yet' : duration(lagMs),
				'lag',
			)}${fact(
				'Oldest set-aside record',
				oldest
					? markup`${foreign(oldest.erpKey || oldest.externalId, 80)}
							<span class="quiet">${foreign(oldest.reason, 160)}</span>`
					: none,
			)}${fact(
				'In n8n',
				markup`${executionsLink(figures, workflowId)} ·
				${executionLink(figures, { workflowId, executionId: lastRun.executionId })}`,
			)}
		</dl>
		${daysChart(source.days)}
		<p class="ends quiet">
			<span>${dayName(source.days[source.days.length - 1].date)}</span><span>by day</span
			><span>${dayName(source.days[0].date)}</span>
		</p>
		<ul class="legend">
			${SHOWN_IN_CHART.map(([name, word]) => markup`<li>${swatch(name)}${word}</li>`)}
		</ul>
		${daysTable(source.days)}
	</section>`;
}

const COLUMNS = [
	['created', 'Created'],
	['updated', 'Updated'],
	['unchanged', 'Unchanged'],
	['setAside', 'Set aside'],
	['runs', 'Runs'],
] as const;

/** On a narrow screen without the day of the week. */
function dayCell(date: string): Markup {
	const [weekday, ...rest] = dayName(date).split(' ');
	return markup`<span class="weekday">${weekday} </span>${rest.join(' ')}`;
}

function daysTable(days: Day[]): Markup {
	const rows = days.map(
		(day) =>
			markup`<tr>
				<th scope="row">${dayCell(day.date)}</th>
				${COLUMNS.map(([name]) => markup`<td>${amount(day[name])}</td>`)}
			</tr>`,
	);
	const sums = COLUMNS.map(
		([name]) => markup`<td>${amount(days.reduce((sum, day) => sum + day[name], 0))}</td>`,
	);
	return markup`<table class="days">
		<caption>
			Records by day; a company counts once, with its contact persons; what is blocked in the ERP
			and not created counts as unchanged
		</caption>
		<thead>
			<tr>
				<th scope="col">Day</th>
				${COLUMNS.map(([, word]) => markup`<th scope="col">${word}</th>`)}
			</tr>
		</thead>
		<tbody>
			${rows}
			<tr class="total">
				<th scope="row">${days.length} days</th>
				${sums}
			</tr>
		</tbody>
	</table>`;
}
