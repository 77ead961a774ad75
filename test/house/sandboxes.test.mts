import axios from 'axios';
import { ERPS } from '../sandbox/erps.mts';
import type { RunningErp } from '../sandbox/erp.mts';

describe.each(ERPS)('the sandbox of $title', (erp) => {
	let system: RunningErp;
	beforeEach(async () => {
		system = await erp.start({ count: 40 });
	});
	afterEach(async () => system.close());

	const held = () => JSON.stringify(system.expected());
	const names = () => system.expected().companies.map(({ name }) => name);

	it('holds plausible customers with contact persons, the same ones every time', async () => {
		const { companies } = system.expected();
		expect(companies.length).toBeGreaterThan(20);
		expect(companies.some(({ persons }) => persons.length > 0)).toBe(true);
		const again = await erp.start({ count: 40 });
		expect(JSON.stringify(again.expected())).toBe(held());
		await again.close();
	});

	it('does what its example for a person promises', async () => {
		const [operation, body] = system.example;
		expect(system.operations).toContain(operation);
		const { status } = await axios.post(`${system.url}/__control/${operation}`, body);
		expect(status).toBe(200);
	});

	it('names its operations to whoever asks for another one', async () => {
		const answer = await axios.post(`${system.url}/__control/nonsense`, {}, LENIENT);
		expect(answer.status).toBe(404);
		expect(JSON.stringify(answer.data)).toContain(system.operations.join(', '));
	});

	it('says what is wrong with an operation that cannot be done', async () => {
		const answer = await axios.post(`${system.url}/__control/remove`, {}, LENIENT);
		expect(answer.status).toBe(400);
	});

	it('changes on request, in one line', () => {
		const before = held();
		const lines = Array.from({ length: 10 }, () => system.tick());
		expect(held()).not.toBe(before);
		for (const line of lines) expect(line).toMatch(/^\S+: [^\n]+$/);
	});

	it('lets a clerk move one customer and reach one contact person otherwise', () => {
		const before = held();
		expect(system.clerk()).toHaveLength(2);
		expect(held()).not.toBe(before);
		expect(held()).toContain('Bonn');
	});

	it('renames and removes a customer', () => {
		const [{ key } = { key: '' }] = system.expected().companies;
		const count = names().length;
		system.rename(key, 'Ganz neu AG');
		expect(names()).toContain('Ganz neu AG');
		system.remove(key);
		expect(names()).toHaveLength(count - 1);
		expect(names()).not.toContain('Ganz neu AG');
	});
});

const LENIENT = { validateStatus: () => true };
