import type { Bench } from './bench.mts';
import { B1 } from './b1.mts';
import { S4HANA } from './s4hana.mts';
import { syncsCustomers } from './customers.mts';
import { SYSPRO } from './syspro.mts';
import { UPKEEP } from './upkeep.mts';

/** Brings a template to its first result and asserts that it is right. */
export type Case = (bench: Bench) => Promise<void>;

/** Every file of `workflows/`, in an order in which each finds what it builds on. */
export const CASES: Record<string, Case> = {
	...S4HANA,
	'ecc-customers.json': syncsCustomers('ecc'),
	'sage300-customers.json': syncsCustomers('sage300'),
	...B1,
	...SYSPRO,
	...UPKEEP,
};
