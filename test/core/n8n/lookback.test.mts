import type { IPollFunctions, NodeOperationError } from 'n8n-workflow';
import { assertLookback } from '../../../core/n8n/lookback';
import { pollSource } from '../../../core/n8n/poll';
import { ProcessMemory } from '../../../core/n8n/runs';
import { FakeClock } from '../../fakes/fakeClock.mts';
import { FakeEngine } from '../../fakes/fakeEngine.mts';
import { FakeErp } from '../../fakes/fakeErp.mts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const timed = { precision: 'timestamp', changes: async function* () {} } as const;

const refusal = (source: Parameters<typeof assertLookback>[0], zone: string, minutes: number) => {
	try {
		assertLookback(source, zone, minutes * 60, NOW);
		return undefined;
	} catch (error) {
		return (error as Error).message;
	}
};

describe('rule 9: a lookback that is shorter than the hour that comes twice', () => {
	it.each(['Europe/Berlin', 'America/New_York', 'Australia/Sydney'])('is refused in %s', (zone) => {
		expect(refusal(timed, zone, 89)).toContain(`"Lookback" is 89 minutes, and ${zone}`);
		expect(refusal(timed, zone, 90)).toBeUndefined();
	});

	it.each(['UTC', 'Asia/Kolkata', 'Africa/Johannesburg'])('is fine in %s', (zone) => {
		expect(refusal(timed, zone, 0)).toBeUndefined();
	});

	it('is fine where dates have no time, or nothing is dated at all', () => {
		expect(refusal({ ...timed, precision: 'day' }, 'Europe/Berlin', 0)).toBeUndefined();
		expect(refusal({ precision: 'timestamp' }, 'Europe/Berlin', 0)).toBeUndefined();
	});

	it.each([
		[30, 'Set "Lookback" to 90 minutes'],
		[90, undefined],
	])('of %s minutes at publish of any ERP: %s', async (lookbackMinutes, sentence) => {
		const clock = new FakeClock();
		const source = new FakeErp({ order: 'unordered', precision: 'timestamp', pageSize: 50 });
		const plan = { source, scope: 'all', zone: 'Europe/Berlin', toItem: () => ({}) };
		const poll = async (context: IPollFunctions) =>
			await pollSource(context, plan, { ports: clock, process: new ProcessMemory() });
		const engine = new FakeEngine('legacy', clock, poll);
		engine.parameters = { startFrom: 'now', pollOptions: { lookbackMinutes } };
		const told = await engine.tick().then(
			() => undefined,
			(error: NodeOperationError) => `${error.message} ${error.description}`,
		);
		if (sentence === undefined) expect(told).toBeUndefined();
		else expect(told).toContain(sentence);
	});
});
