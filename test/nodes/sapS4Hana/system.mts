/** A sandbox system and the node's own way to it, over loopback. */
import { CoreError } from '../../../core/http/errors';
import type { Transport } from '../../../core/http/ports';
import type { ODataDialect } from '../../../core/odata/dialect';
import { v2 } from '../../../core/odata/v2';
import { createSessionCache } from '../../../core/http/session';
import type { ErpRecord } from '../../../core/record/erpRecord';
import type { Change, DeltaSource } from '../../../core/sync/source';
import { connectionFrom } from '../../../nodes/SapS4Hana/connection';
import { loginFor } from '../../../nodes/SapS4Hana/login';
import { partnerSettings, type PartnerEntity } from '../../../nodes/SapS4Hana/parameters';
import { createService, type ODataService } from '../../../nodes/SapS4Hana/service';
import { BusinessPartnerSource } from '../../../nodes/SapS4Hana/source';
import {
	startS4HanaSandbox,
	type S4HanaOptions,
	type S4HanaSandbox,
} from '../../sandbox/s4hana/server.mts';
import { loopback, TestClock } from '../../fakes/loopback.mts';

export { DAY, loopback, NOW, TestClock } from '../../fakes/loopback.mts';

export interface TestSystem {
	sandbox: S4HanaSandbox;
	clock: TestClock;
	service(options?: ServiceSetup): ODataService;
	/** A business-partner source with what the panel would say. */
	source(parameters?: Record<string, unknown>, setup?: SourceSetup): BusinessPartnerSource;
	close(): Promise<void>;
}

export interface ServiceSetup {
	dialect?: ODataDialect;
	servicePath?: string;
	credential?: Record<string, unknown>;
	zone?: string;
	transport?: Transport;
}

export interface SourceSetup extends ServiceSetup {
	entity?: PartnerEntity;
	pageSize?: number;
	keysPerRequest?: number;
}

export async function startSystem(options: S4HanaOptions = {}): Promise<TestSystem> {
	const clock = new TestClock();
	const sandbox = await startS4HanaSandbox({ now: clock.now, ...options });
	const service = (setup: ServiceSetup = {}) => {
		const { user, password } = sandbox.login.options;
		const connection = connectionFrom(
			{ baseUrl: sandbox.url, user, password, sapClient: '100', ...setup.credential },
			setup.credential?.tokenUrl ? 'oAuth2' : 'basic',
		);
		const zoned = { ...connection, zone: setup.zone ?? connection.zone };
		const transport = setup.transport ?? loopback;
		return createService({
			connection: zoned,
			dialect: setup.dialect ?? v2,
			login: loginFor(zoned, transport, clock, createSessionCache()),
			transport,
			ports: clock,
			servicePath: setup.servicePath,
		});
	};
	const source = (parameters: Record<string, unknown> = {}, setup: SourceSetup = {}) => {
		const { pageSize = 500, keysPerRequest = 50, entity = 'businessPartner' } = setup;
		const read = (name: string, fallback: unknown) => parameters[name] ?? fallback;
		const settings = partnerSettings(read, entity, '100', { pageSize, keysPerRequest });
		return new BusinessPartnerSource(service(setup), settings);
	};
	return { sandbox, clock, service, source, close: () => sandbox.close() };
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

export function nameOf(record: ErpRecord): string {
	return record.organization?.name ?? '';
}

export async function errorOf(promise: Promise<unknown>): Promise<CoreError> {
	const error = await promise.then(
		() => undefined,
		(caught: unknown) => caught,
	);
	if (error instanceof CoreError) return error;
	throw new Error(`Expected a CoreError, got ${String(error)}`);
}
