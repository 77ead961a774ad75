/** A sandbox system and the nodes' own ways to it, over loopback. */
import { CoreError } from '../../../core/http/errors';
import type { Transport } from '../../../core/http/ports';
import { createSessionCache } from '../../../core/http/session';
import type { ErpRecord } from '../../../core/record/erpRecord';
import type { DeltaSource } from '../../../core/sync/source';
import {
	connectionFrom,
	type EnetConnection,
	type ODataConnection,
} from '../../../nodes/Syspro/connection';
import { EnetAccess } from '../../../nodes/Syspro/enetAccess';
import { ODataAccess } from '../../../nodes/Syspro/odataAccess';
import { OperatorSeats } from '../../../nodes/Syspro/operatorSeat';
import { readerFor } from '../../../nodes/Syspro/readers';
import type { Entity } from '../../../nodes/Syspro/settings';
import type { TableAccess } from '../../../nodes/Syspro/tableAccess';
import {
	startSysproSandbox,
	type SysproOptions,
	type SysproSandbox,
} from '../../sandbox/syspro/server.mts';
import { loopback, TestClock } from '../../fakes/loopback.mts';

export { DAY, loopback, NOW, TestClock } from '../../fakes/loopback.mts';

export type Mode = 'enet' | 'odata';

export interface AccessSetup {
	transport?: Transport;
	credential?: Record<string, unknown>;
	seats?: OperatorSeats;
}

export class TestSystem {
	readonly seats = new OperatorSeats();
	private readonly opened: TableAccess[] = [];

	constructor(
		readonly sandbox: SysproSandbox,
		readonly clock: TestClock,
		readonly mode: Mode,
	) {}

	enet(setup: AccessSetup = {}): EnetAccess {
		const { restUrl, login } = this.sandbox;
		const credential = {
			baseUrl: restUrl,
			operator: login.operator,
			operatorPassword: login.password,
			companyId: login.company,
			companyPassword: login.companyPassword,
			companyCurrency: 'ZAR',
			...setup.credential,
		};
		const connection = connectionFrom(credential, 'enet') as EnetConnection;
		const options = { transport: setup.transport ?? loopback, ports: this.clock };
		return this.kept(new EnetAccess(connection, options, setup.seats ?? this.seats));
	}

	odata(setup: AccessSetup = {}): ODataAccess {
		const { odataUrl, odata } = this.sandbox;
		const { user, password } = odata;
		const credential = {
			baseUrl: odataUrl,
			user,
			password,
			companyId: 'A',
			companyCurrency: 'ZAR',
			...setup.credential,
		};
		const connection = connectionFrom(credential, 'odata') as ODataConnection;
		const options = { transport: setup.transport ?? loopback, ports: this.clock };
		return this.kept(new ODataAccess(connection, options, createSessionCache()));
	}

	access(setup: AccessSetup = {}): TableAccess {
		return this.mode === 'enet' ? this.enet(setup) : this.odata(setup);
	}

	/** A source with what the panel would say. */
	source(
		entity: Entity,
		parameters: Record<string, unknown> = {},
		{ pageSize = 500, ...setup }: AccessSetup & { pageSize?: number } = {},
	): DeltaSource<ErpRecord> {
		return this.reader(entity, parameters, { pageSize, ...setup }).source;
	}

	reader(
		entity: Entity,
		parameters: Record<string, unknown> = {},
		{ pageSize = 500, ...setup }: AccessSetup & { pageSize?: number } = {},
	) {
		const read = (name: string, fallback: unknown) =>
			parameters[name] ?? (name === 'reading' ? { pageSize } : fallback);
		const common = { company: 'A', companyCurrency: 'ZAR' };
		return readerFor(entity, this.access(setup), common, read, this.clock);
	}

	async close(): Promise<void> {
		await Promise.all(this.opened.map((access) => access.close()));
		await this.sandbox.close();
	}

	private kept<A extends TableAccess>(access: A): A {
		this.opened.push(access);
		return access;
	}
}

export async function startSystem(
	mode: Mode = 'enet',
	options: SysproOptions = {},
): Promise<TestSystem> {
	const clock = new TestClock();
	return new TestSystem(await startSysproSandbox({ now: clock.now, ...options }), clock, mode);
}

export async function scanAll(
	source: DeltaSource<ErpRecord>,
	after?: string,
): Promise<ErpRecord[]> {
	const records: ErpRecord[] = [];
	for await (const page of source.scan?.(after) ?? [])
		records.push(...page.rows.map(({ record }) => record));
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
