import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { hostFolder, hostModules, hostNode, n8nBin } from './paths.mts';

const hasGroups = process.platform !== 'win32';

export interface N8nProcess {
	/** Of n8n's main process, and of the group of all it starts. */
	readonly pid: number;
	/** Resolves when the process is gone. */
	readonly ended: Promise<void>;
	isRunning(): boolean;
	/** SIGTERM, then SIGKILL after 15 seconds. */
	stop(): Promise<void>;
	/** SIGKILL to n8n and everything it started. */
	kill(): Promise<void>;
	/** The last lines that n8n printed. */
	tail(lines?: number): string;
}

/** Starts `n8n start` in a process group of its own; it also ends when this process does. */
export function spawnN8n(
	env: Record<string, string>,
	logFile: string,
	folderToRemove: string | undefined,
	command: string[] = ['start'],
): N8nProcess {
	const log = createWriteStream(logFile, { flags: 'a' });
	const child = spawn(hostNode, [n8nBin, ...command], {
		env: { ...cleanEnvironment(), ...env },
		detached: hasGroups,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	child.stdout.pipe(log, { end: false });
	child.stderr.pipe(log, { end: false });
	const keeper = hasGroups && child.pid ? spawnKeeper(child.pid, folderToRemove) : undefined;
	let running = true;
	const ended = new Promise<void>((resolve) => {
		child.once('close', () => {
			running = false;
			keeper?.kill('SIGKILL');
			log.end(() => resolve());
		});
		child.once('error', () => resolve());
	});
	const signal = (name: NodeJS.Signals) => {
		if (running) signalGroup(child, name);
	};
	return {
		pid: child.pid ?? 0,
		ended,
		isRunning: () => running,
		async stop() {
			if (!running) return;
			// The group is asked together: the task runner of n8n would otherwise outlive a stuck parent.
			child.kill('SIGTERM');
			const giveUp = setTimeout(() => signal('SIGKILL'), 15_000);
			await ended;
			clearTimeout(giveUp);
			killLeftovers(child);
		},
		async kill() {
			signal('SIGKILL');
			await ended;
			killLeftovers(child);
		},
		tail(lines = 25) {
			return readFileSync(logFile, 'utf8').split('\n').slice(-lines).join('\n');
		},
	};
}

/** Below the ports that systems give to outgoing connections: nothing takes one before n8n listens on it. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;
/** Test processes that run side by side ask for different ones. */
const LANES = 16;

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
	const lane = Number(process.env.JEST_WORKER_ID ?? 0) % LANES;
	for (;;) {
		const port = FIRST_PORT + Math.floor((Math.random() * PORTS) / LANES) * LANES + lane;
		if (await isFree(port)) return port;
	}
}

async function isFree(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}

function spawnKeeper(group: number, folder: string | undefined): ChildProcess {
	const keeper = spawn(
		process.execPath,
		[join(hostFolder, 'keeper.mjs'), String(group), folder ?? ''],
		{ detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
	);
	// The pipe must not keep a finished script alive: it closes with the process, which is the signal.
	keeper.unref();
	(keeper.stdin as unknown as { unref?(): void })?.unref?.();
	return keeper;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	if (!hasGroups) {
		child.kill(signal);
		return;
	}
	killGroup(child, signal);
}

function killLeftovers(child: ChildProcess): void {
	if (hasGroups) killGroup(child, 'SIGKILL');
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	// It never started: group 0 would be our own.
	if (!child.pid) return;
	try {
		process.kill(-child.pid, signal);
	} catch {
		// The group is gone already.
	}
}

/** Nothing of a developer's own n8n, npm run or proxy may reach the n8n under test. */
function cleanEnvironment(): Record<string, string> {
	const kept = Object.entries(process.env).filter(
		([name]) => !/^(N8N_|DB_|QUEUE_|EXECUTIONS_|npm_|NODE_OPTIONS|JEST_|.*_proxy$)/i.test(name),
	);
	return {
		...(Object.fromEntries(kept) as Record<string, string>),
		// n8n starts its task runner as plain `node`.
		PATH: [join(hostModules, '.bin'), process.env.PATH].filter(Boolean).join(delimiter),
		NODE_ENV: 'production',
	};
}
