/** A sandbox company and the node's own way to it, over loopback. */
import { CoreError } from '../../../core/http/errors';
import type { Transport } from '../../../core/http/ports';
import { createSessionCache, type SessionCache } from '../../../core/http/session';
import type { Change, DeltaSource } from '../../../core/sync/source';
import { connectionFrom, type Connection } from '../../../nodes/SapBusinessOne/connection';
import type { EntityName } from '../../../nodes/SapBusinessOne/entities';
import type { B1Record } from '../../../nodes/SapBusinessOne/mapping';
import { sourceSettings } from '../../../nodes/SapBusinessOne/parameters';
import { createServiceLayer, type ServiceLayer } from '../../../nodes/SapBusinessOne/serviceLayer';
import { sessionFor } from '../../../nodes/SapBusinessOne/session';
import { B1Source } from '../../../nodes/SapBusinessOne/source';
import { startB1Sandbox, type B1Options, type B1Sandbox } from '../../sandbox/b1/server.mts';
import { loopback, TestClock } from '../../fakes/loopback.mts';

export { DAY, loopback, MINUTE, NOW, TestClock } from '../../fakes/loopback.mts';

export interface Setup {
	credential?: Record<string, unknown>;
	transport?: Transport;
	cache?: SessionCache<string>;
	pageSize?: number;
	keysPerRequest?: number;
}

export interface TestSystem {
	sandbox: B1Sandbox;
	clock: TestClock;
	connection(credential?: Record<string, unknown>): Connection;
	service(setup?: Setup): ServiceLayer;
	source(entity: EntityName, parameters?: Record<string, unknown>, setup?: Setup): B1Source;
	close(): Promise<void>;
}

export async function startSystem(options: B1Options = {}): Promise<TestSystem> {
	const clock = new TestClock();
	const sandbox = await startB1Sandbox({ now: clock.now, ...options });
	const connection = (credential: Record<string, unknown> = {}) => {
		const { companyDb, user, password } = sandbox.sessions.options;
		const zone = options.zone ?? 'UTC';
		return connectionFrom({ baseUrl: sandbox.url, companyDb, user, password, zone, ...credential });
	};
	// Nodes share sessions within a process; a test's system starts without any.
	const shared = createSessionCache<string>();
	const service = (setup: Setup = {}) => {
		const transport = setup.transport ?? loopback;
		const checked = connection(setup.credential);
		const session = sessionFor(checked, transport, clock, setup.cache ?? shared);
		return createServiceLayer({ connection: checked, session, transport, ports: clock });
	};
	const source = (
		entity: EntityName,
		parameters: Record<string, unknown> = {},
		setup: Setup = {},
	) => {
		const read = (name: string, fallback: unknown) => parameters[name] ?? fallback;
		const { pageSize = 500, keysPerRequest = 50 } = setup;
		const reading = { pageSize, keysPerRequest };
		const settings = sourceSettings(read, entity, 'SBODEMODE', reading);
		return new B1Source(service(setup), settings);
	};
	return { sandbox, clock, connection, service, source, close: () => sandbox.close() };
}

export async function changesSince(
	source: DeltaSource<B1Record>,
	fromInclusive: string,
	resumeAfter?: string,
): Promise<Change[]> {
	const changes: Change[] = [];
	for await (const page of source.changes?.({ fromInclusive }, resumeAfter) ?? []) {
		changes.push(...page.changes);
	}
	return changes;
}

export async function recordsSince(
	source: DeltaSource<B1Record>,
	fromInclusive: string,
): Promise<B1Record[]> {
	const loaded = await source.load(await changesSince(source, fromInclusive));
	return loaded.map(({ record }) => record);
}

export async function scanAll(source: DeltaSource<B1Record>, after?: string): Promise<B1Record[]> {
	const records: B1Record[] = [];
	for await (const page of source.scan?.(after) ?? []) {
		records.push(...page.rows.map(({ record }) => record));
	}
	return records;
}

export const keysOf = (records: readonly B1Record[]) => records.map(({ erp }) => erp.key);

export async function errorOf(promise: Promise<unknown>): Promise<CoreError> {
	const error = await promise.then(
		() => undefined,
		(caught: unknown) => caught,
	);
	if (error instanceof CoreError) return error;
	throw new Error(`Expected a CoreError, got ${String(error)}`);
}
