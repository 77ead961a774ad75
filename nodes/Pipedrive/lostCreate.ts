import { ENTITY_ENDPOINTS, type PipedriveRow } from './api';
import { keepRow } from './directory';
import { Progress } from './idIndex';
import type { Intent } from './intents';
import { entityRun, type Run } from './run';

/** Our clock and the server's may differ by this much. */
const CLOCK_DOUBT_MS = 5 * 60 * 1000;
const SECOND_LOOK_MS = 2_000;

/** A create whose answer was lost may have arrived: it is looked for before it is sent again, by this run or a later one. */
export class LostCreate {
	/** Spent on looking. */
	tokens = 0;
	private readonly key: string;

	constructor(
		private readonly run: Run,
		private readonly intent: Intent,
	) {
		const { entity, externalId } = intent;
		this.key = `${run.environment.company.key}|${entity}|${externalId}`;
	}

	/** Another run may have sent this create and never learnt what came of it. */
	async hasArrivedBefore(): Promise<boolean> {
		const sentAt = this.run.environment.memory.unanswered.get(this.key);
		if (sentAt === undefined) return false;
		const found = await this.lookUp(sentAt);
		this.forget();
		if (found) keepRow(this.run, entityRun(this.run, this.intent.entity), found);
		return found !== undefined;
	}

	/** In the list of what changed since it was sent, twice: the list may lag behind the write. */
	async lookUp(sentAt: number): Promise<PipedriveRow | undefined> {
		const { memory, ports } = this.run.environment;
		memory.unanswered.set(this.key, sentAt);
		const found =
			(await this.listedSince(sentAt)) ??
			(await ports.sleep(SECOND_LOOK_MS).then(async () => await this.listedSince(sentAt)));
		if (found) this.forget();
		return found;
	}

	forget(): void {
		this.run.environment.memory.unanswered.delete(this.key);
	}

	private async listedSince(sentAt: number): Promise<PipedriveRow | undefined> {
		const { api, ports } = this.run.environment;
		const { entity, externalId } = this.intent;
		const { index, shape, directory, rules } = entityRun(this.run, entity);
		if (directory === index) {
			await index.refresh(api, ports, this.run.settings.maxIndexRows);
			const [id] = index.byExternalId(externalId);
			return id === undefined ? undefined : index.row(id);
		}
		this.tokens += ENTITY_ENDPOINTS[entity].list.cost;
		let pageToken: string | undefined;
		const progress = new Progress(entity);
		do {
			const page = await api.list(entity, {
				pageToken,
				updatedSince: new Date(sentAt - CLOCK_DOUBT_MS).toISOString(),
				customFieldKeys: shape.customKeys.length <= 15 ? shape.customKeys : undefined,
			});
			for (const row of page.rows) directory.put(row);
			if (page.nextPageToken !== undefined && progress.isStuckAt(page)) throw progress.error();
			pageToken = page.nextPageToken;
		} while (pageToken !== undefined);
		const found = directory.byExternalId(externalId).map((id) => directory.row(id));
		return found.find((row) => row?.custom_fields?.[rules.externalIdKey]);
	}
}
