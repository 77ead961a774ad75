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
