import type { PipedriveRow } from './api';
import { dropRow, keepRow } from './directory';
import { readRow } from './readRows';
import type { Intent } from './intents';
import type { Match } from './match';
import type { Plan } from './plan';
import { planOf } from './planRecord';
import { entityRun, matchIntent, recall, type Run } from './run';

/** Match and plan with one read where a remembered record is not among the listed ones. */
export async function decide(run: Run, intent: Intent, orgId: number | undefined): Promise<Plan> {
	const entity = entityRun(run, intent.entity);
	let match = matchIntent(run, intent, orgId);
	if (match.outcome === 'unknown')
		match = await readUnknown(run, intent, match.rememberedId, orgId);
	if (match.outcome === 'ambiguous') match = await withoutGone(run, intent, match, orgId);
	if (match.outcome === 'found') await knowHost(run, match.row, orgId);
	return planOf(intent, match, recall(run, intent)?.digests, entity.plan, orgId);
}

/** Whether a person's organization stands for an ERP record decides who may tell about the person. */
async function knowHost(run: Run, { org_id: id }: PipedriveRow, orgId: number | undefined) {
	const { organization } = run.entities;
	if (!organization || orgId === undefined || typeof id !== 'number' || id === orgId) return;
	if (organization.directory.row(id) ?? organization.index.row(id)) return;
	const row = await readRow(run.environment.api, organization.shape, id);
	if (row) keepRow(run, organization, row);
}

const MOST_RIVALS_READ = 10;

/** Lists do not tell about deletions and merges: a rival that is gone is no rival. */
async function withoutGone(
	run: Run,
	intent: Intent,
	match: Match & { outcome: 'ambiguous' },
	orgId: number | undefined,
): Promise<Match> {
	if (match.ids.length < 2 || match.ids.length > MOST_RIVALS_READ) return match;
	const entity = entityRun(run, intent.entity);
	let isGone = false;
	for (const id of match.ids) {
		const row = await readRow(run.environment.api, entity.shape, id);
		if (row) keepRow(run, entity, row);
		else dropRow(run, intent, id);
		isGone ||= row === undefined;
	}
	return isGone ? matchIntent(run, intent, orgId) : match;
}

async function readUnknown(
	run: Run,
	intent: Intent,
	id: number,
	orgId: number | undefined,
): Promise<Match> {
	const entity = entityRun(run, intent.entity);
	const row = await readRow(run.environment.api, entity.shape, id);
	if (row) {
		keepRow(run, entity, row);
		return matchIntent(run, intent, orgId);
	}
	return run.settings.recreateDeleted
		? { outcome: 'absent' }
		: { outcome: 'unknown', rememberedId: id };
}
