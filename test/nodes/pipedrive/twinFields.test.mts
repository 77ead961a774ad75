/** Several n8n workers that miss the same Pipedrive fields at the same moment: locks end at the process. */
import fc from 'fast-check';
import { CoreError } from '../../../core/http/errors';
import type { HttpRequest, Transport } from '../../../core/http/ports';
import { createFields, ensureFields } from '../../../nodes/Pipedrive/ensureFields';
import type { FieldReport, WantedField } from '../../../nodes/Pipedrive/fieldReport';
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { openBench, partner, type Bench } from './support.mts';

const field = (name: string, more: Partial<WantedField> = {}): WantedField => ({
	entity: 'organization',
	name,
	type: 'varchar',
	...more,
});
const WANTED = ['ERP ID', 'ERP Status', 'Tax Number'].map((name) => field(name));

let bench: Bench;
beforeEach(async () => {
	bench = await openBench({ withoutFields: true });
});
afterEach(async () => await bench.close());

type Wrap = (wire: Transport) => Transport;

const isCreate = ({ method, url }: HttpRequest) => method === 'POST' && /Fields$/.test(url);
const isDelete = ({ method }: HttpRequest) => method === 'DELETE';
const isNumbered = ({ url }: HttpRequest) => url.includes('/api/v1/');

/** One worker's process. Remembers what it created and what it removed. */
function worker(wrap: Wrap = (wire) => wire) {
	const made: string[] = [];
	const removed: string[] = [];
	const transport: Wrap = (wire) =>
		wrap(async (request) => {
			const answer = await wire(request);
			if (isCreate(request) && answer.status === 200) made.push(codeIn(answer.body));
			if (isDelete(request)) removed.push(String(request.url.split('/').at(-1)));
			return answer;
		});
	const memory = createProcessMemory();
	const ensure = async (wanted: readonly WantedField[] = WANTED) =>
		await ensureFields(bench.environment({ memory, transport }), wanted, false);
	return { made, removed, memory, transport, ensure };
}

function codeIn(body: Buffer): string {
	return (JSON.parse(body.toString()) as { data: { field_code: string } }).data.field_code;
}

const customFields = () => bench.sandbox.store.customFieldsOf('organization');
const names = () => customFields().map(({ name }) => name);
const keysOf = ({ created, existing }: FieldReport) =>
	Object.fromEntries([...created, ...existing].map(({ name, key }) => [name, key]));

/** A gate that opens once `count` requests of this kind have come to it. */
function barrier(count: number, kind: (request: HttpRequest) => boolean): Wrap {
	let arrived = 0;
	let open: () => void = () => undefined;
	const all = new Promise<void>((resolve) => (open = resolve));
	return (wire) => async (request) => {
		if (kind(request)) {
			if (++arrived === count) open();
			await all;
		}
		return await wire(request);
	};
}

/** The first request of this kind waits until `opened`. */
function holding(kind: (request: HttpRequest) => boolean, opened: Promise<unknown>): Wrap {
	return (wire) => async (request) => {
		if (kind(request)) await opened;
		return await wire(request);
	};
}

/** A pause of a second or more lasts until all that work are in one. What it gives is told when one has done its work. */
function pausesTogether(count: number): () => void {
	const waiting: Array<() => void> = [];
	let working = count;
	const wake = () => {
		if (waiting.length >= working) for (const go of waiting.splice(0)) go();
	};
	const { sleep } = bench.clock;
	bench.clock.sleep = async (ms) => {
		if (ms < 1_000) return await sleep(ms);
		const woken = new Promise<void>((resolve) => waiting.push(resolve));
		wake();
		await woken;
		bench.clock.advance(ms);
	};
	return () => {
		working--;
		wake();
	};
}

describe('two workers that miss the same fields', () => {
	it('and create them at the same moment end with one of each, the same for both', async () => {
		const gate = barrier(2, isCreate);
		const [a, b] = [worker(gate), worker(gate)];
		const reports = await Promise.all([a.ensure(), b.ensure()]);
		expect(names().sort()).toEqual(WANTED.map(({ name }) => name).sort());
		expect(keysOf(reports[0])).toEqual(keysOf(reports[1]));
		expect(a.removed.length + b.removed.length).toBe(3);
		for (const one of [a, b]) expect(one.made).toEqual(expect.arrayContaining(one.removed));
	});

	it('keep the field of the one that went on before the other one created its own', async () => {
		let finish: () => void = () => undefined;
		const finished = new Promise<void>((resolve) => (finish = resolve));
		const [a, b] = [worker(), worker(holding(isCreate, finished))];
		const later = b.ensure();
		const first = await a.ensure();
		finish();
		expect(keysOf(await later)).toEqual(keysOf(first));
		expect(names()).toHaveLength(3);
		expect([a.removed, b.removed]).toEqual([[], b.made]);
	});

	it('the older one waits until the younger one has taken its own back', async () => {
		let look: () => void = () => undefined;
		const looked = new Promise<void>((resolve) => (look = resolve));
		const gate = barrier(2, isCreate);
		const b = worker((wire) => holding(isDelete, looked)(gate(wire)));
		let pauses = 0;
		const { sleep } = bench.clock;
		bench.clock.sleep = async (ms) => {
			if (++pauses === 2) look();
			await sleep(ms);
		};
		const a = worker(gate);
		const reports = await Promise.all([a.ensure([WANTED[0]]), b.ensure([WANTED[0]])]);
		expect(names()).toEqual(['ERP ID']);
		expect(reports.flatMap(({ warnings }) => warnings).join()).not.toMatch(/rename all but one/i);
	});

	it('adds to the field that stays the options which it lacks', async () => {
		const gate = barrier(2, isCreate);
		const [a, b] = [worker(gate), worker(gate)];
		const kind = (options: string[]) => [field('Kind', { type: 'set', options })];
		await Promise.all([a.ensure(kind(['One', 'Two'])), b.ensure(kind(['One', 'Three']))]);
		const [{ options }] = customFields();
		const labels = options?.map(({ label }) => label) ?? [];
		expect(labels.slice(0, 1)).toEqual(['One']);
		expect(labels).toContain(b.removed.length === 1 ? 'Three' : 'Two');
		expect(customFields()).toHaveLength(1);
	});

	it('say so in the report of the one that took its own back', async () => {
		const gate = barrier(2, isCreate);
		const reports = await Promise.all([worker(gate).ensure(), worker(gate).ensure()]);
		const told = reports.flatMap(({ warnings }) => warnings);
		expect(told).toHaveLength(3);
		expect(told[0]).toMatch(/somebody else .* "ERP ID".* one created here was removed/);
	});

	it('cost nothing more than the list that a run reads anyway where no twin is there', async () => {
		const { memory, transport } = worker();
		const report = await createFields(bench.environment({ memory, transport }), WANTED);
		const asked = bench.sandbox.log.entries.length;
		const { api, company, ports } = bench.environment({ memory, transport });
		await memory.fields.get(company.credentialKey, 'organization', api, ports.now());
		expect(bench.sandbox.log.entries).toHaveLength(asked);
		// Four lists to count, three fields, one list afterwards.
		expect(report.tokens).toBe(4 * 10 + 3 * 5 + 10);
	});
});

it('in any order of requests of two or three workers each field exists once in the end, and only own ones are removed', async () => {
	await fc.assert(
		fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 3 }), async (scheduler, count) => {
			await bench.close();
			bench = await openBench({ withoutFields: true });
			const inTurn: Wrap = (wire) => async (request) => {
				await scheduler.schedule(Promise.resolve(), request.method);
				return await wire(request);
			};
			const workers = Array.from({ length: count }, () => worker(inTurn));
			const wanted = [WANTED[0], field('Kind', { type: 'enum', options: ['A', 'B'] })];
			const done = Promise.all(workers.map(({ ensure }) => ensure(wanted)));
			const reports = await scheduler.waitFor(done);
			expect(names().sort()).toEqual(['ERP ID', 'Kind']);
			const living = Object.fromEntries(customFields().map(({ name, code }) => [name, code]));
			for (const report of reports) expect(keysOf(report)).toEqual(living);
			for (const { made, removed } of workers) {
				expect(made).toEqual(expect.arrayContaining(removed));
				expect(new Set(removed).size).toBe(removed.length);
			}
		}),
		{ numRuns: 40 },
	);
}, 60_000);

/** A second field of the name appears right behind ours, or right before. */
async function besides(
	other: { when: 'before' | 'after'; type?: string; name?: string },
	more: Wrap = (wire) => wire,
) {
	const person = bench.environment().api;
	const add = async () =>
		(
			await person.addField('organization', {
				name: other.name ?? 'ERP ID',
				type: other.type ?? 'varchar',
			})
		).field_code;
	let theirs = '';
	const one = worker((wire) =>
		more(async (request) => {
			if (isCreate(request) && other.when === 'before') theirs = await add();
			const answer = await wire(request);
			if (isCreate(request) && other.when === 'after') theirs = await add();
			return answer;
		}),
	);
	const report = await one.ensure([WANTED[0]]);
	return { report, theirs, ...one };
}

it('where a person made a field of the name just before us, ours is removed and that one is used', async () => {
	const { report, removed, made, theirs } = await besides({ when: 'before' });
	expect(removed).toEqual(made);
	expect(keysOf(report)).toEqual({ 'ERP ID': theirs });
});

it('where ours is removed but the answer is lost, the other one is used, with the options that it lacks', async () => {
	const person = bench.environment().api;
	const lost: Wrap = (wire) => async (request) => {
		if (isCreate(request)) {
			await person.addField('organization', { name: 'Kind', type: 'set', options: ['One'] });
		}
		const answer = await wire(request);
		return isDelete(request) ? { ...answer, status: 500, body: Buffer.from('{}') } : answer;
	};
	const { existing, created } = await worker(lost).ensure([
		field('Kind', { type: 'set', options: ['One', 'Two'] }),
	]);
	const [left] = customFields();
	expect(names()).toEqual(['Kind']);
	expect(created).toEqual([]);
	expect(existing.map(({ key }) => key)).toEqual([left.code]);
	expect(left.options?.map(({ label }) => label)).toEqual(['One', 'Two']);
});

it('where a person removes the other one while ours is taken back, the run fails and says to run once more', async () => {
	const gone: Wrap = (wire) => async (request) => {
		if (isDelete(request)) {
			const [older] = customFields();
			await wire({ ...request, url: request.url.replace(/[^/]+$/, older.code) });
		}
		return await wire(request);
	};
	await expect(besides({ when: 'before' }, gone)).rejects.toMatchObject({
		kind: 'transient',
		remedy: expect.stringContaining('Run once more'),
	});
	expect(names()).toEqual([]);
});

it('where the fields of one entity cannot be looked at, those of the next are settled all the same', async () => {
	const { api } = bench.environment();
	let created = 0;
	const refuse: Wrap = (wire) => async (request) => {
		if (isCreate(request) && request.url.includes('personFields')) {
			await api.addField('person', { name: 'ERP ID', type: 'varchar' });
		}
		if (isCreate(request)) created++;
		const isRefused = created === 2 && request.method === 'GET';
		const answer = await wire(request);
		return isRefused && request.url.includes('/organizationFields')
			? { ...answer, status: 403, body: Buffer.from('{"success":false,"error":"no"}') }
			: answer;
	};
	const wanted = [field('ERP ID'), field('ERP ID', { entity: 'person' })];
	await expect(worker(refuse).ensure(wanted)).rejects.toMatchObject({ kind: 'forbidden' });
	expect(bench.sandbox.store.customFieldsOf('person').length).toBe(1);
});

describe('nothing is removed', () => {
	it('where a person makes a field of the name after ours: both are told', async () => {
		const { report, removed, made, theirs } = await besides({ when: 'after' });
		expect(removed).toEqual([]);
		expect(report.warnings.join()).toContain('2 organization fields named "ERP ID"');
		for (const key of [...made, theirs]) expect(report.warnings.join()).toContain(key);
	});

	it('where the other field is of another type or name', async () => {
		expect((await besides({ when: 'before', type: 'text' })).removed).toEqual([]);
		await bench.close();
		bench = await openBench({ withoutFields: true });
		expect((await besides({ when: 'before', name: 'ERP IDs' })).removed).toEqual([]);
	});

	it('of two that were there before this call', async () => {
		const { api } = bench.environment();
		for (let n = 0; n < 2; n++) {
			await api.addField('organization', { name: 'ERP ID', type: 'varchar' });
		}
		const one = worker();
		const report = await one.ensure();
		expect(one.removed).toEqual([]);
		expect(report.warnings.join()).toContain('2 organization fields named "ERP ID"');
	});

	it('where the age of the fields cannot be read', async () => {
		const refuse: Wrap = (wire) => async (request) => {
			const answer = await wire(request);
			return isNumbered(request) ? { ...answer, status: 403 } : answer;
		};
		const { report, removed } = await besides({ when: 'before' }, refuse);
		expect(removed).toEqual([]);
		expect(report.warnings.join()).toContain('2 organization fields named "ERP ID"');
	});

	it('where Pipedrive gives the fields no number', async () => {
		const hide: Wrap = (wire) => async (request) => {
			const answer = await wire(request);
			if (!isNumbered(request)) return answer;
			const body = Buffer.from(answer.body.toString().replace(/"id":\d+/g, '"id":null'));
			return { ...answer, body };
		};
		expect((await besides({ when: 'before' }, hide)).removed).toEqual([]);
	});

	it('where Pipedrive gives both fields one number', async () => {
		const same: Wrap = (wire) => async (request) => {
			const answer = await wire(request);
			if (!isNumbered(request)) return answer;
			const body = Buffer.from(answer.body.toString().replace(/"id":\d+/g, '"id":0'));
			return { ...answer, body };
		};
		const { report, removed } = await besides({ when: 'before' }, same);
		expect(removed).toEqual([]);
		expect(report.warnings.join()).toContain('2 organization fields named "ERP ID"');
	});

	it('where a person has made something else of ours meanwhile', async () => {
		const rename: Wrap = (wire) => async (request) => {
			const answer = await wire(request);
			if (isCreate(request)) {
				const renamed = customFields().find(({ code }) => code === codeIn(answer.body));
				if (renamed) renamed.name = 'Kept by a person';
			}
			return answer;
		};
		expect((await besides({ when: 'before' }, rename)).removed).toEqual([]);
		expect(names()).toContain('Kept by a person');
	});

	it('where the look comes so late that somebody may have used the field', async () => {
		const slow: Wrap = (wire) => async (request) => {
			const answer = await wire(request);
			if (isNumbered(request)) bench.clock.advance(3 * 60_000);
			return answer;
		};
		expect((await besides({ when: 'before' }, slow)).removed).toEqual([]);
	});

	it('and both are told where Pipedrive does not let us remove ours', async () => {
		const refuse: Wrap = (wire) => async (request) =>
			isDelete(request)
				? { status: 403, headers: {}, body: Buffer.from('{"success":false,"error":"no"}') }
				: await wire(request);
		const { report, made, theirs } = await besides({ when: 'before' }, refuse);
		for (const key of [...made, theirs]) expect(report.warnings.join()).toContain(key);
	});
});

describe('a worker that dies between creating and looking', () => {
	const dying: Wrap = (wire) => {
		let isDead = false;
		return async (request) => {
			if (isDead) throw new CoreError('forbidden', 'killed');
			const answer = await wire(request);
			if (isCreate(request)) isDead = true;
			return answer;
		};
	};

	it('leaves its field to the other one, if it was the first', async () => {
		let finish: () => void = () => undefined;
		const dead = new Promise<void>((resolve) => (finish = resolve));
		const [a, b] = [worker(dying), worker(holding(isCreate, dead))];
		const other = b.ensure([WANTED[0]]);
		await a.ensure([WANTED[0]]).catch(() => undefined);
		finish();
		expect(keysOf(await other)).toEqual({ 'ERP ID': a.made[0] });
		expect(names()).toEqual(['ERP ID']);
	});

	it('leaves two, if it was the last: the next run stops and names both keys', async () => {
		let finish: () => void = () => undefined;
		const done = new Promise<void>((resolve) => (finish = resolve));
		const [a, b] = [worker(), worker((wire) => holding(isCreate, done)(dying(wire)))];
		const killed = b.ensure([WANTED[0]]).catch(() => undefined);
		await a.ensure([WANTED[0]]);
		finish();
		await killed;
		bench.clock.advance(5 * 60 * 60_000);
		const next = bench.run([partner(1, { persons: [] })], {
			memory: createProcessMemory(),
			settings: { createsMissingFields: true },
			entities: ['organization'],
		});
		await expect(next).rejects.toThrow(
			new RegExp(`2 organization fields named "ERP ID": .*(${a.made[0]}|${b.made[0]})`),
		);
	});
});

describe('the first run of two syncs in two processes', () => {
	const run = async (transport: Wrap, n: number, memory = createProcessMemory()) =>
		await bench.run([partner(n, { persons: [] })], {
			memory,
			transport,
			settings: { createsMissingFields: true },
			entities: ['organization'],
		});

	it('writes the records of both into the same fields, and later runs go on', async () => {
		const gate = barrier(2, isCreate);
		const finished = pausesTogether(2);
		const first = await Promise.all([1, 2].map((n) => run(gate, n).finally(finished)));
		const outcomes = first.flatMap(({ reports }) => reports.map(({ outcome }) => outcome));
		expect(outcomes).toEqual(['created', 'created']);
		const fields = customFields();
		expect(new Set(names()).size).toBe(fields.length);
		const id = fields.find(({ name }) => name === 'ERP ID')!.code;
		const stored = bench.sandbox.records('organizations').map((row) => row.custom_fields?.[id]);
		expect(stored.every((value) => typeof value === 'string')).toBe(true);
		for (const n of [1, 2]) {
			const { reports } = await run((wire) => wire, n);
			expect(reports[0].outcome).toBe('unchanged');
		}
	});

	it('is told by the one that took its own fields back', async () => {
		const gate = barrier(2, isCreate);
		const finished = pausesTogether(2);
		const both = await Promise.all([1, 2].map((n) => run(gate, n).finally(finished)));
		const told = both.flatMap(({ notices }) => notices).join();
		for (const { name } of customFields()) {
			expect(told).toContain(`somebody else created the organization field "${name}"`);
		}
	});

	it('sees at once what another process created since it read the list', async () => {
		const memory = createProcessMemory();
		const { api, company, ports } = bench.environment({ memory });
		await memory.fields.get(company.credentialKey, 'organization', api, ports.now());
		await run((wire) => wire, 1);
		const { reports } = await run((wire) => wire, 2, memory);
		expect(reports[0].outcome).toBe('created');
		expect(new Set(names()).size).toBe(customFields().length);
	});

	it('goes on a minute after two fields of one name were read, once a person renamed one', async () => {
		const { api, call } = bench.environment();
		const key = (await api.addField('organization', { name: 'ERP ID', type: 'varchar' }))
			.field_code;
		await api.addField('organization', { name: 'ERP ID', type: 'varchar' });
		const memory = createProcessMemory();
		await expect(run((wire) => wire, 1, memory)).rejects.toThrow('2 organization fields named');
		const rename = { method: 'PATCH', path: '/organizationFields/{field_code}' } as const;
		await call({ ...rename, version: 2, cost: 5 }, 'the field', {
			ids: { field_code: key },
			json: { field_name: 'Old ERP ID' },
		});
		bench.clock.advance(59_000);
		await expect(run((wire) => wire, 1, memory)).rejects.toThrow('2 organization fields named');
		bench.clock.advance(2_000);
		const { reports } = await run((wire) => wire, 1, memory);
		expect(reports[0].outcome).toBe('created');
	});
});

it('what was created before the plan was full is settled, too', async () => {
	const gate = barrier(2, (request) => isCreate(request) && nameIn(request) === 'ERP ID');
	const full: Wrap = (wire) => async (request) =>
		isCreate(request) && nameIn(request) === 'Tax Number'
			? { status: 403, headers: {}, body: Buffer.from('{"success":false,"error":"full"}') }
			: await wire(request);
	const workers = [1, 2].map(() => worker((wire) => full(gate(wire))));
	const ends = await Promise.allSettled(workers.map(({ ensure }) => ensure()));
	expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	expect(names().sort()).toEqual(['ERP ID', 'ERP Status']);
});

const nameIn = ({ body }: HttpRequest) =>
	(JSON.parse(String(body)) as { field_name: string }).field_name;

it('a list that Pipedrive cuts into small pages is read as far as needed', async () => {
	const gate = barrier(2, isCreate);
	const small: Wrap = (wire) => async (request) =>
		await wire({ ...request, url: isNumbered(request) ? cut(request.url) : request.url });
	const cut = (url: string) => url.replace(/limit=\d+/, 'limit=7');
	const workers = [1, 2].map(() => worker((wire) => small(gate(wire))));
	await Promise.all(workers.map(({ ensure }) => ensure()));
	expect(names()).toHaveLength(3);
	expect(
		bench.sandbox.log.entries.filter(({ path }) => path.startsWith('/api/v1')).length,
	).toBeGreaterThan(2);
});
