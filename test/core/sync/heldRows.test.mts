import { newCheckpoint, type Checkpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import { FakeErp } from '../../fakes/fakeErp.mts';

it('a list in time order that cannot be resumed: rows that wait for the end of their group are not passed over', async () => {
	const erp = new FakeErp({ order: 'ascending', precision: 'timestamp', canResume: false });
	let checkpoint: Checkpoint = newCheckpoint('s', erp.text());
	const delivered = new Set<string>();
	const write = (from: number, count: number) => {
		for (let at = from; at < from + count; at++) erp.write(`k${String(at).padStart(5, '0')}`);
	};
	// Of the first day more than is remembered each.
	write(0, 1_700);
	erp.now += 86_400;
	write(1_700, 60);
	for (let more = true; more; ) {
		const drained = await drain(erp, checkpoint, {
			maxRecords: 40,
			maxSeen: 1_600,
			hasTime: () => true,
			lookbackSeconds: 3_600,
			localNow: erp.text(),
			now: erp.now * 1000,
		});
		for (const { key } of drained.records) delivered.add(key);
		checkpoint = JSON.parse(JSON.stringify(drained.next)) as Checkpoint;
		more = drained.hasMore;
	}
	expect(erp.visible().filter(({ key }) => !delivered.has(key)).length).toBe(0);
});
