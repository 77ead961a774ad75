import type { Unfinished } from './batch';
import { assertCursorValue, isCursorValue } from './cursorValue';
import { SyncError } from './errors';
import type { OpenGroup } from './fresh';
import type { SeenState } from './seen';
import type { SweepState } from './sweep';

/** The persisted position of one source. Plain JSON, below 256 kB. */
export interface Checkpoint {
	v: 1;
	/** Another entity, filter or company is another scope and starts anew. */
	scope: string;
	/** High-water mark: everything up to here has been read and delivered. */
	mark: string;
	/** A window that is not read to its end. */
	reading?: Reading;
	seen: SeenState;
	/** What the batches of a window that is not read to its end have to know of each other. */
	unfinished?: Unfinished;
	/** Open documents that are read again at every poll, see `OpenDocuments`. */
	open?: string[];
	deltaToken?: string;
	sweep?: SweepState;
	/** The "Rewind To" value that was applied last; applied once per distinct value. */
	rewoundTo?: string;
}

export interface Reading {
	fromInclusive: string;
	/** The server's present when the window began: the mark will not pass it. */
	startedAt: string;
	/** Largest change date met so far that is not in the future. */
	highest: string;
	resumeAfter?: string;
	/** Groups of rows that reach across `resumeAfter`, by day. */
	groups?: Record<string, OpenGroup>;
}

export function newCheckpoint(scope: string, mark: string): Checkpoint {
	return {
		v: 1,
		scope,
		mark: assertCursorValue(mark, 'The start of the sync'),
		seen: { days: {} },
	};
}

/**
 * Reads what was persisted. `undefined` where there is nothing, or where it belongs to another scope.
 * A newer version than this code knows is refused: guessing could skip records. A damaged one is refused, too, until
 * a person says from when on to read again.
 */
export function parseCheckpoint(
	stored: unknown,
	scope: string,
	rewindTo?: string,
): Checkpoint | undefined {
	if (stored === undefined || stored === null) return undefined;
	const candidate = stored as Partial<Checkpoint>;
	if (candidate.v !== 1) {
		throw new SyncError(
			'protocol',
			`The stored checkpoint has the version "${String(candidate.v)}", this package knows version 1.`,
			'Update the package, or set "Rewind To" after deleting and adding the trigger again.',
		);
	}
	if (candidate.scope !== scope) return undefined;
	const damage = damageOf(candidate);
	if (damage === undefined) return candidate as Checkpoint;
	if (rewindTo) return { ...newCheckpoint(scope, rewindTo), rewoundTo: rewindTo };
	throw new SyncError(
		'protocol',
		`The stored checkpoint is damaged: ${damage}.`,
		'Enter in "Rewind To" the date from which everything is to be read again.',
	);
}

/** Somebody may have edited the workflow's static data, or a restore may have cut it off. */
function damageOf({
	mark,
	seen,
	reading,
	unfinished,
	open,
	sweep,
}: Partial<Checkpoint>): string | undefined {
	if (!isCursorValue(mark)) return `its mark "${String(mark)}" is no date`;
	if (!isTexts(seen?.days) || !isTexts(seen?.groups ?? {})) return 'what was seen is missing';
	if (reading && !(isCursorValue(reading.fromInclusive) && isCursorValue(reading.highest))) {
		return 'the window that is being read has no dates';
	}
	if (open !== undefined && !(Array.isArray(open) && isTexts({ ...open }))) {
		return 'the open documents are no list of keys';
	}
	if (unfinished?.part !== undefined && !isPart(unfinished.part)) {
		return 'what was delivered of one change is missing';
	}
	const running = sweep?.running;
	if (sweep && (typeof sweep.nextAt !== 'number' || (running && !Array.isArray(running.ranges)))) {
		return 'the sweep has no times or ranges';
	}
	return undefined;
}

function isPart(part: unknown): boolean {
	const { of, version, upTo } = (part ?? {}) as Record<string, unknown>;
	return isTexts({ of, version, upTo });
}

function isTexts(values: unknown): boolean {
	if (values === null || typeof values !== 'object') return false;
	return Object.values(values).every((value) => typeof value === 'string');
}

/** Goes back to an earlier position once per distinct value. Nothing seen is remembered: everything since is read again. */
export function rewound(checkpoint: Checkpoint, rewindTo: string | undefined): Checkpoint {
	if (!rewindTo || rewindTo === checkpoint.rewoundTo) return checkpoint;
	const mark = assertCursorValue(rewindTo, '"Rewind To"');
	const next: Checkpoint = { ...checkpoint, mark, seen: { days: {} }, rewoundTo: rewindTo };
	delete next.reading;
	delete next.unfinished;
	delete next.deltaToken;
	delete next.open;
	return next;
}
