/** One page of a list and how to get the next one. */
export interface Page<Row, Token> {
	rows: Row[];
	/** Absent on the last page. */
	next?: Token;
}

/** An empty page is no end, but a server that goes on like this has none. */
const MOST_EMPTY_PAGES = 1000;
/** More than any list that is read by its links; ever new links have no end either. */
const MOST_PAGES = 100_000;

/**
 * Server-driven paging: the token is the server's own next link or page token, followed verbatim.
 * An empty page in the middle is no end; a token that comes twice, empty pages without end, or more than
 * `mostPages` are refused by `onLoop`.
 */
export async function* followPages<P extends Page<unknown, string>>(
	fetchPage: (token: string | undefined) => Promise<P>,
	onLoop: (token: string) => Error,
	from?: string,
	mostPages = MOST_PAGES,
): AsyncGenerator<P> {
	const followed = new Set<string>(from === undefined ? [] : [from]);
	let token = from;
	let empty = 0;
	let pages = 0;
	for (;;) {
		const page: P = await fetchPage(token);
		yield page;
		if (page.next === undefined) return;
		empty = page.rows.length === 0 ? empty + 1 : 0;
		const isTwice = followed.has(page.next);
		if (isTwice || empty > MOST_EMPTY_PAGES || ++pages >= mostPages) throw onLoop(page.next);
		followed.add(page.next);
		token = page.next;
	}
}
