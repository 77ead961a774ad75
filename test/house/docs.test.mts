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
		if (!file || !existsSync(file)) return true;
		const text = textOf(file);
		return !text.includes(`'${name}'`) && !text.includes(`"${name}"`);
	});
	expect(unproved).toEqual([]);
});

it('the README answers "What happens if" with rows of that page, word for word', () => {
	const page = textOf('docs/what-happens-if.md');
	const [, section = ''] = textOf('README.md').split('## What happens if …');
	const rows = section
		.split('\n## ')[0]
		.split('\n')
		.filter((line) => line.startsWith('| ') && !line.startsWith('| …'));
	expect(rows.length).toBeGreaterThan(10);
	expect(rows.filter((row) => !page.includes(row))).toEqual([]);
});

it('the README names every template once', () => {
	const readme = textOf('README.md');
	const counts = readdirSync('workflows')
		.filter((file) => file.endsWith('.json'))
		.map((file) => [
			file,
			readme
				.split('\n')
				.filter((line) => line.startsWith('| ') && line.includes(`(workflows/${file})`)).length,
		]);
	expect(counts.filter(([, times]) => times !== 1)).toEqual([]);
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
