/** Every request, counted; whole exchanges too when asked for. */
import type { Kind } from './operation.mts';

export interface LogEntry {
	/** Milliseconds since 1970. */
	at: number;
	method: string;
	path: string;
	/** Template of the operation, such as `/organizations/{id}`; the path where none matched. */
	operation: string;
	kind: Kind | 'other';
	/** 0: the connection was cut. */
	status: number;
	tokens: number;
	fault?: string;
}

export interface RecordedExchange {
	method: string;
	path: string;
	/** Without the leading question mark. */
	query: string;
	requestBody: unknown;
	status: number;
	responseBody: unknown;
	responseHeaders: Record<string, string | string[]>;
}

export interface Counts {
	requests: number;
	tokens: number;
	refused429: number;
	byKind: Partial<Record<Kind | 'other', { requests: number; tokens: number }>>;
	byStatus: Record<string, number>;
}

export class RequestLog {
	readonly entries: LogEntry[] = [];
	readonly exchanges: RecordedExchange[] = [];
	private counts: Counts = freshCounts();

	add(entry: LogEntry): void {
		this.entries.push(entry);
		const { counts } = this;
		counts.requests += 1;
		counts.tokens += entry.tokens;
		if (entry.status === 429) counts.refused429 += 1;
		const kind = (counts.byKind[entry.kind] ??= { requests: 0, tokens: 0 });
		kind.requests += 1;
		kind.tokens += entry.tokens;
		counts.byStatus[entry.status] = (counts.byStatus[entry.status] ?? 0) + 1;
	}

	/** A copy: compare two to see what one run cost. */
	totals(): Counts {
		return structuredClone(this.counts);
	}

	clear(): void {
		this.entries.length = 0;
		this.exchanges.length = 0;
		this.counts = freshCounts();
	}
}

function freshCounts(): Counts {
	return { requests: 0, tokens: 0, refused429: 0, byKind: {}, byStatus: {} };
}
