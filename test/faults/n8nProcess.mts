/** A process with n8n's engine, seen from outside: takes orders, tells what happens, dies when told to. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Order, Told } from './orders.mts';

export class N8nProcess {
	/** What it tells, beside the end of an order. */
	onTold: (told: Told) => void = () => undefined;
	private readonly child: ChildProcess;
	private readonly ready: Promise<void>;
	private readonly gone: Promise<void>;
	private isAlive = true;
	private answer: ((told: Told | 'dead') => void) | undefined;

	constructor() {
		const load = `require('./test/faults/engine/process.mts')`;
		this.child = spawn(process.execPath, ['-r', 'tsx/cjs', '-e', load], {
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
			env: { ...process.env, N8N_LOG_LEVEL: 'silent', NODE_NO_WARNINGS: '1' },
		});
		this.ready = new Promise((resolve, reject) => {
			this.child.once('message', () => resolve());
			this.child.once('exit', (code) => reject(new Error(`The engine ended with ${code}.`)));
		});
		this.ready.catch(() => undefined);
		// What it told before it died is still read.
		this.gone = new Promise((resolve) => this.child.once('close', () => resolve()));
		void this.gone.then(() => this.answer?.('dead'));
		this.child.on('message', (told: Told) => this.take(told));
	}

	/** To the end of what was ordered, or to the end of the process. */
	async obey(order: Order): Promise<Told | 'dead'> {
		await this.ready;
		return await new Promise((resolve) => {
			this.answer = resolve;
			this.child.send(order);
		});
	}

	/** At once and for ever. */
	kill(): void {
		this.isAlive = false;
		this.child.kill('SIGKILL');
	}

	get isKilled(): boolean {
		return !this.isAlive;
	}

	async end(): Promise<void> {
		this.kill();
		await this.gone;
	}

	private take(told: Told): void {
		if (told.told === 'done' || told.told === 'broken') this.answer?.(told);
		else if (told.told !== 'ready') this.onTold(told);
	}
}

/** Some are always started ahead: a start takes seconds. */
export class ProcessPool {
	private readonly spares: N8nProcess[] = [];

	constructor(private readonly size: number) {
		this.fill();
	}

	take(): N8nProcess {
		const next = this.spares.shift() ?? new N8nProcess();
		this.fill();
		return next;
	}

	/** Of a life that ended well: the next one starts anew in it. */
	giveBack(process: N8nProcess): void {
		if (!process.isKilled) this.spares.unshift(process);
	}

	async close(): Promise<void> {
		await Promise.all(this.spares.splice(0).map(async (one) => await one.end()));
	}

	private fill(): void {
		while (this.spares.length < this.size) this.spares.push(new N8nProcess());
	}
}
