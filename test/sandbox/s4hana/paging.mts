/** Server-driven paging: how many rows an answer holds, and the token that stands for the rest. */
import { createHash } from 'node:crypto';
import type { QueryOptions } from './query/options.mts';
import { badRequest } from './refusal.mts';

export interface Page<T> {
	items: T[];
	/** Rows of the whole selection, before $top and $skip. */
	count: number;
	/** Token for the next page; absent on the last one. */
	token?: string;
	/** What the first page of the run was told to remember. */
	mark?: number;
}

interface Position {
	/** Rows behind us, counted in the selection: what changes meanwhile moves the pages. */
	offset: number;
	/** Rows still wanted, where $top was given. */
	left?: number;
	/** Digest of the query the token belongs to. */
	query: string;
	generation: number;
	mark?: number;
}

export class Paging {
	/** Rows in one answer at most; 0 for no limit. */
	pageSize: number;
	private generation = 0;

	constructor(pageSize: number) {
		this.pageSize = pageSize;
	}

	/** Tokens given out so far are refused from now on. */
	expireTokens(): void {
		this.generation++;
	}

	/** One row more than an answer can hold, to know whether there is a next one. */
	most({ top = Infinity }: QueryOptions): number {
		return Math.min(top, this.pageSize || Infinity) + 1;
	}

	/** The mark that the first page of this run was given. */
	markOf(options: QueryOptions, query: URLSearchParams): number | undefined {
		return options.skipToken ? this.positionOf(options, digestOf(query)).mark : undefined;
	}

	page<T>(
		selection: readonly T[],
		options: QueryOptions,
		query: URLSearchParams,
		mark?: number,
	): Page<T> {
		const at = { mark, ...this.positionOf(options, digestOf(query)) };
		const rest = selection.length - at.offset;
		const wanted = Math.max(0, Math.min(rest, at.left ?? rest));
		const size = this.pageSize > 0 ? Math.min(wanted, this.pageSize) : wanted;
		const items = selection.slice(at.offset, at.offset + size);
		const token = this.tokenBehind(at, size, wanted);
		return { items, count: selection.length, token, mark: at.mark };
	}

	/** Rows are cut away but the position moves on all the same. */
	emptied<T>(page: Page<T>, options: QueryOptions, query: URLSearchParams): Page<T> {
		const at = { mark: page.mark, ...this.positionOf(options, digestOf(query)) };
		return { ...page, items: [], token: encode(at) };
	}

	private tokenBehind(at: Position, size: number, wanted: number): string | undefined {
		if (size >= wanted) return undefined;
		const left = at.left === undefined ? undefined : at.left - size;
		return encode({ ...at, offset: at.offset + size, left });
	}

	private positionOf(options: QueryOptions, query: string): Position {
		const { generation } = this;
		if (!options.skipToken) return { offset: options.skip, left: options.top, query, generation };
		const at = decode(options.skipToken);
		if (at?.query !== query || at.generation !== generation) {
			throw badRequest(`Invalid skip token '${options.skipToken}'`);
		}
		return at;
	}
}

function encode(position: Position): string {
	return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function decode(token: string): Position | undefined {
	try {
		return JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Position;
	} catch {
		return undefined;
	}
}

/** Digest of the options that make the selection; a token of another selection is worthless. */
function digestOf(query: URLSearchParams): string {
	const words = ['$filter', '$orderby', '!deltatoken', '$deltatoken'].map((name) =>
		query.get(name),
	);
	return createHash('md5').update(JSON.stringify(words)).digest('hex').slice(0, 12);
}
