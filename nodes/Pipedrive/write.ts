import { asCoreError, CoreError } from '../../core/http/errors';
import { ENTITY_ENDPOINTS, type PipedriveRow } from './api';
import { activeCurrencies, hasAmounts, leaveOutInactive } from './currencies';
import { decide } from './decide';
import { dropRow, keepRow } from './directory';
import { readRow } from './readRows';
import { LostCreate } from './lostCreate';
import type { Field, FieldSet } from './fields';
import type { Intent } from './intents';
import { digestsAfter, digestsElsewhere, digestsOfAbsence } from './digests';
import { keysOf, type Body } from './draft';
import { goneReason, type Plan } from './plan';
import { entityRun, lockKeysOf, recall, type IntentResult, type Run, type Stop } from './run';
import { LATER_MS, sentenceOf, stopOf } from './stop';

const MOST_POSTS = 3;
/** Brings one record into Pipedrive; every outcome, also an error, is a result. */
export async function writeIntent(
	run: Run,
	intent: Intent,
	orgId: number | undefined,
): Promise<IntentResult> {
	const { memory, ports } = run.environment;
	const startedAt = ports.now();
	const writer = new Writer(run, intent, orgId);
	const result = await memory
		.alone(lockKeysOf(run, intent, orgId), async () => await writer.write())
		.catch((error: unknown) => writer.failed(asCoreError(error)));
	return { ...result, durationMs: ports.now() - startedAt };
}

class Writer {
	private tokens = 0;
	private attempts = 0;
	private readonly lost: LostCreate;

	constructor(
		private readonly run: Run,
		private readonly intent: Intent,
		private readonly orgId: number | undefined,
	) {
		this.lost = new LostCreate(run, intent);
	}

	/** With what looking for lost creates costs. */
	private get allTokens(): number {
		return this.tokens + this.lost.tokens;
	}

	/** Decides again: what this or another run wrote since the plan was made may have changed the answer. */
	async write(isSecondTry = false): Promise<IntentResult> {
		if (this.run.environment.isCancelled?.()) {
			this.run.stop ??= { reasonCode: 'deferred', reason: 'The execution was stopped.' };
		}
		if (this.run.stop) return this.stopped(this.run.stop);
		const plan = await decide(this.run, this.intent, this.orgId);
		switch (plan.action) {
			case 'setAside':
				return this.result('setAside', {
					...plan,
					pipedriveId: plan.ids.length === 1 ? plan.ids[0] : null,
					...(plan.reasonCode === 'organizationMissing' ? { retryAt: this.later() } : {}),
				});
			case 'unchanged':
				return this.unchanged(plan);
			case 'create':
				return await this.minded(isSecondTry, async () => await this.create(plan));
			case 'update':
				return await this.minded(isSecondTry, async () => await this.update(plan, isSecondTry));
		}
	}

	/** Amounts in a currency that Pipedrive does not take are left out, and the rest is written. */
	private async minded(
		isSecondTry: boolean,
		write: () => Promise<IntentResult>,
	): Promise<IntentResult> {
		try {
			return await write();
		} catch (caught) {
			const error = asCoreError(caught);
			if (error.kind !== 'invalid' || !(await this.leavesOutCurrencies())) throw asCoreError(error);
			return await this.write(isSecondTry);
		}
	}

	private async leavesOutCurrencies(): Promise<boolean> {
		if (!hasAmounts(this.intent)) return false;
		const active = await activeCurrencies(this.run.environment).catch(() => undefined);
		return active !== undefined && leaveOutInactive(this.intent, active);
	}

	/** What waits for another record is tried again soon. */
	private later(): string {
		return new Date(this.run.environment.ports.now() + LATER_MS).toISOString();
	}

	private unchanged(plan: Plan & { action: 'unchanged' }): IntentResult {
		const { row } = plan;
		return this.result('unchanged', {
			...plan,
			pipedriveId: row?.id ?? null,
			remembered:
				row && plan.reasonCode === undefined
					? this.rememberedFor(row, new Set())
					: this.rememberedAbsence(plan),
		});
	}

	private async create(plan: Plan & { action: 'create' }): Promise<IntentResult> {
		const entity = entityRun(this.run, this.intent.entity);
		if (entity.createsStopped) return this.stopped(entity.createsStopped);
		if (await this.lost.hasArrivedBefore()) return await this.write(true);
		const row = await this.post(plan.body);
		return this.written('created', row, plan);
	}

	/** A POST whose answer was lost may have arrived: it is looked up before it is sent again. */
	private async post(body: Body): Promise<PipedriveRow> {
		const { api } = this.run.environment;
		const { entity, externalId } = this.intent;
		const cost = ENTITY_ENDPOINTS[entity].create.cost;
		const sentAt = this.run.environment.ports.now();
		for (let attempt = 1; ; attempt++) {
			this.attempts++;
			try {
				const row = await api.create(entity, body);
				this.lost.forget();
				this.tokens += cost;
				this.run.silence = 0;
				return row;
			} catch (error) {
				const core = asCoreError(error);
				const mended = await this.withoutVanished(core, body);
				if (mended) {
					body = mended;
					continue;
				}
				if (!isLost(core)) throw this.refusedCreate(core);
				this.tokens += cost;
				const found = await this.lost.lookUp(sentAt);
				if (found) return found;
				if (attempt >= MOST_POSTS) {
					throw asCoreError(
						new CoreError(
							'transient',
							`Pipedrive did not answer ${attempt} times when the ${entity} was created, and ${externalId} is not in its list.`,
						),
					);
				}
			}
		}
	}

	private async update(
		plan: Plan & { action: 'update' },
		isSecondTry: boolean,
	): Promise<IntentResult> {
		const { id } = plan.row;
		const row = await this.patch(id, plan.body).catch(async (error: unknown) => {
			const core = asCoreError(error);
			if (!isSecondTry && (await this.isArchived(id, core))) return 'archived' as const;
			throw asCoreError(core);
		});
		if (row === 'archived') return await this.write(true);
		if (row && !row.is_deleted) return this.written('updated', row, plan);
		if (isSecondTry) return this.gone(id);
		// Deleted or merged meanwhile: whoever carries the external id now gets the update.
		const { index, directory } = entityRun(this.run, this.intent.entity);
		dropRow(this.run, this.intent, id);
		if (directory === index) {
			const { api, ports } = this.run.environment;
			await index.refresh(api, ports, this.run.settings.maxIndexRows);
		}
		if (directory.byExternalId(this.intent.externalId).length > 0) return await this.write(true);
		if (this.run.settings.recreateDeleted) return await this.write(true);
		return this.gone(id);
	}

	/** No list of the living tells that a deal was archived: a refused update does. */
	private async isArchived(id: number, error: CoreError): Promise<boolean> {
		const { entity } = this.intent;
		if (entity !== 'deal' || error.kind !== 'invalid') return false;
		const opened = entityRun(this.run, entity);
		const row = await readRow(this.run.environment.api, opened.shape, id);
		if (row?.is_archived !== true) return false;
		keepRow(this.run, opened, row);
		return true;
	}

	/** `undefined` when the record is gone. */
	private async patch(id: number, body: Body, isRepeat = false): Promise<PipedriveRow | undefined> {
		const { entity } = this.intent;
		this.attempts++;
		try {
			const row = await this.run.environment.api.update(entity, id, body);
			this.tokens += ENTITY_ENDPOINTS[entity].update.cost;
			this.run.silence = 0;
			return row;
		} catch (error) {
			const core = asCoreError(error);
			if (core.kind === 'notFound') return undefined;
			// Setting the same values twice does no harm, so a cut-off answer is asked for again.
			if (core.kind === 'protocol' && !isRepeat) return await this.patch(id, body, true);
			const mended = isRepeat ? undefined : await this.withoutVanished(core, body);
			if (mended) return await this.patch(id, mended, true);
			throw core;
		}
	}

	/** A cap of the plan or a missing right holds for every create that follows. */
	private refusedCreate(error: CoreError): CoreError {
		if (error.kind === 'forbidden') {
			const entity = entityRun(this.run, this.intent.entity);
			entity.createsStopped = { reasonCode: 'failed', reason: sentenceOf(error) };
		}
		return error;
	}

	/** A custom field that was deleted in Pipedrive fails the whole request: the body without it, if that is the reason. */
	private async withoutVanished(error: CoreError, body: Body): Promise<Body | undefined> {
		if (error.kind !== 'invalid' || !body.custom_fields) return undefined;
		const { memory, company, api, ports } = this.run.environment;
		const { entity } = this.intent;
		const named = Object.keys(body.custom_fields).filter((key) => error.message.includes(key));
		if (error.code !== 'ERR_SCHEMA_VALIDATION_FAILED' && named.length === 0) return undefined;
		const sent = Object.entries(body.custom_fields);
		const before = entityRun(this.run, entity).fields;
		const isKnown = sent.some(([key]) => !before.find(key));
		const current = await memory.fields.get(company.credentialKey, entity, api, ports.now());
		if (current === before && !isKnown) memory.fields.forget(company.credentialKey, entity);
		const live = await memory.fields.get(company.credentialKey, entity, api, ports.now());
		entityRun(this.run, entity).fields = live;
		assertIdField(live, entityRun(this.run, entity).plan.externalIdField);
		const kept = sent.filter(([key]) => live.find(key));
		if (kept.length === sent.length) return undefined;
		this.intent.warnings.push(
			'A field of the map was deleted in Pipedrive meanwhile and was left out: run Ensure Fields, or change the map.',
		);
		return { ...body, custom_fields: Object.fromEntries(kept) };
	}

	private written(
		outcome: 'created' | 'updated',
		row: PipedriveRow,
		plan: Plan & { action: 'create' | 'update' },
	): IntentResult {
		const entity = entityRun(this.run, this.intent.entity);
		// The documents promise all custom fields in the answer; the index must not lose one if they are wrong.
		const before = plan.action === 'update' ? plan.row.custom_fields : {};
		const sent = plan.body.custom_fields;
		const whole = { ...row, custom_fields: { ...before, ...sent, ...row.custom_fields } };
		keepRow(this.run, entity, whole);
		return this.result(outcome, {
			pipedriveId: row.id,
			changes: plan.changes,
			warnings: plan.warnings,
			remembered: this.rememberedFor(whole, keysOf(plan.body)),
		});
	}

	private rememberedFor(row: PipedriveRow, keys: ReadonlySet<string>) {
		const { memory, company, ports } = this.run.environment;
		const { pipedriveId, digests: all } = recall(this.run, this.intent) ?? {};
		const before = all && pipedriveId !== row.id ? digestsElsewhere(all) : all;
		const remembered = {
			pipedriveId: row.id,
			digests: digestsAfter(this.intent, row, before, keys),
			writtenAt: new Date(ports.now()).toISOString(),
		};
		memory.remember(company.key, this.intent.entity, this.intent.externalId, remembered);
		return remembered;
	}

	/** So that an older version that is repeated later is not created. Only what is gone is worth a row of the id table. */
	private rememberedAbsence({ reasonCode, row }: Plan & { action: 'unchanged' }) {
		if (row || reasonCode !== 'notCreated') return undefined;
		const { memory, company, ports } = this.run.environment;
		const { entity, externalId, erp, isDeleted } = this.intent;
		const before = recall(this.run, this.intent);
		const remembered = {
			pipedriveId: 0,
			digests: digestsOfAbsence(erp, before?.digests),
			writtenAt: new Date(ports.now()).toISOString(),
		};
		memory.remember(company.key, entity, externalId, remembered);
		return isDeleted ? remembered : undefined;
	}

	private gone(id: number): IntentResult {
		return this.result('setAside', {
			pipedriveId: id,
			reasonCode: 'deleted',
			reason: goneReason(this.intent, id),
		});
	}

	private stopped(stop: Stop): IntentResult {
		return this.result('setAside', stop);
	}

	/** An error as a set-aside record; some errors end the run's writing. */
	failed(error: CoreError): IntentResult {
		const stop = stopOf(this.run, error);
		if (stop.endsRun) this.run.stop ??= stop;
		return this.result('setAside', { ...stop, reason: this.inWords(stop.reason) });
	}

	/** Pipedrive names custom fields by keys that nobody knows. */
	private inWords(reason: string): string {
		const fields = this.run.entities[this.intent.entity]?.fields;
		return reason.replace(/(custom_fields\.)?\b([0-9a-f]{40})\b/g, (text, _, key: string) => {
			const field = fields?.find(key);
			return field ? `"${field.name}"` : text;
		});
	}

	private result(outcome: IntentResult['outcome'], facts: Partial<IntentResult>): IntentResult {
		return {
			intent: this.intent,
			outcome,
			pipedriveId: facts.pipedriveId ?? null,
			changes: facts.changes ?? [],
			tokens: this.allTokens,
			attempts: this.attempts,
			durationMs: 0,
			warnings: facts.warnings ?? this.intent.warnings,
			...(facts.reasonCode ? { reasonCode: facts.reasonCode } : {}),
			...(facts.reason ? { reason: facts.reason } : {}),
			...(facts.retryAt ? { retryAt: facts.retryAt } : {}),
			...(facts.remembered ? { remembered: facts.remembered } : {}),
		};
	}
}

/** Without it nothing that is written could be found again. */
function assertIdField(live: FieldSet, { key, name }: Field): void {
	if (live.find(key)) return;
	throw new CoreError(
		'configuration',
		`The ${live.entity} field "${name}" that holds the external ids was deleted in Pipedrive.`,
		{
			remedy:
				'Restore it there, or run Resource "Field", Operation "Ensure Fields": records get their ids back by name and address.',
		},
	);
}

/** The request may have arrived although no usable answer came. */
function isLost(error: CoreError): boolean {
	return !error.neverSent && (error.kind === 'transient' || error.kind === 'protocol');
}
