import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const pages = ['README.md', 'CONTRIBUTING.md', ...pagesUnder('docs')];
const textOf = (file: string) => readFileSync(file, 'utf8');

it('every answer of "What happens if" is shown by a test of that name', () => {
	const rows = textOf('docs/what-happens-if.md')
		.split('\n')
		.filter((line) => line.startsWith('| ') && !/^\| (…|---) \|/.test(line));
	expect(rows.length).toBeGreaterThan(30);
	const unproved = rows.filter((row) => {
		const [, file = '', name = ''] = /`(test\/[^`]+)` "([^"]+)" \|$/.exec(row) ?? [];
		return !file || !existsSync(file) || !textOf(file).includes(`'${name}'`);
	});
	expect(unproved).toEqual([]);
});

it.each(pages)('%s links only to files that exist', (page) => {
	const links = [...textOf(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(
		([, link = '']) => link,
	);
	expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
});

function pagesUnder(folder: string): string[] {
	return readdirSync(folder)
		.filter((file) => file.endsWith('.md'))
		.map((file) => `${folder}/${file}`);
}
