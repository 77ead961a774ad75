/** Writes the templates of `workflows/` that are made from a description: `npx tsx test/templates/main.mts`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { TEMPLATES } from './templates.mts';
import { fileText, pathOf } from './workflow.mts';

for (const template of TEMPLATES) {
	const path = pathOf(template);
	const text = fileText(template);
	const isSame = existsSync(path) && readFileSync(path, 'utf8') === text;
	if (!isSame) writeFileSync(path, text);
	console.log(`${isSame ? 'as it was' : 'written  '} ${template.file}`);
}
