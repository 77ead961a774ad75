import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './process.mts';
import { waitFor } from './waitFor.mts';

export interface RunningRedis {
	readonly host: string;
	readonly port: number;
	stop(): Promise<void>;
}

/** The path of `redis-server`; undefined where there is none. `REDIS_SERVER` names one. */
export function findRedis(): string | undefined {
	if (process.env.REDIS_SERVER) return process.env.REDIS_SERVER;
	return (process.env.PATH ?? '')
		.split(delimiter)
		.map((folder) => join(folder, 'redis-server'))
		.find((file) => existsSync(file));
}

/** An empty Redis on loopback that keeps nothing; its folder goes with it. */
export async function startRedis(binary: string): Promise<RunningRedis> {
	const folder = mkdtempSync(join(tmpdir(), 'erp-pipedrive-redis-'));
	const port = await freePort();
	const host = '127.0.0.1';
	const settings = ['--port', String(port), '--bind', host, '--dir', folder, '--save', ''];
	const server = spawn(binary, [...settings, '--appendonly', 'no'], { stdio: 'ignore' });
	const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
	const stop = async () => {
		server.kill('SIGTERM');
		await ended;
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		await waitFor('Redis to answer', 30_000, async () => (await ping(host, port)) === '+PONG\r\n');
	} catch (error) {
		await stop();
		throw error;
	}
	return { host, port, stop };
}

async function ping(host: string, port: number): Promise<string> {
	return await new Promise((resolve, reject) => {
		const socket = connect(port, host, () => socket.write('PING\r\n'));
		socket.once('error', reject);
		socket.once('data', (answer) => {
			socket.destroy();
			resolve(answer.toString());
		});
	});
}
