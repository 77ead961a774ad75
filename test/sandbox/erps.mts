import { b1 } from './b1/erp.mts';
import { ecc } from './ecc/erp.mts';
import type { Erp } from './erp.mts';
import { s4hana } from './s4hana/erp.mts';
import { sage300 } from './sage300/erp.mts';
import { syspro } from './syspro/erp.mts';

/** Every ERP of the sandbox; the first one is what a command takes that was told nothing. */
export const ERPS: readonly Erp[] = [s4hana, ecc, b1, syspro, sage300];

export function erpNamed(name: string): Erp {
	const erp = ERPS.find((one) => one.name === name);
	if (erp) return erp;
	const known = ERPS.map((one) => one.name).join(', ');
	throw new Error(`There is no source "${name}": choose one of ${known}.`);
}
