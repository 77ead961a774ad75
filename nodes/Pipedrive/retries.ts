import type { INodeExecutionData } from 'n8n-workflow';
import { attemptOf } from './items/batch';
import type { ItemReport } from './report';

/**
 * A record that was set aside before comes with `attempt` and with the `runId` of its first audit row: the new rows
 * count on and name that run, so that both are found together.
 */
export function joinRetries(
	inputs: readonly INodeExecutionData[],
	reports: readonly ItemReport[],
): void {
	for (const [item, report] of reports.entries()) {
		const tried = attemptOf(inputs[item]);
		const first = String(inputs[item].json.runId ?? '').trim();
		if (tried <= 0 || first === '') continue;
		const joined = `Attempt ${tried + 1}, set aside first in run ${first}.`;
		report.audit = report.audit.map((row) =>
			row.recordCount > 1
				? row
				: {
						...row,
						attempts: row.attempts + tried,
						reason: [row.reason, joined].filter(Boolean).join(' '),
					},
		);
	}
}
