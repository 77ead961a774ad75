import { budgetBar, hoursChart } from './charts.mts';
import { fact, swatch } from './facts.mts';
import type { Figures } from './figures.mts';
import { markup, NOTHING, type Markup } from './html.mts';
import { amount, hourName, moment } from './wording.mts';

/** Tokens of the last 24 hours against the day's budget. */
export function tokensSection(figures: Figures): Markup {
	const { hours, spent, budget, zone } = figures;
	const part = budget ? Math.max(0, budget.perDay - budget.reserve) : null;
	const pace = part === null ? null : part / hours.length;
	const rows = [...hours].reverse().map(
		({ start, tokens }) =>
			markup`<tr>
				<th scope="row">${moment(start, zone)}</th>
				<td>${amount(tokens)}</td>
			</tr>`,
	);
	return markup`<section id="tokens" aria-labelledby="tokens-title">
		<h2 id="tokens-title">Pipedrive tokens, last 24 hours</h2>
		${
			budget && part !== null
				? budgetFacts(figures, part)
				: markup`<p>
					Spent by the syncs: <strong data-number="spent">${amount(spent)}</strong>. The budget
					could not be read.
				</p>`
		}
		${hoursChart(figures, pace)}
		<p class="ends quiet">
			<span>${moment(hours[0].start, zone)}</span><span>by hour</span
			><span>${hourName(hours[hours.length - 1].start, zone)}</span>
		</p>
		${
			pace !== null
				? markup`<p class="quiet">
					Spent evenly, the syncs' part would be ${amount(pace)} tokens an hour (dashed where it is
					within the picture).
				</p>`
				: NOTHING
		}
		<details>
			<summary>Tokens by hour as a table</summary>
			<table id="hours">
				<thead>
					<tr>
						<th scope="col">Hour from</th>
						<th scope="col">Tokens</th>
					</tr>
				</thead>
				<tbody>
					${rows}
				</tbody>
			</table>
		</details>
	</section>`;
}

function budgetFacts({ budget, spent, zone }: Figures, part: number): Markup {
	if (!budget) return NOTHING;
	const share = part > 0 ? (spent / part) * 100 : 0;
	const percent = share > 0 && share < 1 ? 'under 1' : Math.round(share);
	const resets =
		budget.resetsAt === null
			? NOTHING
			: fact('Used up; starts anew', moment(budget.resetsAt, zone), 'resets');
	return markup`<dl>
			${fact('Daily budget', amount(budget.perDay), 'perDay')}${fact(
				'Reserve for people',
				amount(budget.reserve),
				'reserve',
			)}${fact('Part of the syncs', amount(part), 'part')}${fact(
				'Spent by the syncs',
				markup`<span data-number="spent">${amount(spent)}</span>
					<span class="quiet">(${percent} % of their part)</span>`,
			)}${fact(
				'May be spent now',
				markup`<span data-number="left">${amount(budget.left)}</span>
					<span class="quiet">(${amount(budget.kept)} of it kept for new records)</span>`,
			)}${resets}
		</dl>
		${budgetBar(budget, spent)}
		<ul class="legend">
			<li>${swatch('tokens')}spent by the syncs</li>
			<li>${swatch('free')}free</li>
			<li>${swatch('reserve')}reserve for people</li>
		</ul>`;
}
