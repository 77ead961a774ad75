import type { Random } from './random.mts';
import type { Fault, FaultKind } from './wire.mts';

/** Something that goes wrong between n8n and one of the two systems. */
export function faultIn(random: Random): Fault {
	const side = random.chance(0.4) ? 'erp' : 'pipedrive';
	const kinds: FaultKind[] = ['lostAnswer', 'drop', 'cut', 'tornPage', 'html', 'status', 'status'];
	const kind = random.pick(kinds);
	const isWrite = side === 'pipedrive' && random.chance(0.5);
	return {
		side,
		kind,
		times: random.pick([1, 1, 2, 4, 20]),
		after: random.int(0, side === 'erp' ? 6 : 14),
		...(isWrite ? { method: random.pick(['POST', 'PATCH']) } : {}),
		...(kind === 'status' ? statusOf(random) : {}),
	};
}

function statusOf(random: Random): Pick<Fault, 'status' | 'headers'> {
	const status = random.pick([429, 429, 500, 502, 503, 504]);
	const headers = random.pick<Record<string, string>>([
		{},
		{ 'retry-after': '2' },
		{ 'x-ratelimit-reset': '1' },
		{ 'x-ratelimit-limit': '-1', 'x-ratelimit-reset': '99999999' },
		{ 'x-daily-ratelimit-token-limit': '1e99', 'x-daily-ratelimit-token-remaining': 'NaN' },
	]);
	return { status, headers };
}
