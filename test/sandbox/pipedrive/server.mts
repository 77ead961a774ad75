/** An in-memory Pipedrive on loopback that is harder than the real one. */
import { startServer, type Answer, type Exchange } from '../http.mts';
import { Access, type OAuthOptions } from './access.mts';
import type { Row } from './collection.mts';
import { answerControl } from './control.mts';
import { Deliveries } from './delivery.mts';
import { Faults } from './faults.mts';
import { Gateway } from './gateway.mts';
import { Limits, type LimitOptions } from './limits.mts';
import { RequestLog } from './log.mts';
import { operations } from './operations.mts';
import { seed, type SeedCounts } from './seed.mts';
import { defaultOptions, World, type EntityName, type WorldOptions } from './world.mts';

export interface PipedriveOptions
	extends Partial<WorldOptions>,
		Partial<Omit<LimitOptions, 'now'>> {
	/** Default: a free one. */
	port?: number;
	/** API token of user 1, a global admin. */
	token?: string;
	/** More API tokens: token → user id (2 and 3 are no admins). */
	tokens?: Record<string, number>;
	oauth?: Partial<OAuthOptions>;
	/** Keep whole exchanges in `log.exchanges`; default false. */
	record?: boolean;
	/** Waits for `slow` faults; default the real clock. */
	sleep?: (ms: number) => Promise<void>;
}

export interface PipedriveSandbox {
	/** `http://127.0.0.1:<port>`; the API is under `/api/v2`, `/api/v1` and `/v1`. */
	url: string;
	/** Of a global admin. */
	token: string;
	/** The same, as OAuth would call it. */
	oauth: OAuthOptions;
	store: World;
	access: Access;
	limits: Limits;
	faults: Faults;
	log: RequestLog;
	/** What registered webhooks get; only loopback addresses are called. */
	deliveries: Deliveries;
	now: () => number;
	/** Every record of a kind as stored, deleted ones too. */
	records(entity: EntityName): Row[];
	/** A person's edit: merges into the record (custom fields per key), touches update_time. */
	edit(entity: EntityName, id: number, patch: Record<string, unknown>): Row;
	/** Inserts plausible records directly, at once searchable. */
	seed(counts: SeedCounts): { organizations: number[]; persons: number[] };
	reset(options?: { records?: boolean }): void;
	/** What the server answers, without a socket: for virtual time. */
	handle(exchange: Exchange): Answer | Promise<Answer>;
	close(): Promise<void>;
}

const realSleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function startPipedriveSandbox(
	options: PipedriveOptions = {},
): Promise<PipedriveSandbox> {
	const world = new World(pick(defaultOptions(), options));
	const { now } = world.options;
	const limits = new Limits({ ...limitDefaults(world), ...pick(limitDefaults(world), options) });
	if (options.dailyTokens !== undefined) limits.setDailyTokens(options.dailyTokens);
	if (options.customFieldQuota !== undefined) {
		world.options.customFieldQuota = options.customFieldQuota;
	}
	const token = options.token ?? 'a1'.repeat(20);
	const access = new Access(now, { ...oauthDefaults, ...options.oauth });
	access.addApiToken(token, 1);
	for (const [more, user] of Object.entries(options.tokens ?? {})) access.addApiToken(more, user);
	const deliveries = new Deliveries(world);
	const parts = { world, access, limits, faults: new Faults(now), log: new RequestLog() };
	const { record = false, sleep = realSleep } = options;
	const gateway = new Gateway({ ...parts, operations, record, sleep });
	const handler = (exchange: Exchange) => {
		if (exchange.path.startsWith('/__control/')) return answerControl(sandbox, exchange);
		if (/^\/oauth\/token\/?$/.test(exchange.path) && exchange.method === 'POST') {
			return access.answerTokenRequest(exchange, sandbox.url);
		}
		return gateway.handle(exchange);
	};
	const server = await startServer(handler, { port: options.port });
	const sandbox: PipedriveSandbox = {
		...parts,
		url: server.url,
		handle: handler,
		token,
		oauth: access.oauth,
		store: world,
		deliveries,
		now,
		records: (entity) => [...world.collections[entity].all()],
		edit: (entity, id, patch) => edit(world, entity, id, patch),
		seed: (counts) => seed(world, counts),
		reset({ records = false } = {}) {
			parts.faults.clear();
			parts.log.clear();
			limits.reset();
			if (records) world.reset();
		},
		async close() {
			deliveries.close();
			await server.close();
		},
	};
	return sandbox;
}

const oauthDefaults: OAuthOptions = {
	clientId: 'sandbox-client',
	clientSecret: 'sandbox-client-secret',
	refreshToken: 'sandbox-refresh-token',
	expiresInSeconds: 3599,
	scope: 'base,deals:full,contacts:full,products:full,activities:full,search:read,users:read',
};

function limitDefaults(world: World): LimitOptions {
	return {
		now: world.options.now,
		plan: world.options.plan,
		seats: 1,
		dayStartsAtMs: 0,
		dailyHeaders: true,
		blockAfter: 10,
		blockMs: 30_000,
		failuresCost: true,
	};
}

/** Defaults, overridden by the options that were given. */
function pick<T extends object>(defaults: T, options: object): T {
	const given = Object.entries(options).filter(([key, v]) => key in defaults && v !== undefined);
	return { ...defaults, ...Object.fromEntries(given) };
}

function edit(world: World, entity: EntityName, id: number, patch: Record<string, unknown>): Row {
	const row = world.collections[entity].get(id);
	if (!row) throw new Error(`${entity} has no record ${id}`);
	const next: Row = { ...row, ...patch, update_time: world.moment() };
	if (patch.custom_fields) {
		next.custom_fields = { ...row.custom_fields, ...(patch.custom_fields as object) };
	}
	return world.put(entity, next);
}
