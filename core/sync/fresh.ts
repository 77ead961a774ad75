import { dayOf } from './cursorValue';
import { addHash, EMPTY_SUM } from './digest';
import type { OpenDocuments } from './openDocuments';
import { hashOf, type Seen } from './seen';
import type { Change } from './source';

/** Rows that are delivered together or, where `deliver` is empty, need not be delivered at all. */
export interface Portion {
	deliver: Change[];
	/** These were delivered while they were provisional: what has not changed since need not be delivered again. */
	isSecondLook?: boolean;
	/** All rows that are done with once `deliver` is delivered. */
	rows: Change[];
	/** Remembers them. */
	settle(): void;
}

/** A group that is not read to its end. Plain JSON. */
export interface OpenGroup {
	count: number;
	sum: string;
}

/** One row in so many ends its group. */
const GROUP_SIZE = 128;
const LARGEST_GROUP = 3 * GROUP_SIZE;

/**
 * Tells rows that have to be delivered from those delivered before. Portions come out in reading order and must be
 * settled in that order: what is remembered then always covers a prefix of the window.
 *
 * Rows of one day that follow each other make groups, each known by the sum of its row hashes. A row's own hash says
 * whether it ends its group, so a change, a new row or one that is gone shifts no other group. That is how days with
 * more rows than can be remembered are told from changed ones: where a group is not as it was, those of its rows are
 * delivered that are not remembered themselves. A group that the lower edge of the window cuts through counts as changed.
 */
export class FreshRows {
	private readonly groups: Map<string, OpenGroup & { held: Change[] }>;
	private readonly met = new Map<string, Set<string>>();

	constructor(
		private readonly seen: Seen,
		private readonly open: OpenDocuments,
		/** What `openGroups` gave where the read goes on. */
		groups: Record<string, OpenGroup> = {},
	) {
		this.groups = new Map(
			Object.entries(groups).map(([day, group]) => [day, { ...group, held: [] }]),
		);
	}

	offer(change: Change): Portion[] {
		const { document } = change;
		if (document && (document.isOpen || this.open.has(document.key))) {
			return [this.followed(change, document)];
		}
		const day = dayOf(change.changedAt);
		const group = this.groups.get(day) ?? { count: 0, sum: EMPTY_SUM, held: [] };
		this.groups.set(day, group);
		const hash = hashOf(change);
		group.count++;
		group.sum = addHash(group.sum, hash);
		const portions: Portion[] = [];
		if (this.seen.isThinned(day)) group.held.push(change);
		else portions.push(this.single(change));
		if (endsGroup(hash) || group.count >= LARGEST_GROUP) portions.push(...this.close(day));
		return portions;
	}

	/** Earliest date of a row that waits for the end of its group. */
	oldestHeld(): string | undefined {
		const dates = [...this.groups.values()].flatMap(({ held }) => held.map((row) => row.changedAt));
		return dates.length === 0 ? undefined : dates.reduce((a, b) => (a < b ? a : b));
	}

	/** The window is read to its end. */
	end(): Portion[] {
		return [...this.groups.keys()].flatMap((day) => this.close(day));
	}

	/** Call after `end` and after all portions of a window that was read in one go are settled. */
	complete(): void {
		this.seen.keepGroups(this.met);
	}

	/** Where a read that goes on behind the last row offered has to begin. */
	openGroups(): Record<string, OpenGroup> {
		const groups = [...this.groups].map(([day, { count, sum }]) => [day, { count, sum }]);
		return Object.fromEntries(groups) as Record<string, OpenGroup>;
	}

	/** Told from what was delivered by its version alone: its date may be outside every window. */
	private followed(change: Change, { key, isOpen }: { key: string; isOpen: boolean }): Portion {
		const settle = () => {
			if (isOpen) return this.open.remember(key, change.version);
			this.open.forget(key);
			this.seen.add(change);
		};
		const deliver = this.open.isKnown(key, change.version) ? [] : [change];
		return { deliver, rows: [change], settle };
	}

	private single(change: Change): Portion {
		const other = { ...change, isProvisional: !change.isProvisional };
		const isOver = change.isProvisional === true && this.seen.has(other);
		if (isOver || this.seen.has(change)) return nothingToDo([change]);
		const isSecondLook = !change.isProvisional && this.seen.has(other);
		const settle = () => this.seen.add(change);
		return { deliver: [change], rows: [change], isSecondLook, settle };
	}

	private close(day: string): Portion[] {
		const { sum, held } = this.groups.get(day)!;
		this.groups.delete(day);
		this.met.set(day, (this.met.get(day) ?? new Set()).add(sum));
		if (this.seen.hasGroup(day, sum)) return held.length > 0 ? [nothingToDo(held)] : [];
		const remember = { deliver: [], rows: [], settle: () => this.seen.addGroup(day, sum) };
		return [...held.map((change) => this.single(change)), remember];
	}
}

function endsGroup(hash: string): boolean {
	return parseInt(hash.slice(-8), 16) % GROUP_SIZE === 0;
}

function nothingToDo(rows: Change[]): Portion {
	return { deliver: [], rows, settle: () => undefined };
}
