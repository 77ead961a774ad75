import type { INodeExecutionData } from 'n8n-workflow';
import type { ItemReport } from '../../../nodes/Pipedrive/report';
import { joinRetries } from '../../../nodes/Pipedrive/retries';

const report = (rows: object[]) => ({ audit: rows }) as unknown as ItemReport;
const input = (json: object) => ({ json }) as INodeExecutionData;
const row = { attempts: 1, recordCount: 1, reason: '' };

describe('the audit rows of a record', () => {
	it('count on and name the first run, when it was set aside before', () => {
		const told = report([row, { ...row, reason: 'Why.' }]);
		joinRetries([input({ attempt: 2, runId: 'run-1' })], [told]);
		expect(told.audit).toEqual([
			{ ...row, attempts: 3, reason: 'Attempt 3, set aside first in run run-1.' },
			{ ...row, attempts: 3, reason: 'Why. Attempt 3, set aside first in run run-1.' },
		]);
	});

	it.each([
		['comes for the first time', { runId: 'run-1' }],
		['does not say where it was set aside', { attempt: 2 }],
	])('stay as they are, when it %s', (_, json) => {
		const told = report([row]);
		joinRetries([input(json)], [told]);
		expect(told.audit).toEqual([row]);
	});

	it('leave the row alone that stands for many', () => {
		const told = report([{ ...row, recordCount: 2 }]);
		joinRetries([input({ attempt: 2, runId: 'run-1' })], [told]);
		expect(told.audit[0]?.attempts).toBe(1);
	});
});
