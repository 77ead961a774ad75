import { asCoreError, type CoreError } from '../../core/http/errors';
import { writeDealLines } from './deals/dealLines';
import { forEachConcurrent } from './concurrency';
import { knownCurrencies, leaveOutInactive } from './currencies';
import { ENTITIES, KINDS, type EntityName } from './entities';
import type { HistoryResult } from './history/results';
import { writeWishes, type HistoryWish } from './history/wishes';
import { hostIdsOf } from './hosts';
import { openDirectory } from './directory';
import { valueIn } from './digests';
import { DELETED_STATUS } from './fieldMap';
import type { Intent, ResolvedMap } from './intents';
import { externalIdsOf } from './matchKeys';
import { leftOutNotices } from './missingFields';
import { createMissingOptions } from './missingOptions';
import { prepare, shapeOf, type Prepared } from './prepare';
import type { Plan } from './plan';
import {
	entityRun,
	knownIdsByKey,
	rememberedIdOf,
	type EntityRun,
	type Environment,
	type IntentResult,
	type Run,
	type UpsertSettings,
} from './run';
import { blank } from './result';
import {
	foreseen,
	keyOf,
	pointToWinners,
	settleCompanies,
	settleDoubles,
	withoutHost,
} from './results';
import { stopOf } from './stop';
import { userIdOf } from './users';
import { decide } from './decide';
import { writeIntent } from './write';

export interface RunResult {
	/** In the order of the intents. */
	results: IntentResult[];
	/** Notes and activities, by item. */
	history: ReadonlyMap<number, HistoryResult>;
	/** Told once per run. */
	notices: string[];
	/** Of all that was sent, reading and creating fields included. */
	tokens: number;
}

/**
 * Prepares, lets `build` make the jobs of the batch, and upserts them. A field that was deleted in Pipedrive
 * since its fields were read fails the first list: then everything is prepared anew, once.
 */
export async function prepareAndUpsert<J extends { intents: Intent[]; wish?: HistoryWish }>(
	environment: Environment,
	settings: UpsertSettings,
	entities: readonly EntityName[],
	build: (prepared: Prepared) => J[] | Promise<J[]>,
): Promise<RunResult & { jobs: J[] }> {
	const spentBefore = environment.ledger.status().spentByRun;
	// Fields are created once: later looks have nothing to tell of it.
	const warnings: string[] = [];
	const prepareAnew = async () => {
		const prepared = await prepare(environment, settings, entities);
		warnings.push(...prepared.warnings);
		return prepared;
	};
	const attempt = async () => {
		let prepared = await prepareAnew();
		let jobs = await build(prepared);
		if (
			await createMissingOptions(
				environment,
				settings,
				jobs.flatMap((job) => job.intents),
			)
		) {
			prepared = await prepareAnew();
			jobs = await build(prepared);
		}
		const intents = jobs.flatMap((job) => job.intents);
		const active = knownCurrencies(environment);
		if (active) for (const intent of intents) leaveOutInactive(intent, active);
		const wishes = jobs.flatMap(({ wish }) => wish ?? []);
		const result = await upsert(environment, settings, prepared, intents, wishes);
		return {
			...result,
			notices: [...warnings, ...result.notices],
			tokens: environment.ledger.status().spentByRun - spentBefore,
			jobs,
		};
	};
	return await attempt().catch(async (error: unknown) => {
		const core = asCoreError(error);
		if (core.code !== 'ERR_SCHEMA_VALIDATION_FAILED') throw core;
		const { memory, company } = environment;
		for (const entity of entities) memory.fields.forget(company.credentialKey, entity);
		return await attempt();
	});
}

/**
 * All records of a run together: one index, one plan, then organizations, then their persons.
 * Errors of single records become set-aside results; an error before the first write (login, wrong setting,
 * Pipedrive down) is thrown, because it is about the run and not about a record.
 */
export async function upsert(
	environment: Environment,
	settings: UpsertSettings,
	prepared: Prepared,
	intents: readonly Intent[],
	wishes: readonly HistoryWish[] = [],
): Promise<RunResult> {
	const run: Run = {
		environment,
		settings,
		entities: {},
		known: knownIdsByKey(settings.knownIds),
		hosts: new Map(),
		silence: 0,
	};
	const spentBefore = environment.ledger.status().spentByRun;
	const results = new Map<Intent, IntentResult>();
	const winners = settleDoubles(intents, results);
	const plans = await planAll(run, prepared, winners, results);
	if (settings.isDryRun) {
		for (const [intent, plan] of plans) results.set(intent, foreseen(intent, plan));
	} else if (!stopOnTooMany(run, plans, results)) {
		await writeAll(run, [...plans.keys()], results);
	}
	if (run.entities.deal) {
		const deals = [...plans.keys()].filter(({ entity }) => entity === 'deal');
		await writeDealLines(run, prepared, deals, results, async (deal) => {
			const host = hostOf(deal, winners);
			return await writeIntent(
				run,
				deal,
				(host && results.get(host)?.pipedriveId) ?? elsewhere(run, deal),
			);
		});
	}
	const history = await writeWishes(run, prepared, wishes, (entity, externalId) => {
		const winner = winners.get(`${entity}|${externalId}`);
		return winner && (results.get(winner)?.pipedriveId ?? null);
	});
	pointToWinners(intents, results);
	return {
		history,
		results: intents.map((intent) => results.get(intent)!),
		notices: noticesOf(prepared, run),
		tokens: environment.ledger.status().spentByRun - spentBefore,
	};
}

async function planAll(
	run: Run,
	prepared: Prepared,
	winners: ReadonlyMap<string, Intent>,
	results: Map<Intent, IntentResult>,
): Promise<Map<Intent, Plan>> {
	const plans = new Map<Intent, Plan>();
	const all = [...winners.values()];
	const orgIdOf = (intent: Intent) => {
		const host = hostOf(intent, winners);
		const plan = host && plans.get(host);
		return plan && 'row' in plan ? plan.row?.id : elsewhere(run, intent);
	};
	for (const entity of ENTITIES) {
		const mine = all.filter((intent) => intent.entity === entity);
		if (mine.length === 0) continue;
		try {
			const outside = mine
				.filter((intent) => !hostOf(intent, winners))
				.flatMap(({ hostExternalId }) => hostExternalId ?? []);
			if (outside.length > 0) run.hosts = await hostIdsOf(run, prepared, 'organization', outside);
			const opened = await openEntity(run, prepared, entity, mine, orgIdOf);
			run.entities[entity] = opened;
			opened.plan.isPlanned = (externalId) => {
				const host = winners.get(`organization|${externalId}`);
				return host !== undefined && plans.get(host)?.action === 'create';
			};
			const told =
				entity === 'person'
					? settleCompanies(mine, (person) => isShownAt(run, person, orgIdOf(person)), results)
					: mine;
			await forEachConcurrent(told, run.environment.ledger.concurrency, async (intent) => {
				plans.set(intent, await decide(run, intent, orgIdOf(intent)));
			});
		} catch (error) {
			deferOrThrow(run, asCoreError(error), all, results);
			return new Map();
		}
	}
	// Maps keep the order of planning; results want the order of the batch.
	return new Map(all.filter((intent) => plans.has(intent)).map((i) => [i, plans.get(i)!]));
}

function isShownAt(run: Run, person: Intent, orgId: number | undefined): boolean {
	if (orgId === undefined) return false;
	const { directory } = entityRun(run, 'person');
	const [id = rememberedIdOf(run, person)] = directory.byExternalId(person.externalId);
	return id !== undefined && directory.row(id)?.org_id === orgId;
}

/** The organization of a person or deal, where this batch brings it. */
function hostOf(intent: Intent, byKey: ReadonlyMap<string, Intent>): Intent | undefined {
	if (intent.organization) return byKey.get(keyOf(intent.organization));
	const { hostExternalId } = intent;
	return hostExternalId === undefined ? undefined : byKey.get(`organization|${hostExternalId}`);
}

/** The organization of a person or deal, where Pipedrive has it already. */
function elsewhere(run: Run, { organizationId, hostExternalId }: Intent): number | undefined {
	return hostExternalId === undefined ? organizationId : run.hosts.get(hostExternalId);
}

/** A spent budget is no error of the run: everything waits for the next day. */
function deferOrThrow(
	run: Run,
	error: CoreError,
	intents: readonly Intent[],
	results: Map<Intent, IntentResult>,
): void {
	if (error.kind !== 'budgetSpent') throw error;
	const { reasonCode, reason, retryAt } = stopOf(run, error);
	for (const intent of intents) {
		results.set(intent, { ...blank(intent, 'setAside'), reasonCode, reason, retryAt });
	}
}

async function openEntity(
	run: Run,
	prepared: Prepared,
	entity: EntityName,
	intents: readonly Intent[],
	orgIdOf: (intent: Intent) => number | undefined,
): Promise<EntityRun> {
	const { memory, company } = run.environment;
	const fields = prepared.fields[entity]!;
	const externalIdField = fields.resolve(run.settings.externalIdField[entity]);
	const shape = shapeOf(entity, externalIdField.key, intents, prepared.maps[entity]);
	const index = memory.indexOf(company.credentialKey, shape);
	const opened: EntityRun = {
		entity,
		fields,
		shape: index.shape,
		index,
		directory: index,
		rules: {
			externalIdKey: externalIdField.key,
			link: run.settings.link,
			secondIdentity: run.settings.secondIdentity,
		},
		plan: {
			externalIdField,
			...(await onCreate(run)),
			hostState: (id) => hostState(run, id, prepared.maps.organization),
		},
	};
	opened.directory = await openDirectory(run, opened, intents, orgIdOf);
	return opened;
}

function hostState(
	{ entities: { organization } }: Run,
	id: number,
	map: ResolvedMap,
): 'linked' | 'ended' | 'unlinked' {
	if (!organization) return 'linked';
	const row = organization.directory.row(id) ?? organization.index.row(id);
	if (!row || externalIdsOf(row, organization.rules.externalIdKey).length === 0) return 'unlinked';
	const status = map.rows.find(({ source }) => source === 'status')?.field;
	return status && valueIn(row, status) === DELETED_STATUS ? 'ended' : 'linked';
}

async function onCreate(run: Run): Promise<{ ownerId?: number; visibleTo?: number }> {
	const { defaultOwner, isVisibleToAll } = run.settings;
	const { plan } = run.environment.company.budget;
	const visibleTo = plan === 'lite' || plan === 'growth' ? 3 : 7;
	return {
		...(defaultOwner === '' ? {} : { ownerId: await userIdOf(run.environment, defaultOwner) }),
		...(isVisibleToAll ? { visibleTo } : {}),
	};
}

/** A run that would rewrite a large part of Pipedrive is more likely a mistake than news. */
function stopOnTooMany(
	run: Run,
	plans: ReadonlyMap<Intent, Plan>,
	results: Map<Intent, IntentResult>,
): boolean {
	const { stopAbovePercent } = run.settings;
	const updates = [...plans.values()].filter(({ action }) => action === 'update').length;
	const known = Object.values(run.entities).reduce(
		(sum, entity) => sum + Math.max(entity.index.linkedCount, entity.directory.linkedCount),
		0,
	);
	const most = Math.max(ALWAYS_ALLOWED, (known * stopAbovePercent) / 100);
	if (stopAbovePercent <= 0 || updates <= most) return false;
	for (const intent of plans.keys()) {
		results.set(intent, {
			...blank(intent, 'setAside'),
			reasonCode: 'tooManyChanges',
			reason: `${updates} of ${known} linked records would change, more than ${stopAbovePercent} %: nothing was written. Check one record with Dry Run; to go on, raise "Stop If More Than (%)".`,
		});
	}
	return true;
}

const ALWAYS_ALLOWED = 200;

async function writeAll(
	run: Run,
	intents: readonly Intent[],
	results: Map<Intent, IntentResult>,
): Promise<void> {
	const { concurrency } = run.environment.ledger;
	const byKey = new Map(intents.map((intent) => [keyOf(intent), intent]));
	for (const entity of ENTITIES) {
		const mine = intents.filter((intent) => intent.entity === entity);
		await forEachConcurrent(mine, concurrency, async (intent) => {
			const host = hostOf(intent, byKey);
			const hostResult = host && results.get(host);
			const orphaned = hostResult && withoutHost(intent, hostResult);
			results.set(
				intent,
				orphaned ??
					(await writeIntent(run, intent, hostResult?.pipedriveId ?? elsewhere(run, intent))),
			);
		});
	}
}

function noticesOf(prepared: Prepared, run: Run): string[] {
	const notices: string[] = [];
	for (const entity of ENTITIES) {
		if (prepared.fields[entity]) {
			notices.push(...leftOutNotices(entity, prepared.maps[entity].missing));
		}
		if (run.entities[entity]?.index.isTooLarge) {
			notices.push(
				`Pipedrive holds more ${KINDS[entity].plural} than "Search Each Record Above" says: each record was looked up by search (20 tokens) instead of the index.`,
			);
		}
	}
	if (run.stop) notices.push(run.stop.reason);
	return notices;
}
