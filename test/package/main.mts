/** `npm run pack:split`: one package per system below `dist/split`, each linted by n8n's rules, built and packed. */
import { join } from 'node:path';
import { makePackage, StepFailed } from './make.mts';
import { SYSTEM_PACKAGES, type SystemPackage } from './systems.mts';

const USAGE = `npm run pack:split -- [--only NAME,NAME] [--out FOLDER]

Names: ${SYSTEM_PACKAGES.map(({ name }) => name).join(', ')}`;

const words = process.argv.slice(2);
const valueOf = (name: string) =>
	words.includes(name) ? (words[words.indexOf(name) + 1] ?? '') : undefined;
const only = valueOf('--only')?.split(',');
const out = valueOf('--out') ?? join('dist', 'split');
const chosen = SYSTEM_PACKAGES.filter(({ name }) => !only || only.includes(name));

if (words.includes('--help') || chosen.length < (only?.length ?? 1)) {
	console.log(USAGE);
	process.exitCode = words.includes('--help') ? 0 : 2;
} else {
	const made = chosen.filter(make);
	console.log(`${made.length} of ${chosen.length} packages are in ${out}.`);
	process.exitCode = made.length < chosen.length ? 1 : 0;
}

function make(system: SystemPackage): boolean {
	console.log(system.name);
	try {
		makePackage(system, out, (line) => console.log(`  ${line}`));
		return true;
	} catch (error) {
		if (!(error instanceof StepFailed)) throw error;
		console.log(error.message);
		return false;
	}
}
