import { asCoreError, CoreError } from '../../../core/http/errors';
import type { Ports } from '../../../core/http/ports';
import { listOf, type Answer, type CallOptions, type Caller, type Endpoint } from '../call';
import type { FieldChange } from '../draft';
import { bodyOf, dealLineOf, type DealLine } from './dealLine';
import { LINE_ENDPOINTS } from './endpoints';
import { strangersIn, writtenOf, type WrittenLine, type WrittenLines } from './memory';
import {
	addingParts,
	isEmptyPlan,
	planLines,
	removingParts,
	type LineOptions,
	type LinePlan,
	type LineUpdate,
} from './plan';
import { readLines } from './read';
import { currencyWarnings, differenceWarning, lineChanges, stayingWarning } from './tell';
import { linesDigest, type WantedLine } from './wanted';

export interface WriteOptions extends LineOptions {
	ports: Pick<Ports, 'sleep'>;
	/** The ERP's total of the deal, to be held against Pipedrive's sum. */
	total?: string;
}

export interface LinesResult {
	/** What is on the deal now, as far as Pipedrive told. */
	lines: DealLine[];
	changes: FieldChange[];
	tokens: number;
	/** Write requests sent. */
	attempts: number;
	warnings: string[];
	/** Of the wanted lines, to be remembered: the same digest next time needs no read. Absent after an error. */
	digest?: string;
	/** Products of the ERP's lines on the deal, to be remembered as `formerProducts`. */
	products: number[];
	/** What stands on each of the ERP's lines by our hand, to be remembered. */
	written: WrittenLines;
	/** What kept the lines from being complete; what was written before it is in `changes`. */
	error?: CoreError;
}

/** How often lines are planned and written before a lost answer counts as a failure. */
const MOST_ROUNDS = 3;
/** The list may lag behind a write whose answer was lost. */
const SECOND_LOOK_MS = 2_000;

/** Makes the deal's lines those of the ERP. Never throws for Pipedrive's sake: see `LinesResult.error`. */
export async function writeLines(
	call: Caller,
	dealId: number,
	wanted: readonly WantedLine[],
	current: readonly DealLine[],
	options: WriteOptions,
): Promise<LinesResult> {
	const strangers = strangersIn(current, options.written);
	const writer = new LineWriter(call, dealId, wanted, [...current], { ...options, strangers });
	const error = await writer.write();
	const plan = writer.plan();
	const { lines, tokens, attempts } = writer;
	const complete = error ? [] : differenceWarning(lines, plan.foreign, options.total ?? '');
	const foreign = new Set(plan.foreign);
	const ours = lines.filter((line) => !foreign.has(line));
	return {
		lines,
		changes: lineChanges(current, lines),
		tokens,
		attempts,
		warnings: [
			...stayingWarning(plan),
			...currencyWarnings(writer.replaced, plan.foreign, options.currency),
			...complete,
		],
		written: writtenAfter(lines, plan, options.written),
		products: [...new Set(ours.map(({ productId }) => productId))],
		...(error ? { error } : { digest: linesDigest(wanted) }),
	};
}

/** Of all lines but a person's. Where a change is still to come, it is what stands there. */
function writtenAfter(
	lines: readonly DealLine[],
	{ settled, foreign }: LinePlan,
	before: WrittenLines | undefined,
): WrittenLines {
	const wanted = new Map(settled.map((pair) => [pair.current.id, pair.wanted]));
	const ours = lines.filter((line) => !foreign.includes(line));
	return new Map(
		ours.map((line): [number, WrittenLine] => {
			const asWanted = wanted.get(line.id);
			const known = asWanted ? writtenOf(asWanted) : before?.get(line.id);
			return [line.id, known ?? writtenOf(line)];
		}),
	);
}

/** Nobody knows what became of the request: the lines have to be read. */
interface Unclear {
	error: CoreError;
	/** New lines: the list may not show them at once. */
	isAdd: boolean;
	/** Sending the same again would be refused again. */
	isRefusal: boolean;
}

class LineWriter {
	tokens = 0;
	attempts = 0;
	/** Lines that are made anew in another currency. */
	replaced: DealLine[] = [];

	constructor(
		private readonly call: Caller,
		private readonly dealId: number,
		private readonly wanted: readonly WantedLine[],
		public lines: DealLine[],
		private readonly options: WriteOptions,
	) {}

	plan(): LinePlan {
		const replaced = new Set(this.replaced.map(({ id }) => id));
		return planLines(this.wanted, this.lines, { ...this.options, replaced });
	}

	/** `undefined` when the lines are as wanted. */
	async write(): Promise<CoreError | undefined> {
		let unclear: Unclear | undefined;
		for (let round = 1; ; round++) {
			const plan = this.plan();
			if (isEmptyPlan(plan)) return undefined;
			if (unclear && round > MOST_ROUNDS) return unclear.error;
			try {
				unclear = await this.carryOut(plan);
				if (!unclear) return undefined;
				const missing = this.plan().adds.length;
				await this.readAgain(unclear, missing);
				if (unclear.isRefusal && this.plan().adds.length >= missing) return unclear.error;
			} catch (error) {
				return this.named(asCoreError(error));
			}
		}
	}

	/** What a person sees last is the removal: until then nothing is lost. */
	private async carryOut(plan: LinePlan): Promise<Unclear | undefined> {
		const known = new Set(this.replaced.map(({ id }) => id));
		this.replaced.push(...plan.replaced.filter(({ id }) => !known.has(id)));
		for (const update of plan.updates) {
			const unclear = await this.attempt(async () => await this.update(update));
			if (unclear) return unclear;
		}
		for (const part of addingParts(plan.adds)) {
			const unclear = await this.attempt(async () => await this.add(part), part.length);
			if (unclear) return unclear;
		}
		for (const part of removingParts(plan.removes)) {
			const unclear = await this.attempt(async () => await this.remove(part));
			if (unclear) return unclear;
		}
		return undefined;
	}

	/** `added`: how many new lines the request carries. */
	private async attempt(write: () => Promise<void>, added = 0): Promise<Unclear | undefined> {
		try {
			await write();
			return undefined;
		} catch (caught) {
			const error = asCoreError(caught);
			const isLost = error.kind === 'transient' || error.kind === 'protocol';
			// Whether a refused bulk call leaves some of its lines is not documented.
			const isRefusal = added > 1 && error.kind === 'invalid';
			const isGone = added === 0 && error.kind === 'notFound';
			if (error.neverSent || !(isLost || isRefusal || isGone)) throw asCoreError(error);
			return { error: this.named(error), isAdd: added > 0, isRefusal };
		}
	}

	private async update({ id, body }: LineUpdate): Promise<void> {
		const what = `line ${id} of deal ${this.dealId}`;
		const { data } = await this.send(LINE_ENDPOINTS.update, what, { ids: this.at(id), json: body });
		const line = dealLineOf(data, what);
		this.lines = this.lines.map((one) => (one.id === id ? line : one));
	}

	private async add(part: readonly WantedLine[]): Promise<void> {
		const what = `the new lines of deal ${this.dealId}`;
		const bodies = part.map(bodyOf);
		const { data } =
			part.length === 1
				? await this.send(LINE_ENDPOINTS.add, what, { ids: this.at(), json: bodies[0] })
				: await this.send(LINE_ENDPOINTS.addMany, what, { ids: this.at(), json: { data: bodies } });
		const rows = part.length === 1 ? [data] : listOf(data, what);
		this.lines = [...this.lines, ...rows.map((row) => dealLineOf(row, what))];
		if (rows.length === part.length) return;
		throw new CoreError(
			'protocol',
			`Pipedrive took ${rows.length} of ${part.length} new lines of deal ${this.dealId}.`,
		);
	}

	private async remove(part: readonly number[]): Promise<void> {
		const what = `the removed lines of deal ${this.dealId}`;
		// Without ids Pipedrive would remove whatever is there.
		if (part.length === 0) return;
		if (part.length === 1) {
			await this.send(LINE_ENDPOINTS.remove, what, { ids: this.at(part[0]) });
		} else {
			const query = { ids: part.join(',') };
			const { data } = await this.send(LINE_ENDPOINTS.removeMany, what, { ids: this.at(), query });
			const gone = listOf((data as { ids?: unknown } | null)?.ids ?? null, what);
			if (!part.every((id) => gone.includes(id))) {
				throw new CoreError(
					'protocol',
					`Pipedrive removed ${gone.length} of ${part.length} lines of deal ${this.dealId}.`,
				);
			}
		}
		this.lines = this.lines.filter(({ id }) => !part.includes(id));
	}

	private at(lineId?: number): Record<string, string> {
		return {
			id: String(this.dealId),
			...(lineId === undefined ? {} : { product_attachment_id: String(lineId) }),
		};
	}

	private async send(endpoint: Endpoint, what: string, options: CallOptions): Promise<Answer> {
		this.attempts++;
		try {
			const answer = await this.call(endpoint, what, options);
			this.tokens += endpoint.cost;
			return answer;
		} catch (caught) {
			const error = asCoreError(caught);
			if (!error.neverSent) this.tokens += endpoint.cost;
			throw asCoreError(error);
		}
	}

	/** A second look where nothing of the missing lines is there yet. */
	private async readAgain({ isAdd, isRefusal }: Unclear, missing: number): Promise<void> {
		await this.read();
		if (!isAdd || isRefusal || this.plan().adds.length < missing) return;
		await this.options.ports.sleep(SECOND_LOOK_MS);
		await this.read();
	}

	private async read(): Promise<void> {
		this.tokens += LINE_ENDPOINTS.list.cost;
		const read = await readLines(this.call, [this.dealId]);
		this.lines = read.get(this.dealId) ?? [];
	}

	private named(error: CoreError): CoreError {
		if (error.message.includes(`deal ${this.dealId}`)) return error;
		const { kind, status, code, remedy, retryAfterMs, resetsAt, requestId, neverSent } = error;
		const details = { status, code, remedy, retryAfterMs, resetsAt, requestId, neverSent };
		return new CoreError(kind, `Lines of deal ${this.dealId}: ${error.message}`, details);
	}
}
