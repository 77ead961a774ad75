import type { Figures } from './figures.mts';
import { foreign, markup, Markup, NOTHING } from './html.mts';
import { sourceSection, titleOf } from './sourceSection.mts';
import { DAYS_SHOWN } from './span.mts';
import { STYLE, STYLE_HASH } from './style.mts';
import { tokensSection } from './tokensSection.mts';
import { waitingSection } from './waitingSection.mts';
import { amount, counted, duration, moment } from './wording.mts';

const QUIET_MS = 24 * 3_600_000;
const OLD_MS = 24 * 3_600_000;

/** Nothing is loaded from anywhere, no script runs, nothing is sent. */
const POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;

/** One page of HTML without anything outside it. */
export function pageOf(figures: Figures): string {
	const { now, zone, sources, setAside } = figures;
	const isEmpty = sources.length === 0 && setAside.length === 0;
	const content = isEmpty
		? markup`${emptySection(figures)}${tokensSection(figures)}`
		: markup`${tokensSection(figures)}${sources.map((source, at) =>
				sourceSection(source, figures, at + 1),
			)}${waitingSection(figures)}`;
	return markup`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta http-equiv="Content-Security-Policy" content="${POLICY}" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="color-scheme" content="light dark" />
				<meta name="robots" content="noindex" />
				<title>ERP to Pipedrive: sync health</title>
				<link rel="icon" href="data:," />
				<style>${new Markup(STYLE)}</style>
			</head>
			<body>
				<main>
					<header>
						<h1>ERP to Pipedrive: sync health</h1>
						<p class="quiet">
							As of <time datetime="${new Date(now).toISOString()}">${moment(now, zone)}</time>,
							${zone}. <a href="">Reload</a>
						</p>
					</header>
					${noticesOf(figures)}${content}
					<footer class="quiet">
						<p>
							A poll that finds nothing new makes no run. Runs that failed are not counted here: n8n
							lists them under "All executions", with the message. Executions of successful runs
							open only if the workflow saves them.
						</p>
					</footer>
				</main>
			</body>
		</html>
`.html;
}

function emptySection({ problems }: Figures): Markup {
	if (problems.length > 0) return NOTHING;
	return markup`<section id="empty">
		<h2>No run yet</h2>
		<p>
			Publish one of the sync workflows. After its first run, this page shows what was created,
			updated and set aside, and what it cost.
		</p>
	</section>`;
}

/** What a person should look at first. */
function noticesOf(figures: Figures): Markup {
	const notices = [
		...figures.problems.map((problem) => markup`Not everything could be read: ${foreign(problem)}`),
		...silentSources(figures),
		...budgetNotices(figures),
		...waitingNotices(figures),
		...countingNotices(figures),
	];
	if (notices.length === 0) return NOTHING;
	return markup`<div class="notice" role="note">
		<strong>To look at</strong>
		<ul>
			${notices.map((notice) => markup`<li>${notice}</li>`)}
		</ul>
	</div>`;
}

function silentSources({ sources, now }: Figures): Markup[] {
	return sources
		.filter(({ lastRun }) => now - lastRun.at > QUIET_MS)
		.map(
			(source) =>
				markup`${titleOf(source)}: no run for ${duration(now - source.lastRun.at)}. Either nothing
				changed in the ERP, or the workflow is not published or fails.`,
		);
}

function budgetNotices({ budget }: Figures): Markup[] {
	if (!budget || budget.left > 0) return [];
	return [
		markup`The syncs' part of today's tokens is used up. What is left over waits for the next day;
		nothing is lost.`,
	];
}

function waitingNotices({ setAside, now }: Figures): Markup[] {
	const [oldest] = setAside;
	if (!oldest || oldest.at === null || now - oldest.at < OLD_MS) return [];
	return [markup`A record has been set aside for ${duration(now - oldest.at)}.`];
}

function countingNotices({ countedSince, sources, zone }: Figures): Markup[] {
	const days = sources.flatMap((source) => source.days);
	const sum = (name: 'dryRuns' | 'uncounted') => days.reduce((total, day) => total + day[name], 0);
	const notices: Markup[] = [];
	if (countedSince !== null) {
		notices.push(
			markup`Only the runs since ${moment(countedSince, zone)} are counted: there are too many to read
			all of the last ${DAYS_SHOWN} days.`,
		);
	}
	if (sum('dryRuns') > 0) {
		notices.push(
			markup`${counted(sum('dryRuns'), 'dry run')} in the last ${DAYS_SHOWN} days: nothing was
			written, nothing is counted but tokens.`,
		);
	}
	if (sum('uncounted') > 0) {
		notices.push(
			markup`${amount(sum('uncounted'))} of the runs have no counts any more: the retention removed
			them.`,
		);
	}
	return notices;
}
