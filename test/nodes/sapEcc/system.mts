/** A sandbox system and the node's own way to it, over loopback. */
import { CoreError } from '../../../core/http/errors';
import type { Transport } from '../../../core/http/ports';
import type { ErpRecord } from '../../../core/record/erpRecord';
import type { Change, DeltaSource } from '../../../core/sync/source';
import { createCaller } from '../../../nodes/SapEcc/caller';
import { connectionFrom } from '../../../nodes/SapEcc/connection';
import type { FunctionCaller } from '../../../nodes/SapEcc/functionCall';
import { eccSettings, type EccEntity } from '../../../nodes/SapEcc/parameters';
import { createGateway } from '../../../nodes/SapEcc/gatewayService';
import { GatewaySource, type GatewaySettings } from '../../../nodes/SapEcc/gatewaySource';
import { DEFAULT_FILTER } from '../../../nodes/SapEcc/masterFilter';
import { TableReader } from '../../../nodes/SapEcc/readTable';
import { EccSource } from '../../../nodes/SapEcc/source';
import { startEccSandbox, type EccOptions, type EccSandbox } from '../../sandbox/ecc/server.mts';
import { loopback, TestClock } from '../sapS4Hana/system.mts';

export { loopback };

export interface Setup {
	credential?: Record<string, unknown>;
	transport?: Transport;
	entity?: EccEntity;
	pageSize?: number;
	keysPerRequest?: number;
}

export interface TestSystem {
	sandbox: EccSandbox;
	clock: TestClock;
	credential(over?: Record<string, unknown>): Record<string, unknown>;
	caller(setup?: Setup): FunctionCaller;
	tables(setup?: Setup): TableReader;
	/** A source with what the panel would say. */
	source(parameters?: Record<string, unknown>, setup?: Setup): EccSource;
	/** A source over the sandbox's own Gateway service. */
	gateway(over?: Partial<GatewaySettings>, setup?: Setup): GatewaySource;
	close(): Promise<void>;
}

export const GATEWAY_SETTINGS: GatewaySettings = {
	scope: '100',
	entitySet: 'CustomerSet',
	keyFields: ['Kunnr'],
	changeField: 'Udate',
	changeTimeField: 'Utime',
	createdField: 'Erdat',
	changeFieldType: 'date',
	maps: 'customer',
	names: {},
	fields: [],
	filter: DEFAULT_FILTER,
	withRaw: false,
	pageSize: 500,
};

export const ZONE = 'Europe/Berlin';

export async function startSystem(options: EccOptions = {}): Promise<TestSystem> {
	const clock = new TestClock();
	const sandbox = await startEccSandbox({ now: clock.now, zone: ZONE, ...options });
	const credential = (over: Record<string, unknown> = {}) => ({
		baseUrl: sandbox.url,
		...sandbox.login,
		zone: ZONE,
		bridgePath: sandbox.bridgePath,
		...over,
	});
	const connect = (setup: Setup) => connectionFrom(credential(setup.credential));
	const caller = (setup: Setup = {}) =>
		createCaller({
			connection: connect(setup),
			transport: setup.transport ?? loopback,
			ports: clock,
		});
	const tables = (setup: Setup = {}) => {
		const { permissions, tableFunction } = connect(setup);
		const { pageSize = 500 } = setup;
		return new TableReader({ caller: caller(setup), permissions, tableFunction, pageSize });
	};
	const source = (parameters: Record<string, unknown> = {}, setup: Setup = {}) => {
		const { entity = 'customer', keysPerRequest = 100 } = setup;
		const read = (name: string, fallback: unknown) => parameters[name] ?? fallback;
		const settings = eccSettings(read, entity, '100', { keysPerRequest });
		return new EccSource(tables(setup), clock, settings);
	};
	const gateway = (over: Partial<GatewaySettings> = {}, setup: Setup = {}) => {
		const service = createGateway({
			connection: connect(setup),
			servicePath: sandbox.gatewayPath,
			transport: setup.transport ?? loopback,
			ports: clock,
		});
		return new GatewaySource(service, { ...GATEWAY_SETTINGS, ...over });
	};
	return {
		sandbox,
		clock,
		credential,
		caller,
		tables,
		source,
		gateway,
		close: () => sandbox.close(),
	};
}

export async function changesSince(
	source: DeltaSource<ErpRecord>,
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
