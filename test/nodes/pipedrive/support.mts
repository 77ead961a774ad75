/** Pipedrive Upsert against the sandbox, without n8n and without waiting: both share one clock that sleeping moves. */
import { createClient } from '../../../core/http/client';
import { CoreError } from '../../../core/http/errors';
import type { Ports, Transport } from '../../../core/http/ports';
import { externalIdOf, type ErpPerson, type ErpRecord } from '../../../core/record/erpRecord';
import { fingerprintOf } from '../../../core/record/fingerprint';
import { classifyAnswer } from '../../../nodes/Pipedrive/answers';
import { createPipedriveApi, type PipedriveApi } from '../../../nodes/Pipedrive/api';
import { createCaller } from '../../../nodes/Pipedrive/call';
import { companyOf } from '../../../nodes/Pipedrive/company';
import { DEFAULT_DEAL_SETTINGS } from '../../../nodes/Pipedrive/deals/dealSettings';
import { ENTITIES, type EntityName } from '../../../nodes/Pipedrive/entities';
import { ensureFields } from '../../../nodes/Pipedrive/ensureFields';
import { DEFAULT_MAP } from '../../../nodes/Pipedrive/fieldMap';
import { DEFAULT_DOCUMENT_SETTINGS } from '../../../nodes/Pipedrive/history/documentSettings';
import { jobOf } from '../../../nodes/Pipedrive/items/erpRecords';
import { createProcessMemory, type ProcessMemory } from '../../../nodes/Pipedrive/memory';
import { reportsOf, type ItemReport } from '../../../nodes/Pipedrive/report';
import { TEMPLATE_FIELDS } from '../../../nodes/Pipedrive/templateFields';
import { knownIdsByKey, type Environment, type UpsertSettings } from '../../../nodes/Pipedrive/run';
import { prepareAndUpsert, type RunResult } from '../../../nodes/Pipedrive/upsert';
import {
	startPipedriveSandbox,
	type PipedriveOptions,
	type PipedriveSandbox,
} from '../../sandbox/pipedrive/server.mts';

export interface Clock extends Ports {
	advance(ms: number): void;
}

/** Starts at the present; sleeping moves it and takes no time. */
export function fastClock(): Clock {
	let ahead = 0;
	return {
		now: () => Date.now() + ahead,
		random: () => 0.5,
		sleep: async (ms) => {
			ahead += ms;
			await new Promise((resolve) => setImmediate(resolve));
		},
		advance: (ms) => {
			ahead += ms;
		},
	};
}

/** What n8n's request helper does, with the token header of the credential. */
export function fetchTransport(token: string): Transport {
	return async (request) => {
		try {
			const answer = await fetch(request.url, {
				method: request.method,
				headers: { ...request.headers, 'x-api-token': token },
				body: request.body,
			});
			const body = Buffer.from(await answer.arrayBuffer());
			const headers: Record<string, string> = {};
			answer.headers.forEach((value, name) => (headers[name] = value));
			return { status: answer.status, headers, body };
		} catch (error) {
			const cause = (error as { cause?: { code?: string } }).cause;
			throw new CoreError('transient', `No answer: ${cause?.code ?? 'cut off'}`, {
				neverSent: cause?.code === 'ECONNREFUSED',
			});
		}
	};
}

const plainWire = (wire: Transport) => wire;

export interface Bench {
	sandbox: PipedriveSandbox;
	clock: Clock;
	memory: ProcessMemory;
	/** A new run; `memory` = another process. */
	environment(options?: Pick<RunOptions, 'memory' | 'credential' | 'transport'>): Environment;
	run(records: ErpRecord[], options?: RunOptions): Promise<RunResult & { reports: ItemReport[] }>;
	/** Keys of the template fields by name. */
	keys: Record<EntityName, Record<string, string>>;
	close(): Promise<void>;
}

export interface RunOptions {
	settings?: Partial<UpsertSettings>;
	memory?: ProcessMemory;
	credential?: object;
	/** Default: organization and person. */
	entities?: EntityName[];
	/** Stands between the node and the wire. */
	transport?: (wire: Transport) => Transport;
	/** Changes what Pipedrive seems to answer. */
	disguise?: (api: PipedriveApi) => PipedriveApi;
}

export const defaultSettings: UpsertSettings = {
	map: DEFAULT_MAP,
	externalIdField: {
		organization: 'ERP ID',
		person: 'ERP ID',
		product: 'ERP ID',
		deal: 'ERP ID',
	},
	link: 'match',
	secondIdentity: 'setAside',
	isDryRun: false,
	maxIndexRows: 100_000,
	stopAbovePercent: 30,
	recreateDeleted: false,
	createsMissingFields: false,
	createsMissingOptions: false,
	defaultOwner: '',
	isVisibleToAll: false,
	misfitsHoldBack: true,
	deal: DEFAULT_DEAL_SETTINGS,
	documents: DEFAULT_DOCUMENT_SETTINGS,
	knownIds: [],
};

interface BenchOptions {
	withoutFields?: boolean;
	/** Default: one that never waits. */
	clock?: Clock;
	/** Default: HTTP on loopback. */
	wire?: (sandbox: PipedriveSandbox) => Transport;
}

export async function openBench(options: PipedriveOptions & BenchOptions = {}): Promise<Bench> {
	const clock = options.clock ?? fastClock();
	const sandbox = await startPipedriveSandbox({
		plan: 'ultimate',
		now: () => clock.now(),
		sleep: (ms) => clock.sleep(ms),
		...options,
	});
	const wire = (options.wire ?? (() => fetchTransport(sandbox.token)))(sandbox);
	const memory = createProcessMemory();
	const environment: Bench['environment'] = (chosen = {}) => {
		const company = companyOf(
			{
				apiToken: sandbox.token,
				apiBaseUrl: sandbox.url,
				plan: options.plan ?? 'ultimate',
				...chosen.credential,
			},
			'erpPipedriveApi',
			'1',
		);
		const shared = chosen.memory ?? memory;
		const ledger = shared.book.open(company, clock);
		const client = createClient({
			transport: (chosen.transport ?? plainWire)(wire),
			ports: clock,
			gate: ledger,
			classify: (response) => classifyAnswer(response, clock.now()),
		});
		const call = createCaller(client, company.baseUrl);
		const api = createPipedriveApi(call);
		return { api, call, ledger, company, memory: shared, ports: clock };
	};
	const bench: Bench = {
		sandbox,
		clock,
		memory,
		environment,
		keys: { organization: {}, person: {}, product: {}, deal: {} },
		close: () => sandbox.close(),
		async run(records, chosen = {}) {
			const settings = { ...defaultSettings, ...chosen.settings };
			const plain = environment(chosen);
			const opened = { ...plain, api: chosen.disguise?.(plain.api) ?? plain.api };
			const result = await prepareAndUpsert(
				opened,
				settings,
				chosen.entities ?? ['organization', 'person'],
				(prepared) => records.map((record, item) => jobOf(record, item, { json: {} }, prepared)),
			);
			const reports = reportsOf(result.jobs, result, {
				runId: 'run',
				executionId: '1',
				at: new Date(clock.now()).toISOString(),
				webUrl: opened.company.webUrl,
				isDryRun: settings.isDryRun,
				auditEachUnchanged: false,
				known: knownIdsByKey(settings.knownIds),
			});
			return { ...result, reports };
		},
	};
	if (!options.withoutFields) {
		const wanted = ENTITIES.flatMap((entity) =>
			TEMPLATE_FIELDS[entity].map((field) => ({ entity, ...field })),
		);
		const report = await ensureFields(environment(), wanted, false);
		for (const { entity, name, key } of report.created) bench.keys[entity][name] = key!;
	}
	return bench;
}

/** The n-th plausible business partner with one contact. */
export function partner(n: number, change: PartnerChange = {}): ErpRecord {
	const key = String(1_000_000 + n);
	const externalId = externalIdOf('s4hana', '100', 'businessPartner', key);
	const organization: ErpRecord['organization'] = {
		name: `Muster Werk ${n} GmbH`,
		type: ['Customer'],
		phone: `+49 40 ${200_000 + n}`,
		email: `info@werk-${n}.example`,
		website: `https://werk-${n}.example`,
		taxNumber: `DE${100_000_000 + n}`,
		paymentTerms: 'NT30',
		billingAddress: {
			street: 'Hafenweg',
			houseNumber: String((n % 200) + 1),
			postalCode: '20457',
			city: 'Hamburg',
			region: '',
			country: 'DE',
		},
		...change.organization,
	};
	const persons = change.persons ?? [contact(n)];
	return {
		erp: {
			system: 's4hana',
			entity: 'businessPartner',
			key,
			externalId,
			version: fingerprintOf([organization, persons]),
			changedAt: '2026-11-20',
			readAt: '2026-11-21T08:00:00.000Z',
			isDeleted: false,
			isBlocked: false,
			...change.erp,
		},
		organization,
		persons,
	};
}

export interface PartnerChange {
	organization?: Partial<NonNullable<ErpRecord['organization']>>;
	persons?: ErpPerson[];
	erp?: Partial<ErpRecord['erp']>;
}

export function contact(n: number, change: Partial<ErpPerson> = {}): ErpPerson {
	const key = String(9_000_000 + n);
	return {
		key,
		externalId: externalIdOf('s4hana', '100', 'contactPerson', key),
		name: `Anna Muster ${n}`,
		email: `anna@werk-${n}.example`,
		phone: `+49 40 ${300_000 + n}`,
		function: 'Purchasing',
		isActive: true,
		isStandard: true,
		...change,
	};
}
