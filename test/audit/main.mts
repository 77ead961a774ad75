/** `npm run audit:verify -- FILE`: is the exported audit table whole and unchanged? Ends with 0, 1 (broken) or 2 (could not check). */
import { createReadStream, readFileSync } from 'node:fs';
import { NoAuditTable, rowsOf } from './exportRows.mts';
import { plural } from './findings.mts';
import { verifyAudit, type VerifyOptions } from './verify.mts';

const USAGE = `npm run audit:verify -- FILE [--secret-file FILE] [--expect HASH]

FILE           the exported audit table: CSV or JSON of the Data Table or of Postgres
--secret-file  a file with the Audit Secret of the Pipedrive credential; after a change of it one secret a line
--expect       hash of a run that you noted earlier: the newest run of the last check
The secret may also stand in the environment variable AUDIT_SECRET. It is never an argument: others would see it.`;

const SHOWN = 10;

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error(`${(error as Error).message}`);
	if (!(error instanceof NoAuditTable) && !('code' in (error as Error))) console.error(USAGE);
	process.exitCode = 2;
}

async function main(words: string[]): Promise<number> {
	const { file, options } = argumentsOf(words);
	const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 });
	const { problems, notes, runs, rows } = await verifyAudit(rowsOf(stream), options);
	for (const note of notes) console.log(note);
	const size = `${plural(runs, 'run')}, ${plural(rows, 'row')}`;
	if (problems.length === 0) {
		console.log(`${size}: unbroken.`);
		return 0;
	}
	const [first, ...others] = problems;
	console.log(`${size}: BROKEN. The first broken link:\n  ${first?.text}`);
	if (others.length > 0) console.log(`${plural(others.length, 'more problem')}:`);
	for (const { text } of others.slice(0, SHOWN)) console.log(`  ${text}`);
	return 1;
}

function argumentsOf(words: string[]): { file: string; options: VerifyOptions } {
	const rest = [...words];
	const take = (name: string) => {
		const at = rest.indexOf(name);
		if (at < 0) return undefined;
		const [, value] = rest.splice(at, 2);
		if (!value) throw new Error(`${name} needs a value.`);
		return value;
	};
	const secretFile = take('--secret-file');
	const expect = take('--expect');
	const [file, ...surplus] = rest;
	if (!file || file.startsWith('-')) throw new Error('Name the exported file.');
	if (surplus.length > 0) throw new Error(`"${surplus[0]}" is one word too many.`);
	const told = secretFile ? readFileSync(secretFile, 'utf8') : (process.env.AUDIT_SECRET ?? '');
	const secrets = told
		.split(/\r?\n/)
		.map((line) => line.trim())
		.filter(Boolean);
	if (secretFile && secrets.length === 0) throw new Error(`${secretFile} holds no secret.`);
	return { file, options: { secrets, ...(expect ? { expect } : {}) } };
}
