/** One page of a list and how to get the next one. */
export interface Page<Row, Token> {
	rows: Row[];
	/** Absent on the last page. */
	next?: Token;
}

/**
 * Server-driven paging: the token is the server's own next link or page token, followed verbatim.
 * An empty page in the middle is no end; a token that comes twice in a row would never end and is refused by `onLoop`.
 */
export async function* followPages<P extends Page<unknown, string>>(
	fetchPage: (token: string | undefined) => Promise<P>,
	onLoop: (token: string) => Error,
	from?: string,
): AsyncGenerator<P> {
	let token = from;
	for (;;) {
		const page: P = await fetchPage(token);
		yield page;
		if (page.next === undefined) return;
		if (page.next === token) throw onLoop(page.next);
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
