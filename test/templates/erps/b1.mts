import type { SyncTemplate } from '../sync.mts';
import { equals } from '../tables.mts';
import { CUSTOMER_CHANGES } from './customers.mts';

const erp = 'SAP Business One';
const credential = ' (Service Layer).';
const trigger = (name: string, entity: string) => ({
	name,
	type: 'sapBusinessOneTrigger',
	parameters: { entity },
});

export const b1Templates: SyncTemplate[] = [
	{
		file: 'b1-business-partners',
		name: 'SAP Business One business partners to Pipedrive',
		erp,
		triggers: [trigger('SAP Business One Trigger', 'businessPartner')],
		everyMinutes: 5,
		promise:
			'Customers and suppliers (leads, if you choose them) become **organizations with their contact persons**.',
		credential,
		changes: CUSTOMER_CHANGES,
	},
	{
		file: 'b1-items-to-products',
		name: 'SAP Business One items to Pipedrive products',
		erp,
		triggers: [trigger('SAP Business One Trigger', 'item')],
		everyMinutes: 5,
		promise:
			'Items that are sold become **products** with unit, prices per currency and the stock of each warehouse. SAP Business One does not date every change of a price or of stock: the nightly sweep brings what the polls miss.',
		credential,
		changes: [
			'*Values* in the trigger: price list (default 1), warehouses, company currency, cost (off)',
			'*Full Sweep Every* in the trigger: how old prices and stock may be, 24 hours by default',
			'*Product Fields* in Pipedrive Upsert: what goes where, and who wins',
		],
		upsert: { fieldMaps: ['product'] },
		height: 320,
	},
	{
		file: 'b1-invoices-to-notes',
		name: 'SAP Business One invoices, credit notes and payments to Pipedrive notes',
		erp,
		triggers: [
			trigger('Invoice Trigger', 'invoice'),
			trigger('Credit Note Trigger', 'creditNote'),
			trigger('Payment Trigger', 'incomingPayment'),
		],
		everyMinutes: 5,
		promise:
			'Invoices, credit notes and incoming payments become **one summary note per customer**: the last 20 documents with what is open, and totals. A cancelled document is marked in it, never added.',
		credential,
		steps: [
			'Run **b1-business-partners** first: a document of a customer that is not in Pipedrive waits in erp_setaside_items.',
		],
		changes: [
			'Documents that you do not want: delete their trigger',
			'*Documents From* in the triggers: older documents are left out',
			'*Documents As* in Pipedrive Upsert: a note or an activity for each document instead, from a date on',
		],
		upsert: { fieldMaps: [] },
		options: { documentsAs: 'summaryNote' },
		alsoKnown: [
			// The summary note stands in the table under its customer, who has a row of his own.
			equals('externalId', "={{ ($json.document?.organizationExternalId ?? '') + ':documents' }}"),
			equals('externalId', '={{ $json.document?.organizationExternalId || $json.erp.externalId }}'),
		],
		replacesIds: true,
		height: 340,
	},
];
