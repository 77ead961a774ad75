/** Each ERP of the sandbox with its trigger, as the template of its customers sets it. */
import type { IDataObject } from 'n8n-workflow';
import type { Erp } from '../sandbox/erp.mts';
import { erpNamed } from '../sandbox/erps.mts';
import type { Random } from './random.mts';

interface Source {
	erp: Erp;
	file: string;
	/** Whether a session can be lost while it reads. */
	hasSessions: boolean;
	parameters(random: Random): IDataObject;
	upsertOptions?: IDataObject;
}

const SOURCES: readonly Source[] = [
	{
		erp: erpNamed('s4hana'),
		file: 'SapS4Hana/SapS4HanaTrigger',
		hasSessions: true,
		parameters: (random) => ({
			authentication: 'oAuth2',
			entity: 'businessPartner',
			reading: { pageSize: random.int(3, 9), keysPerRequest: random.int(2, 9) },
		}),
	},
	{
		erp: erpNamed('b1'),
		file: 'SapBusinessOne/SapBusinessOneTrigger',
		hasSessions: true,
		parameters: () => ({ entity: 'businessPartner' }),
	},
	{
		erp: erpNamed('syspro'),
		file: 'Syspro/SysproTrigger',
		hasSessions: true,
		parameters: () => ({ authentication: 'enet', entity: 'customer' }),
	},
	{
		erp: erpNamed('ecc'),
		file: 'SapEcc/SapEccTrigger',
		hasSessions: false,
		parameters: () => ({ entity: 'customer' }),
	},
	{
		erp: erpNamed('sage300'),
		file: 'Sage300/Sage300Trigger',
		hasSessions: false,
		parameters: () => ({ entity: 'customer' }),
		upsertOptions: { link: 'never' },
	},
];

/** One after the other, so that any five seeds in a row take all. */
export function sourceFor(seed: number): Source {
	return SOURCES[seed % SOURCES.length];
}
