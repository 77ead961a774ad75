/** A deal's stage, status and the times that belong to them. */
import { invalid } from './apiError.mts';
import type { Row } from './collection.mts';
import type { Call } from './operation.mts';

/** Stage and pipeline agree; either alone brings the other. */
export function settleStage(call: Call, row: Row, next: Row): void {
	const { world, body: sent } = call;
	if (sent.stage_id !== undefined) {
		const stage = world.living('stages', sent.stage_id);
		if (!stage) throw invalid(`stage_id: stage ${String(sent.stage_id)} does not exist`);
		if (sent.pipeline_id !== undefined && sent.pipeline_id !== stage.pipeline_id) {
			throw invalid('stage_id: the stage is not in the pipeline of pipeline_id');
		}
		next.pipeline_id = stage.pipeline_id;
	} else if (sent.pipeline_id !== undefined || row.stage_id === null) {
		const pipeline = world.living('pipelines', sent.pipeline_id ?? 1);
		if (!pipeline)
			throw invalid(`pipeline_id: pipeline ${String(sent.pipeline_id)} does not exist`);
		const stages = world.collections.stages.sortedBy('order_nr');
		const first = stages.find((stage) => stage.pipeline_id === pipeline.id && !stage.is_deleted);
		if (!first) throw invalid(`pipeline_id: pipeline ${pipeline.id} has no stage`);
		if (row.pipeline_id !== pipeline.id) next.stage_id = first.id;
		next.pipeline_id = pipeline.id;
	}
	if (row.stage_id !== null && next.stage_id !== row.stage_id) {
		next.stage_change_time = world.moment();
	}
}

/** Times follow the status; a time of another status is refused. */
export function settleStatus(call: Call, row: Row, next: Row): void {
	const { body: sent, world } = call;
	const status = next.status as string;
	if (!['open', 'won', 'lost'].includes(status)) {
		throw invalid('status: must be one of open, won, lost');
	}
	for (const goal of ['won', 'lost']) {
		if (sent[`${goal}_time`] && status !== goal)
			throw invalid(`${goal}_time: only for ${goal} deals`);
	}
	if (sent.lost_reason && status !== 'lost') throw invalid('lost_reason: only for lost deals');
	if (status !== row.status) {
		const now = world.moment();
		next.won_time = status === 'won' ? (sent.won_time ?? now) : null;
		next.lost_time = status === 'lost' ? (sent.lost_time ?? now) : null;
		next.close_time = status === 'open' ? null : (sent.close_time ?? now);
		if (status !== 'lost') next.lost_reason = null;
	}
}
