/** The text of n8n's Code nodes, made of the files beside this one: n8n can import none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const folder = join(process.cwd(), 'test', 'templates', 'health');

const FILES = {
	figures: ['span', 'calendar', 'counts', 'rows', 'figures'],
	page: [
		...['span', 'html', 'wording', 'style', 'links', 'facts'],
		...['charts', 'tokensSection', 'sourceSection', 'waitingSection', 'page'],
	],
} as const;

/** What the files declare, without types, imports and exports, and then `end`. */
export function codeOf(what: keyof typeof FILES, end: string): string {
	const parts = FILES[what].map((file) => plain(readFileSync(join(folder, `${file}.mts`), 'utf8')));
	const code = [...parts, end].join('\n');
	const names = [...code.matchAll(/^(?:const|function|class) (\w+)/gm)].map(([, name]) => name);
	const twice = names.filter((name, at) => names.indexOf(name) !== at);
	if (twice.length > 0) throw new Error(`Declared in more than one file: ${twice.join(', ')}`);
	return `${code}\n`;
}

function plain(source: string): string {
	const { outputText } = ts.transpileModule(source, {
		compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
	});
	return outputText
		.replace(/^import .*\n/gm, '')
		.replace(/^export \{\};\n/gm, '')
		.replace(/^export /gm, '')
		.replace(/^( {4})+/gm, (indent) => '\t'.repeat(indent.length / 4));
}
