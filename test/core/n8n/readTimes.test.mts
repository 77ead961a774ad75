import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { pollSource } from '../../../core/n8n/poll';
import { ProcessMemory } from '../../../core/n8n/runs';
import { FakeClock } from '../../fakes/fakeClock.mts';
import { FakeEngine } from '../../fakes/fakeEngine.mts';
import { FakeErp, type FakeRow } from '../../fakes/fakeErp.mts';

/** A clock of n8n that can be set, and an ERP whose clock is right. */
function setUp(pollOptions: IDataObject) {
	const clock = new FakeClock();
	let setBackBy = 0;
	const erp = new FakeErp({ order: 'unordered', precision: 'day' });
	const now = () => clock.now() - setBackBy;
	const poll = (process: ProcessMemory) => async (context: IPollFunctions) =>
		await pollSource<FakeRow>(
			context,
			{
				source: erp,
				scope: 'all',
				zone: 'UTC',
				toItem: ({ key }) => ({ erp: { key, readAt: new Date(now()).toISOString() } }),
			},
			{ ports: { ...clock, now, sleep: clock.sleep, random: clock.random }, process },
		);
	const engine = new FakeEngine('legacy', clock, poll(new ProcessMemory()));
	engine.parameters = { startFrom: 'now', pollOptions: { sweepEveryHours: 0, ...pollOptions } };
	const tick = async () => {
		await clock.advance(300_000);
		erp.now = clock.now() / 1000;
		await engine.tick();
	};
	const write = async (key: string) => {
		erp.write(key);
		await tick();
		await engine.last.succeed();
		return (engine.last.items[0].erp as { readAt: string }).readAt;
	};
	const setBack = (minutes: number) => (setBackBy = minutes * 60_000);
	const restart = () => engine.restart(poll(new ProcessMemory()));
	return { tick, write, setBack, restart };
}

describe.each(['afterSuccess', 'whenHandedOver'])('with the mark moved %s', (moveMark) => {
	it('what is read after the clock was set back is told as read later, also after a restart', async () => {
		const { tick, write, setBack, restart } = setUp({ moveMark });
		await tick();
		const first = await write('a');
		expect(first).toBe('2026-11-20T08:10:00.000Z');
		setBack(120);
		const second = await write('a');
		restart();
		const third = await write('a');
		expect([first, second, third].sort()).toEqual([first, second, third]);
		expect(new Set([first, second, third]).size).toBe(3);
		setBack(0);
		await tick();
		expect(await write('a')).toBe('2026-11-20T08:30:00.000Z');
	});
});
