/** One page of a list and how to get the next one. */
export interface Page<Row, Token> {
	rows: Row[];
	/** Absent on the last page. */
	next?: Token;
}

/** An empty page is no end, but a server that goes on like this has none. */
const MOST_EMPTY_PAGES = 1000;

/**
 * Server-driven paging: the token is the server's own next link or page token, followed verbatim.
 * An empty page in the middle is no end; a token that comes twice, or empty pages without end, are refused by `onLoop`.
 */
export async function* followPages<P extends Page<unknown, string>>(
	fetchPage: (token: string | undefined) => Promise<P>,
	onLoop: (token: string) => Error,
	from?: string,
): AsyncGenerator<P> {
	const followed = new Set<string>(from === undefined ? [] : [from]);
	let token = from;
	let empty = 0;
	for (;;) {
		const page: P = await fetchPage(token);
		yield page;
		if (page.next === undefined) return;
		empty = page.rows.length === 0 ? empty + 1 : 0;
		if (followed.has(page.next) || empty > MOST_EMPTY_PAGES) throw onLoop(page.next);
		followed.add(page.next);
		token = page.next;
	}
}

/**
 * Keyset pagination: the next page is what comes after the last key. Ends with an empty page, or where the
 * server says so (`isLast`). A page shorter than asked for proves nothing: servers cap pages as they like.
 */
export async function* keysetPages<Row, Key>(
	fetchAfter: (key: Key | undefined) => Promise<{ rows: Row[]; isLast?: boolean }>,
	keyOf: (row: Row) => Key,
	from?: Key,
): AsyncGenerator<Row[]> {
	let after = from;
	for (;;) {
		const { rows, isLast } = await fetchAfter(after);
		if (rows.length > 0) yield rows;
		if (isLast || rows.length === 0) return;
		after = keyOf(rows[rows.length - 1]);
	}
}

/** Offset paging, for servers that know nothing better. Rows that move while reading can be missed: keep a lookback. */
export async function* offsetPages<Row>(
	fetchFrom: (offset: number) => Promise<{ rows: Row[]; hasMore: boolean }>,
	from = 0,
): AsyncGenerator<Row[]> {
	let offset = from;
	for (;;) {
		const { rows, hasMore } = await fetchFrom(offset);
		if (rows.length > 0) yield rows;
		if (!hasMore || rows.length === 0) return;
		offset += rows.length;
	}
}
