/** Lists that a server cuts into pages. */
import { followPages, type Page } from '../../../core/http/paging';

async function tokensOf(
	next: (page: number) => string | undefined,
	rows: number[] = [1],
	most?: number,
): Promise<number> {
	let page = 0;
	const fetchPage = async (): Promise<Page<number, string>> => {
		const token = next(++page);
		return { rows, ...(token !== undefined && { next: token }) };
	};
	const onLoop = (token: string) => new Error(`no end at ${token}`);
	for await (const one of followPages(fetchPage, onLoop, undefined, most)) void one;
	return page;
}

it.each([
	['a token that comes twice', () => 'same', [1], undefined, 'no end at same'],
	['ever new tokens', (page: number) => `t${page}`, [1], undefined, 'no end at t100000'],
	['ever new tokens, fewer pages expected', (page: number) => `t${page}`, [1], 3, 'no end at t3'],
	[
		'ever new tokens of empty pages',
		(page: number) => `t${page}`,
		[],
		undefined,
		'no end at t1001',
	],
])('%s: the list has no end and is refused', async (_, next, rows, most, message) => {
	await expect(tokensOf(next, rows, most)).rejects.toThrow(new Error(message));
});

it('a list of exactly as many pages as expected is read to its end', async () => {
	const next = (page: number) => (page < 3 ? `t${page}` : undefined);
	expect(await tokensOf(next, [1], 3)).toBe(3);
	await expect(tokensOf(next, [1], 2)).rejects.toThrow('no end at t2');
});
