import type { Readings } from '../../templates/health/figures.mts';
import type { Row } from '../../templates/health/rows.mts';

export const NOW = Date.parse('2026-11-21T13:20:30.000Z');
const HOUR_MS = 3_600_000;

export const ago = (hours: number) => new Date(NOW - hours * HOUR_MS).toISOString();

let rows = 0;

export function run(hours: number, more: Row = {}): Row {
	rows++;
	return {
		id: rows,
		runId: `run-${rows}`,
		executionId: `${100 + rows}`,
		workflowId: 'partners',
		system: 's4hana',
		action: 'sealed',
		readAt: ago(hours),
		reason: '0 created, 0 updated, 0 unchanged, 0 set aside',
		tokens: 0,
		runNumber: rows,
		...more,
	};
}

export function aside(hours: number, more: Row = {}): Row {
	rows++;
	return {
		id: rows,
		runId: '',
		system: 's4hana',
		entity: 'businessPartner',
		erpKey: '0001000123',
		externalId: 's4hana:100:businessPartner:0001000123',
		reason: 'The name is empty.',
		status: 'open',
		attempt: 1,
		retryAt: '',
		setAsideAt: ago(hours),
		...more,
	};
}

export function readings(more: Partial<Readings> = {}): Readings {
	return {
		runs: [],
		newestRuns: [],
		newestWrites: [],
		setAside: [],
		budget: [{ perDay: 300_000, reserve: 60_000, left: 230_000, kept: 30_000 }],
		mostRuns: 10_000,
		mostSetAside: 20,
		now: NOW,
		zone: 'Europe/Berlin',
		editorAddress: '',
		...more,
	};
}
