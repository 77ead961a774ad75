import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { itemsOf, type WorkflowJson } from '../n8n-host/api.mts';
import { startN8n, type PollEngine, type RunningN8n } from '../n8n-host/n8n.mts';
import { packSample, sampleName } from '../n8n-host/samplePackage.mts';

const workflow: WorkflowJson = {
	name: 'Driver',
	nodes: [
		{
			id: 'poll',
			name: 'Poll',
			type: `${sampleName}.samplePoll`,
			typeVersion: 1,
			position: [0, 0],
			parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] } },
		},
		{
			id: 'table',
			name: 'Table',
			type: 'n8n-nodes-base.dataTable',
			typeVersion: 1.1,
			position: [200, 0],
			executeOnce: true,
			parameters: {
				resource: 'table',
				operation: 'create',
				tableName: 'driver_rows',
				columns: { column: [{ name: 'count', type: 'number' }] },
				options: { createIfNotExists: true },
			},
		},
	],
	connections: { Poll: { main: [[{ node: 'Table', type: 'main', index: 0 }]] } },
};

jest.setTimeout(180_000);

/** Process ids of the group. */
function processesOf(group: number): string[] {
	const rows = execFileSync('ps', ['-eo', 'pgid=,pid=']).toString().trim().split('\n');
	return rows
		.map((row) => row.trim().split(/\s+/))
		.flatMap(([pgid, pid]) => (Number(pgid) === group && pid ? [pid] : []));
}

describe.each<PollEngine>(['legacy', 'durable'])('a real n8n (%s poll engine)', (engine) => {
	let n8n: RunningN8n;
	let server: Server;
	beforeAll(async () => {
		server = createServer((request, response) => {
			response.statusCode = request.url === '/ping' ? 200 : 404;
			response.end('{}');
		}).listen(0, '127.0.0.1');
		n8n = await startN8n({ engine, packages: [packSample()] });
	});
	afterAll(async () => {
		await n8n?.stop();
		server?.close();
	});

	it('loads a packed package by its real type names and fills its dropdowns', async () => {
		expect(await n8n.api.nodeTypes(sampleName)).toEqual([`${sampleName}.samplePoll`]);
		const options = await n8n.api.dynamicOptions({
			nodeType: `${sampleName}.samplePoll`,
			parameter: 'greeting',
			method: 'greetings',
		});
		expect(options).toEqual([{ name: 'Hello', value: 'hello' }]);
	});

	it('tells a credential that works from one that does not', async () => {
		const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const { id } = await n8n.api.createCredential('sampleApi', { baseUrl, token: 'x' });
		expect((await n8n.api.testCredential(id)).status).toBe('OK');
		await n8n.api.updateCredential(id, { baseUrl: `${baseUrl}/nowhere`, token: 'x' });
		expect((await n8n.api.testCredential(id)).status).toBe('Error');
		await n8n.api.deleteCredential(id);
	});

	it('polls at once when published, again when asked, and after a crash', async () => {
		const id = await n8n.api.createWorkflow(workflow);
		await n8n.api.publish(id);
		const first = await n8n.api.executionEnded(id, 1);
		expect(itemsOf(first, 'Poll')).toEqual([{ count: 1, year: new Date().getFullYear() }]);
		await n8n.api.pollAgain(id);
		expect((await n8n.api.executionEnded(id, 2)).status).toBe('success');
		await n8n.kill();
		await n8n.start();
		const third = await n8n.api.executionEnded(id, 3);
		expect(itemsOf(third, 'Poll')[0]?.count).toBe(3);
		expect(await n8n.api.tables.count('driver_rows')).toBe(0);
		expect(await n8n.api.tables.names()).toContain('driver_rows');
		await n8n.api.unpublish(id);
		await n8n.api.deleteWorkflow(id);
	});

	it('leaves no process and no folder behind when stopped', async () => {
		const group = n8n.pid();
		expect(processesOf(group)).toContain(String(group));
		await n8n.stop();
		expect(processesOf(group)).toEqual([]);
		await expect(axios.get(n8n.baseUrl, { proxy: false })).rejects.toThrow('ECONNREFUSED');
		expect(existsSync(n8n.userFolder)).toBe(false);
	});
});
