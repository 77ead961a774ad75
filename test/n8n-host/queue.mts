import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseEnvironment, untilReady } from './n8n.mts';
import { installPackage, packRepository } from './pack.mts';
import { startPostgres } from './postgres.mts';
import { freePort, spawnN8n } from './process.mts';
import { startRedis } from './redis.mts';

export interface Worker {
	/** SIGKILL, as a crash or a power cut would. */
	kill(): Promise<void>;
	/** Lets it end what it works on. */
	stop(): Promise<void>;
	/** The last lines of its log. */
	tail(lines?: number): string;
}

/** What the processes of one n8n in queue mode share: the queue and the database. */
export interface Queue {
	/** For the main process and every worker. */
	readonly env: Record<string, string>;
	/** A worker with the package, ready to work; needs a main process that has made the tables. */
	startWorker(): Promise<Worker>;
	/** Ends the workers, then queue and database. */
	close(): Promise<void>;
}

/** n8n notices a dead worker after these instead of after a minute: nothing else depends on them. */
const STALLED = {
	QUEUE_WORKER_LOCK_DURATION: '6000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '3000',
};

export async function openQueue(bins: { postgres: string; redis: string }): Promise<Queue> {
	const opened: Array<() => Promise<void>> = [];
	const close = async () => {
		for (const end of opened.splice(0).reverse()) await end();
	};
	try {
		const database = await startPostgres(bins.postgres);
		opened.push(() => database.stop());
		const redis = await startRedis(bins.redis);
		opened.push(() => redis.stop());
		const env = {
			EXECUTIONS_MODE: 'queue',
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: database.host,
			DB_POSTGRESDB_PORT: String(database.port),
			DB_POSTGRESDB_DATABASE: database.database,
			DB_POSTGRESDB_USER: database.user,
			DB_POSTGRESDB_PASSWORD: 'any',
			QUEUE_BULL_REDIS_HOST: redis.host,
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			N8N_ENCRYPTION_KEY: 'one key for all processes',
			...STALLED,
		};
		const startWorker = async () => {
			const worker = await startedWorker(env);
			opened.push(() => worker.stop());
			return worker;
		};
		return { env, startWorker, close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function startedWorker(env: Record<string, string>): Promise<Worker> {
	const folder = mkdtempSync(join(tmpdir(), 'erp-pipedrive-worker-'));
	installPackage(packRepository(), folder);
	const [port, healthPort, brokerPort] = [await freePort(), await freePort(), await freePort()];
	const all = {
		...baseEnvironment(folder, port, brokerPort),
		...env,
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(healthPort),
	};
	const log = join(folder, 'n8n.log');
	const worker = spawnN8n(all, log, folder, ['worker', '--concurrency=5']);
	const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	try {
		await untilReady(`http://127.0.0.1:${healthPort}`, worker);
	} catch (error) {
		await worker.kill();
		remove();
		throw error;
	}
	return {
		kill: async () => await worker.kill(),
		async stop() {
			await worker.stop();
			remove();
		},
		tail: (lines) => worker.tail(lines),
	};
}
