import { asCoreError, CoreError } from '../../../core/http/errors';
import type { Digests } from '../digests';
import type { Stop } from '../run';
import { sentenceOf, stopOf } from '../stop';
import { idsIn, isOurs, isTorn, MOST_NOTE_BYTES } from './block';
import { draftOf, type Draft } from './draft';
import type { HistoryRun } from './historyRun';
import type { HistoryIntent } from './intents';
import { markerOf, NOTE_HEADING, SUMMARY_HEADING } from './marker';
import { HISTORY_ENDPOINTS, isLost, type Body, type HistoryRow, type Meter } from './records';
import { blank } from '../result';
import type { HistoryResult } from './results';

const MOST_POSTS = 3;
/** The list may lag behind the write. */
const SECOND_LOOK_MS = 2_000;

/** Digest of a record that was not looked up in a list since it was created. */
const UNCHECKED = '$new';

type Found = { row?: HistoryRow } | { refusal: Partial<HistoryResult> };

/** Brings one note or activity into Pipedrive; every outcome, also an error, is a result. */
export async function writeIntent(
	run: HistoryRun,
	intent: HistoryIntent,
	meter: Meter,
): Promise<HistoryResult> {
	const writer = new Writer(run, intent, meter);
	return await writer.write().catch((error: unknown) => writer.failed(asCoreError(error)));
}

class Writer {
	private twins: readonly HistoryRow[] = [];

	constructor(
		private readonly run: HistoryRun,
		private readonly intent: HistoryIntent,
		private readonly meter: Meter,
	) {}

	async write(): Promise<HistoryResult> {
		const { run } = this;
		if (run.context.isCancelled?.()) {
			run.stop ??= { reasonCode: 'deferred', reason: 'The execution was stopped.' };
		}
		if (run.stop) return this.result('setAside', run.stop);
		const found = await this.find();
		if ('refusal' in found) return this.result('setAside', found.refusal);
		return found.row ? await this.update(found.row) : await this.create();
	}

	private get known() {
		const { entity, externalId } = this.intent;
		return this.run.context.recall(entity, externalId);
	}

	/** What was written to another note, or to lines that a person removed, says nothing about this one. */
	private digestsOf({ id, html }: HistoryRow): Digests {
		const { known } = this;
		const isSame = known?.pipedriveId === id && isOurs(html, this.intent.externalId);
		return isSame ? known.digests : {};
	}

	private get heading() {
		return this.intent.documents ? SUMMARY_HEADING : NOTE_HEADING;
	}

	private get shelf() {
		return this.run.shelves[this.intent.entity];
	}

	private async find(): Promise<Found> {
		const { entity, externalId, link } = this.intent;
		const remembered = this.known;
		if (remembered) {
			const row = await this.shelf.get(remembered.pipedriveId, this.meter);
			if (row && this.isMine(row)) {
				// Another process may have created the same at the same moment.
				if (remembered.digests[UNCHECKED]) await this.shelf.find(externalId, link, this.meter);
				return { row: this.oldestOfTwins(row) };
			}
		}
		const rows = await this.shelf.find(externalId, link, this.meter);
		if (rows.length > 1) return { refusal: this.ambiguous(rows) };
		if (rows.length === 1) return { row: rows[0] };
		const torn = this.shelf.torn(externalId, this.heading);
		if (torn.length > 0) return { refusal: this.tornApart(torn[0]) };
		if (!remembered || this.run.context.recreateDeleted) return {};
		return {
			refusal: {
				pipedriveId: remembered.pipedriveId,
				reasonCode: 'deleted',
				reason: `${entity} ${remembered.pipedriveId} of Pipedrive was deleted: restore it there, or turn on "Create Again When Deleted".`,
			},
		};
	}

	/** A person who removed our lines from a note of the right place wants it no less; another record's note is none of ours. */
	private isMine({ html, fields }: HistoryRow): boolean {
		const { externalId, link } = this.intent;
		if (isOurs(html, externalId) || isTorn(html, this.heading, externalId)) return true;
		const links = [
			[link.orgId, fields.org_id],
			[link.dealId, fields.deal_id],
			[link.personId, fields.person_id],
		];
		return (
			idsIn(html).length === 0 &&
			links.some(([wanted, current]) => wanted !== undefined && wanted === current)
		);
	}

	/** All processes have to keep the same one: what they tell a person to delete are the others. */
	private oldestOfTwins(mine: HistoryRow): HistoryRow {
		const { entity, externalId, warnings } = this.intent;
		const others = this.shelf.known(externalId).filter((row) => row.id !== mine.id);
		if (others.length === 0) return mine;
		const [oldest, ...twins] = [mine, ...others].sort((a, b) => a.id - b.id);
		const ids = twins.map((row) => row.id).join(', ');
		warnings.push(
			`Pipedrive holds the same ERP ID in ${entity} ${ids}, too: only ${oldest.id} is kept up to date. Delete the others.`,
		);
		this.twins = twins;
		return oldest;
	}

	private ambiguous(rows: readonly HistoryRow[]): Partial<HistoryResult> {
		const { entity, externalId } = this.intent;
		const ids = rows.map(({ id }) => id).join(', ');
		return {
			reasonCode: 'ambiguous',
			reason: `The ${entity} for ${externalId} exists ${rows.length} times in Pipedrive (${ids}): delete all but one, or remove "[ERP ID: …]" from the others.`,
		};
	}

	/** Without memory of its number nobody can tell an id with a word in it from another id. */
	private tornApart({ id }: HistoryRow): Partial<HistoryResult> {
		const { entity, externalId } = this.intent;
		return {
			pipedriveId: id,
			reasonCode: 'ambiguous',
			reason: `Somebody wrote into the ERP ID of ${entity} ${id}, which may be the one for ${externalId}: write "${markerOf(externalId)}" there if it is, or delete the line.`,
		};
	}

	private async update(row: HistoryRow, isSecondTry = false): Promise<HistoryResult> {
		const draft = draftOf(this.intent, row, this.digestsOf(row), this.twins);
		if (Object.keys(draft.body).length === 0) {
			return this.result('unchanged', {
				pipedriveId: row.id,
				remembered: this.remembered(draft, row),
			});
		}
		this.assertRoom(draft);
		const facts = { pipedriveId: row.id, changes: draft.changes };
		if (this.run.context.isDryRun) return this.foreseen('updated', facts);
		const answered = await this.put(row.id, draft.body);
		if (answered) return this.written('updated', draft, { ...row, ...answered });
		// Deleted since it was read: perhaps another one carries the id now.
		this.shelf.drop(row.id);
		const found = isSecondTry ? {} : await this.find();
		if ('refusal' in found) return this.result('setAside', found.refusal);
		return found.row ? await this.update(found.row, true) : await this.create();
	}

	private async create(): Promise<HistoryResult> {
		const { run, intent } = this;
		if (intent.onlyUpdate) return this.notCreated();
		const draft = draftOf(intent, undefined, {});
		// Of a summary nothing may be left to show.
		if (intent.entity === 'note' && draft.body.content === undefined) {
			return this.notCreated();
		}
		const stopped = run.createsStopped[intent.entity];
		if (stopped) return this.result('setAside', stopped);
		this.assertRoom(draft);
		const changes = { changes: draft.changes };
		if (run.context.isDryRun) return this.foreseen('created', changes);
		if (intent.entity === 'activity' && intent.ownerId !== undefined) {
			draft.body.owner_id = intent.ownerId;
		}
		return this.written('created', draft, await this.post(draft.body));
	}

	private notCreated(): HistoryResult {
		return this.result('unchanged', {
			reasonCode: 'notCreated',
			reason: 'It is cancelled in the ERP and not in Pipedrive: nothing to create.',
		});
	}

	/** A POST whose answer was lost may have arrived: it is looked up before it is sent again. */
	private async post(body: Body): Promise<HistoryRow> {
		const { entity, externalId } = this.intent;
		for (let attempt = 1; ; attempt++) {
			try {
				const row = await this.run.api.create(entity, body, this.meter);
				this.run.silence = 0;
				return row;
			} catch (error) {
				const core = asCoreError(error);
				if (!isLost(core)) throw this.refusedCreate(core);
				const found = await this.lookUp();
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

	private async lookUp(): Promise<HistoryRow | undefined> {
		const { externalId, link } = this.intent;
		const look = async () => (await this.shelf.findAnew(externalId, link, this.meter))[0];
		const first = await look();
		if (first) return first;
		await this.run.context.ports.sleep(SECOND_LOOK_MS);
		return await look();
	}

	/** `undefined` when the record is gone. */
	private async put(id: number, body: Body, isRepeat = false): Promise<HistoryRow | undefined> {
		try {
			const row = await this.run.api.update(this.intent.entity, id, body, this.meter);
			this.run.silence = 0;
			return row;
		} catch (error) {
			const core = asCoreError(error);
			if (core.kind === 'notFound') return undefined;
			// Setting the same values twice does no harm, so a cut-off answer is asked for again.
			if (core.kind === 'protocol' && !isRepeat) return await this.put(id, body, true);
			throw asCoreError(core);
		}
	}

	/** A cap of the plan or a missing right holds for every create that follows. */
	private refusedCreate(error: CoreError): CoreError {
		if (error.kind === 'forbidden') {
			const stop: Stop = { reasonCode: 'failed', reason: sentenceOf(error) };
			this.run.createsStopped[this.intent.entity] = stop;
		}
		return error;
	}

	private assertRoom({ body }: Draft): void {
		const bytes = Buffer.byteLength(String(body.content ?? body.note ?? ''));
		if (bytes <= MOST_NOTE_BYTES) return;
		throw new CoreError(
			'invalid',
			`With what people wrote in it the ${this.intent.entity} for ${this.intent.externalId} would have ${Math.ceil(bytes / 1024)} KB and Pipedrive takes ${MOST_NOTE_BYTES / 1024}: shorten it there.`,
		);
	}

	private written(outcome: 'created' | 'updated', draft: Draft, row: HistoryRow): HistoryResult {
		this.shelf.put(row);
		const { intent } = this;
		const warnings = isOurs(row.html, intent.externalId)
			? intent.warnings
			: [
					...intent.warnings,
					'Pipedrive did not keep the line with the ERP ID: the record is found only by its Pipedrive id.',
				];
		return this.result(outcome, {
			pipedriveId: row.id,
			changes: draft.changes,
			warnings,
			remembered: this.remembered(draft, row, outcome === 'created'),
		});
	}

	private remembered(draft: Draft, row: HistoryRow, isNew = false) {
		const writtenAt = new Date(this.run.context.ports.now()).toISOString();
		const digests = { ...draft.digests(row), ...(isNew ? { [UNCHECKED]: '1' } : {}) };
		return { pipedriveId: row.id, digests, writtenAt };
	}

	private foreseen(outcome: 'created' | 'updated', facts: Partial<HistoryResult>): HistoryResult {
		const { create, update } = HISTORY_ENDPOINTS[this.intent.entity];
		this.meter.tokens += outcome === 'created' ? create.cost : update.cost;
		return this.result(outcome, facts);
	}

	/** An error as a set-aside record; some errors end the run's writing. */
	failed(error: CoreError): HistoryResult {
		const { endsRun, ...stop } = stopOf(this.run, error);
		if (endsRun) this.run.stop ??= stop;
		return this.result('setAside', stop);
	}

	private result(outcome: HistoryResult['outcome'], facts: Partial<HistoryResult>): HistoryResult {
		return { ...blank(this.intent, outcome), ...facts, ...this.meter };
	}
}
