import { b1Templates } from './erps/b1.mts';
import { b1WonDeals } from './erps/b1WonDeals.mts';
import { eccTemplates } from './erps/ecc.mts';
import { s4hanaTemplates } from './erps/s4hana.mts';
import { sage300Templates } from './erps/sage300.mts';
import { sysproTemplates } from './erps/syspro.mts';
import { sysproBacklog } from './erps/sysproBacklog.mts';
import { healthTemplate } from './health/healthTemplate.mts';
import { syncTemplate } from './sync.mts';
import { budgetAlert } from './upkeep/budgetAlert.mts';
import { erasePerson } from './upkeep/erasePerson.mts';
import { initialLoad } from './upkeep/initialLoad.mts';
import { retrySetAside } from './upkeep/retrySetAside.mts';
import type { Template } from './workflow.mts';

/** Every template that is made from a description; `npx tsx test/templates/main.mts` writes them. */
export const TEMPLATES: readonly Template[] = [
	...[
		...s4hanaTemplates,
		...eccTemplates,
		...b1Templates,
		...sysproTemplates,
		...sage300Templates,
	].map(syncTemplate),
	...b1WonDeals,
	sysproBacklog,
	healthTemplate,
	retrySetAside,
	erasePerson,
	initialLoad,
	budgetAlert,
];
