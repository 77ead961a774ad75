import type { Fault as PipedriveFault, FaultKind } from '../sandbox/pipedrive/faults.mts';
import type { S4HanaSandbox } from '../sandbox/s4hana/server.mts';
import type { Random } from './random.mts';

export function armErp(random: Random, faults: S4HanaSandbox['faults']): string {
	const after = random.int(0, 6);
	const times = random.int(1, 6);
	const kind = random.pick([
		'drop',
		'cut',
		'emptyPage',
		'wrongEnvelope',
		'truncated',
		'html',
		'down',
	] as const);
	if (kind === 'down') faults.add({ kind: 'status', status: 503, times, after });
	else faults.add({ kind, times, after });
	return `ERP ${kind} x${times} after ${after}`;
}

interface Faults {
	add(...faults: PipedriveFault[]): number[];
}

export function armPipedrive(random: Random, faults: Faults): string {
	const kinds: FaultKind[] = [
		'lostAnswer',
		'dropBefore',
		'badJson',
		'emptyBody',
		'successFalse',
		'html403',
		'status',
	];
	const kind = random.pick(kinds);
	const fault: PipedriveFault = {
		kind,
		times: random.pick([1, 1, 2, 4, 20]),
		after: random.int(0, 25),
		match: { ...(random.chance(0.6) ? { method: random.pick(['POST', 'PATCH', 'GET']) } : {}) },
		...(kind === 'status' ? statusOf(random) : {}),
	};
	faults.add(fault);
	return `Pipedrive ${kind} ${fault.status ?? ''} ${fault.match?.method ?? ''} x${fault.times} after ${fault.after}`;
}

function statusOf(random: Random): Partial<PipedriveFault> {
	const status = random.pick([429, 429, 500, 502, 504]);
	const headers = random.pick<Record<string, string>>([
		{},
		{ 'retry-after': '2' },
		{ 'x-ratelimit-reset': '1' },
		{ 'x-ratelimit-limit': '-1', 'x-ratelimit-reset': '99999999' },
		{ 'x-daily-ratelimit-token-limit': '1e99', 'x-daily-ratelimit-token-remaining': 'NaN' },
	]);
	return { status, headers, body: { success: false, error: 'not now' } };
}
