/** `npm run test:faults -- --seed 7 --count 200`: random scenarios of faults, one after the other. */
import { parseArgs } from 'node:util';
import { playScenario } from './scenario.mts';

const { values } = parseArgs({
	options: {
		seed: { type: 'string', default: '1' },
		count: { type: 'string', default: '200' },
		verbose: { type: 'boolean', default: false },
	},
});
const first = Number(values.seed);
let failed = 0;
for (let seed = first; seed < first + Number(values.count); seed++) {
	const { findings, story } = await playScenario(seed);
	if (findings.length === 0 && !values.verbose) continue;
	if (findings.length > 0) failed++;
	process.stdout.write(
		`seed ${seed}\n${[...new Set(findings)].map((line) => `  ! ${line}\n`).join('')}`,
	);
	if (values.verbose) process.stdout.write(`${story.map((line) => `    ${line}`).join('\n')}\n`);
}
process.stdout.write(`${values.count} scenarios, ${failed} with findings\n`);
process.exitCode = failed > 0 ? 1 : 0;
