import type { CoreError } from '../../core/http/errors';
import type { Connection } from './connection';
import type { LinkedSet } from './linkedRow';

/** What companies said to joins of rows, by root and company. */
const answers = new Map<string, { refusedAt: number; hasServed: boolean }>();
const ASK_AGAIN_MS = 60 * 60 * 1000;

/** Which joins of rows this server does not serve. One object serves one poll. */
export class JoinRefusals {
	private readonly sets = new Set<LinkedSet>();
	private readonly company: string;

	constructor({ root, companyDb }: Connection) {
		this.company = `${root}|${companyDb}`;
	}

	has(set: LinkedSet, now: number): boolean {
		const { refusedAt } = answers.get(this.company) ?? NEVER;
		return this.sets.has(set) || now - refusedAt < ASK_AGAIN_MS;
	}

	served(): void {
		answers.set(this.company, { ...NEVER, hasServed: true });
	}

	/** Until the poll ends: a missing right, or trouble that may be over then. */
	forNow(set: LinkedSet): void {
		this.sets.add(set);
	}

	/** For an hour, unless this company was seen to serve them. */
	forGood(set: LinkedSet, now: number): void {
		this.sets.add(set);
		const { hasServed } = answers.get(this.company) ?? NEVER;
		if (!hasServed) answers.set(this.company, { refusedAt: now, hasServed });
	}
}

const NEVER = { refusedAt: -Infinity, hasServed: false };

/** Older servers answer a join of rows with one of these. */
export function isUnserved({ status }: CoreError): boolean {
	return status !== undefined && [400, 404, 405, 501].includes(status);
}
