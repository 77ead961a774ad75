import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const RULES = 34;

it.each(Array.from({ length: RULES }, (_, index) => index + 1))(
	'business rule %i is shown by a test that names it',
	(rule) => {
		const name = new RegExp(`['"\`](.* )?rule ${rule}(:|\\))`);
		expect(testFiles('test').some((file) => name.test(readFileSync(file, 'utf8')))).toBe(true);
	},
);

function testFiles(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFiles(path);
		return entry.name.endsWith('.test.mts') ? [path] : [];
	});
}
