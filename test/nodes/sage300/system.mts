/** A sandbox system and the node's own way to it, over loopback. */
import { CoreError } from '../../../core/http/errors';
import type { Transport } from '../../../core/http/ports';
import type { ErpRecord } from '../../../core/record/erpRecord';
import type { Change, DeltaSource } from '../../../core/sync/source';
import { connectionFrom } from '../../../nodes/Sage300/connection';
import { CustomerReader } from '../../../nodes/Sage300/customerReader';
import { CustomerSource } from '../../../nodes/Sage300/customerSource';
import {
	customerReading,
	customerSettings,
	postedSettings,
} from '../../../nodes/Sage300/parameters';
import { PostedSource } from '../../../nodes/Sage300/postedSource';
import type { PostedEntity } from '../../../nodes/Sage300/posted';
import { createWebApi, type WebApi, type WebApiMemory } from '../../../nodes/Sage300/webApi';
import {
	startSage300Sandbox,
	type Sage300Options,
	type Sage300Sandbox,
} from '../../sandbox/sage300/server.mts';
import { loopback, TestClock } from '../../fakes/loopback.mts';

export { DAY, loopback, NOW, TestClock } from '../../fakes/loopback.mts';

type Parameters = Record<string, unknown>;

export interface Setup {
	credential?: Parameters;
	transport?: Transport;
	memory?: WebApiMemory;
}

export interface TestSystem {
	sandbox: Sage300Sandbox;
	clock: TestClock;
	/** What the process knows of dates and cookies; all sources of the test share it. */
	memory: WebApiMemory;
	api(setup?: Setup): WebApi;
	/** A source of customers with what the panel would say. */
	customers(parameters?: Parameters, setup?: Setup): CustomerSource;
	posted(entity: PostedEntity, parameters?: Parameters, setup?: Setup): PostedSource;
	close(): Promise<void>;
}

export async function startSystem(options: Sage300Options = {}): Promise<TestSystem> {
	const clock = new TestClock();
	const sandbox = await startSage300Sandbox({ now: clock.now, ...options });
	const memory: WebApiMemory = { forms: new Map(), cookies: new Map() };
	const api = (setup: Setup = {}) => {
		const { apiUrl: baseUrl, company, user, password } = sandbox;
		const credential = { baseUrl, company, user, password, ...setup.credential };
		return createWebApi({
			connection: connectionFrom(credential),
			transport: setup.transport ?? loopback,
			ports: clock,
			memory: setup.memory ?? memory,
		});
	};
	const reading = (parameters: Parameters) => (name: string, fallback: unknown) =>
		parameters[name] ?? fallback;
	return {
		sandbox,
		clock,
		memory,
		api,
		customers(parameters = {}, setup = {}) {
			const opened = api(setup);
			const read = reading(parameters);
			const settings = customerSettings(read, opened.connection.scope);
			return new CustomerSource(new CustomerReader(opened, settings), customerReading(read));
		},
		posted(entity, parameters = {}, setup = {}) {
			const settings = postedSettings(reading(parameters));
			return new PostedSource(api(setup), entity, settings);
		},
		close: () => sandbox.close(),
	};
}

export async function changesSince(
	source: DeltaSource<ErpRecord>,
	fromInclusive: string,
): Promise<Change[]> {
	const changes: Change[] = [];
	for await (const page of source.changes?.({ fromInclusive }) ?? []) changes.push(...page.changes);
	return changes;
}

export async function recordsSince(
	source: DeltaSource<ErpRecord>,
	fromInclusive: string,
): Promise<ErpRecord[]> {
	const loaded = await source.load(await changesSince(source, fromInclusive));
	return loaded.map(({ record }) => record);
}

export async function scanAll(
	source: DeltaSource<ErpRecord>,
	after?: string,
): Promise<ErpRecord[]> {
	const records: ErpRecord[] = [];
	for await (const page of source.scan?.(after) ?? []) {
		records.push(...page.rows.map(({ record }) => record));
	}
	return records;
}

export async function errorOf(promise: Promise<unknown>): Promise<CoreError> {
	const error = await promise.then(
		() => undefined,
		(caught: unknown) => caught,
	);
	if (error instanceof CoreError) return error;
	throw new Error(`Expected a CoreError, got ${String(error)}`);
}
