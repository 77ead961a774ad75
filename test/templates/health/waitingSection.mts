import type { Figures, SetAside } from './figures.mts';
import { foreign, markup, NOTHING, type Markup } from './html.mts';
import { executionLink, tablesLink } from './links.mts';
import { counted, duration, entityName, moment, systemName } from './wording.mts';

/** What waits, the oldest first. */
export function waitingSection(figures: Figures): Markup {
	const { setAside, setAsideIsCut } = figures;
	const how = setAsideIsCut ? `the ${setAside.length} oldest` : counted(setAside.length, 'record');
	const list =
		setAside.length === 0
			? markup`<p>Nothing waits.</p>`
			: markup`<ol class="waiting">
					${setAside.map((record) => waiting(record, figures))}
				</ol>`;
	return markup`<section id="waiting" aria-labelledby="waiting-title">
		<h2 id="waiting-title">Set aside${setAside.length > 0 ? `: ${how}` : ''}</h2>
		${list}
		<p class="quiet">
			Everything that waits is in <bdi>erp_setaside_items</bdi>: ${tablesLink(figures)}.
		</p>
	</section>`;
}

function waiting(record: SetAside, figures: Figures): Markup {
	const { at, system, entity, erpKey, externalId, reason, status, attempts, retryAt } = record;
	const { now, zone } = figures;
	const since = at === null ? '' : `${moment(at, zone)}, ${duration(now - at)} ago`;
	const again = retryAt === null ? '' : `; next try from ${moment(retryAt, zone)}`;
	const run = record.executionId === '' ? NOTHING : markup` · ${executionLink(figures, record)}`;
	return markup`<li>
		<strong
			>${foreign(systemName(system))} ${foreign(entityName(entity))}
			${foreign(erpKey || externalId, 80)}</strong
		>: ${foreign(reason || 'The reason was removed.')}<br /><span class="quiet"
			>${since}; ${foreign(status, 40)}; tried ${counted(attempts, 'time')}${again}${run}</span
		>
	</li>`;
}
