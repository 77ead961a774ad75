import { parseArgs } from 'node:util';
import type { Erp } from '../sandbox/erp.mts';
import { erpNamed, ERPS } from '../sandbox/erps.mts';

export interface DemoOptions {
	erp: Erp;
	/** Ends by itself after the second run. */
	isOnce: boolean;
}

/** What stands behind `npm run demo --`. Throws one sentence that a person can act on. */
export function demoOptions(args: readonly string[]): DemoOptions {
	const { values, positionals } = parsed(args);
	const [stray] = positionals;
	if (stray !== undefined) {
		throw new Error(`"${stray}" is no option: name the ERP as --source ${ERPS[0]?.name}.`);
	}
	return { erp: erpNamed(values.source), isOnce: values.once };
}

function parsed(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				source: { type: 'string', default: ERPS[0]?.name ?? '' },
				once: { type: 'boolean', default: false },
			},
		});
	} catch (error) {
		const [first = ''] = (error as Error).message.split(/(?<=\.) |\n/);
		throw new Error(`${first.replace(/\.?$/, '')}: the options are --source <name> and --once.`);
	}
}
