import type { IDataObject, INodeExecutionData, IPollFunctions, IRun } from 'n8n-workflow';
import type { FakeClock } from './fakeClock.mts';

interface Deferred {
	promise: Promise<unknown>;
	resolve: (value: unknown) => void;
	reject: (error: unknown) => void;
}

export interface Emission {
	items: IDataObject[];
	succeed(): Promise<void>;
	fail(message?: string): Promise<void>;
	deferred?: Deferred;
}

type Poll = (context: IPollFunctions) => Promise<INodeExecutionData[][] | null>;

let workflows = 0;

/**
 * Imitates how n8n's two poll engines keep the state of a trigger. Legacy: one object in memory, written to the
 * database when items are emitted. Durable: a copy for each poll, written when items are emitted or null is
 * returned on a tick, thrown away when the poll throws. After the poll that publishing makes the legacy engine saves
 * what is in memory; the durable one saves nothing by itself.
 */
export class FakeEngine {
	readonly emissions: Emission[] = [];
	readonly errors: Array<{ message: string; description?: string | null }> = [];
	parameters: Record<string, unknown> = { startFrom: 'now', pollOptions: {} };
	mode: 'trigger' | 'manual' = 'trigger';
	activation: string = 'activate';
	stored: IDataObject = {};
	budgetMs: number;
	private memory: IDataObject = {};
	private isActivating = true;
	/** The durable engine calls every later tick an update. */
	private isPublished = true;
	private registration: IPollFunctions;
	private readonly workflowId = `workflow-${++workflows}`;

	constructor(
		readonly kind: 'legacy' | 'durable',
		private readonly clock: FakeClock,
		private poll: Poll,
	) {
		this.budgetMs = kind === 'legacy' ? 300_000 : 36_000;
		this.registration = this.context();
	}

	/** One tick; what a throwing poll throws is thrown. */
	async tick(): Promise<void> {
		if (this.kind === 'durable') {
			this.memory = structuredClone(this.stored);
			this.registration = this.context();
		}
		const isActivation = this.isActivating;
		this.isPublished = isActivation;
		this.isActivating = false;
		const items = await this.clock.until(this.poll(this.registration));
		if (items) this.emit(items);
		else if (isActivation ? this.kind === 'legacy' : this.kind === 'durable') this.save();
	}

	/** The process ends and another one starts with what the database holds. */
	restart(poll: Poll): void {
		this.poll = poll;
		this.memory = structuredClone(this.stored);
		this.activation = 'init';
		this.isActivating = true;
		this.registration = this.context();
	}

	/** A new registration in the same process with what the database holds, as publishing makes it. */
	publish(activation: 'activate' | 'update' = 'update'): void {
		this.memory = structuredClone(this.stored);
		this.activation = activation;
		this.isActivating = true;
		this.registration = this.context();
	}

	get last(): Emission {
		return this.emissions[this.emissions.length - 1];
	}

	private save(): void {
		this.stored = structuredClone(this.memory);
	}

	private emit(data: INodeExecutionData[][], deferred?: Deferred): void {
		this.save();
		const settle = async (run: Partial<IRun>) => {
			deferred?.resolve(run);
			await this.clock.settle();
		};
		this.emissions.push({
			items: data[0].map(({ json }) => json),
			deferred,
			succeed: async () =>
				await settle({
					finished: true,
					status: 'success',
					data: { resultData: { runData: {} } },
				} as never),
			fail: async (message = 'Pipedrive is down') =>
				await settle({
					status: 'error',
					data: { resultData: { runData: {}, error: { message } } },
				} as never),
		});
	}

	private context(): IPollFunctions {
		const engine = this;
		const fake = {
			getNode: () => ({
				id: 'node-1',
				name: 'ERP Trigger',
				type: 'erp',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			}),
			getWorkflow: () => ({ id: engine.workflowId, name: 'w', active: true }),
			getMode: () => engine.mode,
			getActivationMode: () =>
				engine.kind === 'durable' && engine.activation === 'activate' && !engine.isPublished
					? 'update'
					: engine.activation,
			getPollBudgetMs: () => engine.budgetMs,
			getNodeParameter: (name: string, fallback: unknown) => engine.parameters[name] ?? fallback,
			getWorkflowStaticData: () => engine.memory,
			logger: {
				warn: () => undefined,
				info: () => undefined,
				debug: () => undefined,
				error: () => undefined,
			},
			helpers: {
				createDeferredPromise: () => {
					let resolve!: (value: unknown) => void;
					let reject!: (error: unknown) => void;
					const promise = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
					return { promise, resolve, reject };
				},
			},
			__emit: (data: INodeExecutionData[][], _response: unknown, deferred?: Deferred) => {
				if (engine.mode === 'manual') throw new Error('Overwrite PollContext.__emit function');
				engine.emit(data, deferred);
			},
			__commitCursor: async () => {
				if (engine.kind === 'durable') engine.save();
			},
			__emitError: (error: Error & { description?: string }) => {
				engine.errors.push({ message: error.message, description: error.description });
			},
		};
		return fake as unknown as IPollFunctions;
	}
}
