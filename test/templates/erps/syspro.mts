import type { SyncTemplate } from '../sync.mts';
import { equals } from '../tables.mts';
import { CUSTOMER_CHANGES } from './customers.mts';

const erp = 'SYSPRO';
/** SYSPRO leaves the company's own currency blank. */
const withCurrency =
	' (OData, or e.net REST with an operator of its own), with *Company Currency* filled in.';
const credential = ' (OData, or e.net REST with an operator of its own).';
const trigger = (entity: string) => [
	{ name: 'SYSPRO Trigger', type: 'sysproTrigger', parameters: { entity } },
];

export const sysproTemplates: SyncTemplate[] = [
	{
		file: 'syspro-customers',
		name: 'SYSPRO customers to Pipedrive',
		erp,
		triggers: trigger('customer'),
		everyMinutes: 15,
		promise:
			'Customers become **organizations with their contact person**. SYSPRO puts no date on a change: every poll compares all customers.',
		credential,
		changes: CUSTOMER_CHANGES,
	},
	{
		file: 'syspro-stock',
		name: 'SYSPRO stock to Pipedrive products',
		erp,
		triggers: trigger('stock'),
		everyMinutes: 15,
		promise:
			'Stock codes become **products**, with what is on hand, allocated and available in each warehouse in one field. SYSPRO puts no date on a change: every poll compares all stock codes.',
		credential,
		changes: [
			'The interval: stock is read whole at every poll; many stock codes want a longer one',
			'*Filters* in the trigger: only some product classes',
			'*Product Fields* in Pipedrive Upsert: what goes where, and who wins',
		],
		upsert: { fieldMaps: ['product'] },
		height: 300,
	},
	{
		file: 'syspro-orders-to-deals',
		name: 'SYSPRO sales orders to Pipedrive deals',
		erp,
		triggers: trigger('salesOrder'),
		everyMinutes: 10,
		promise:
			'Sales orders become **deals with their lines**, linked to the organization of their customer. An order that is completed is won at its last invoice date, a cancelled one is lost. Open orders are read at every poll until they are closed.',
		credential: withCurrency,
		steps: [
			'Run **syspro-customers** first: an order of a customer that is not in Pipedrive waits in erp_setaside_items.',
			'Run **syspro-stock** next: a line whose stock code is no product stands on the product "ERP line without product", with code and text as comment.',
		],
		changes: [
			'*Start From* a date, if old completed orders need not become won deals',
			'*Deal Pipeline* and *Deal Stages* in Pipedrive Upsert: a pipeline of its own, a stage by status',
			'*Deal Lines* in Pipedrive Upsert: leave alone, or also remove what the ERP no longer has',
			'*Deal Fields* in Pipedrive Upsert: what goes where, and who wins',
		],
		upsert: { fieldMaps: ['deal'] },
		options: { dealLines: 'write' },
		alsoKnown: [
			// With the customer's row nobody has to look for the organization.
			equals('externalId', '={{ $json.deal?.organizationExternalId || $json.erp.externalId }}'),
		],
		height: 400,
	},
];
