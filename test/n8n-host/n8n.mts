import { cpSync, existsSync, mkdtempSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import { N8nApi } from './api.mts';
import { pinned } from './install.mts';
import { installPackage } from './pack.mts';
import { hostModules } from './paths.mts';
import { freePort, spawnN8n, type N8nProcess } from './process.mts';
import { waitFor } from './waitFor.mts';

const READY_TIMEOUT_MS = 120_000;

export type PollEngine = 'legacy' | 'durable';

export interface N8nOptions {
	/** Which of n8n's two ways to run poll triggers; default `legacy`, n8n's own default. */
	engine?: PollEngine;
	/** Packed packages (`npm pack` output) that n8n loads. */
	packages?: string[];
	/** Kept after `stop` when given; otherwise a temporary one that is removed. */
	userFolder?: string;
	port?: number;
	env?: Record<string, string>;
}

export interface RunningN8n {
	readonly baseUrl: string;
	readonly userFolder: string;
	readonly api: N8nApi;
	/** Of n8n's main process, and of the group of all it starts. */
	pid(): number;
	/** Ends n8n and everything it started, and removes a temporary user folder. */
	stop(): Promise<void>;
	/** Ends n8n, keeping its folder, so that `start` can go on with it. */
	halt(): Promise<void>;
	/** SIGKILL, as a crash or a power cut would. */
	kill(): Promise<void>;
	/** Starts again on the same port and folder. */
	start(): Promise<void>;
	/** The last lines of n8n's log. */
	tail(lines?: number): string;
}

const DURABLE_ENGINE = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
};

/** Starts a real n8n on loopback, with an owner already logged in at `api`. */
export async function startN8n(options: N8nOptions = {}): Promise<RunningN8n> {
	const isTemporary = options.userFolder === undefined;
	const userFolder = options.userFolder ?? mkdtempSync(join(tmpdir(), 'erp-pipedrive-n8n-'));
	mkdirSync(userFolder, { recursive: true });
	if (isTemporary && !options.env?.DB_TYPE) {
		cpSync(await ownedFolder(), userFolder, { recursive: true });
	}
	for (const tarball of options.packages ?? []) installPackage(tarball, userFolder);
	const port = options.port ?? (await freePort());
	const baseUrl = `http://127.0.0.1:${port}`;
	const api = new N8nApi(baseUrl);
	let current: N8nProcess | undefined;

	const start = async () => {
		const env = {
			...baseEnvironment(userFolder, port, await freePort()),
			...(options.engine === 'durable' ? DURABLE_ENGINE : {}),
			...options.env,
		};
		current = spawnN8n(env, join(userFolder, 'n8n.log'), isTemporary ? userFolder : undefined);
		await untilReady(baseUrl, current);
		await api.logIn();
	};
	const remove = () => {
		if (isTemporary) rmSync(userFolder, { recursive: true, force: true, maxRetries: 5 });
	};
	try {
		await start();
	} catch (error) {
		await current?.kill();
		remove();
		throw error;
	}
	return {
		baseUrl,
		userFolder,
		api,
		pid: () => current?.pid ?? 0,
		start,
		async halt() {
			await current?.stop();
		},
		async kill() {
			await current?.kill();
		},
		async stop() {
			await current?.stop();
			remove();
		},
		tail: (lines) => current?.tail(lines) ?? '',
	};
}

/**
 * A user folder as n8n leaves it after its first start, with the owner in it. Making the tables takes longer than all
 * the rest of a start, so it is done once per installation.
 */
export async function ownedFolder(): Promise<string> {
	const folder = join(hostModules, `.owned-${pinned().n8n}`);
	if (existsSync(folder)) return folder;
	const making = mkdtempSync(join(hostModules, '.owned-'));
	const n8n = await startN8n({ userFolder: making });
	await n8n.halt();
	try {
		renameSync(making, folder);
	} catch {
		// Another process was faster.
		rmSync(making, { recursive: true, force: true });
	}
	return folder;
}

export async function untilReady(baseUrl: string, n8n: N8nProcess): Promise<void> {
	const isReady = async () => {
		if (!n8n.isRunning()) return 'ended' as const;
		const answer = await axios.get(`${baseUrl}/healthz/readiness`, {
			proxy: false,
			validateStatus: () => true,
			timeout: 5_000,
		});
		return answer.status === 200 && ('ready' as const);
	};
	const outcome = await waitFor('n8n to become ready', READY_TIMEOUT_MS, isReady).catch(
		(error: Error) => error.message,
	);
	if (outcome === 'ready') return;
	throw new Error(`n8n did not start (${outcome}). Its last lines:\n${n8n.tail()}`);
}

export function baseEnvironment(
	userFolder: string,
	port: number,
	brokerPort: number,
): Record<string, string> {
	return {
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'false',
	};
}
