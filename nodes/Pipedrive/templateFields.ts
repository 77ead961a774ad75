import type { EntityName } from './entities';

export const EXTERNAL_ID_FIELD = 'ERP ID';

/** Custom fields that the default map needs, in the order in which Ensure Fields creates them. */
export const TEMPLATE_FIELDS: Record<
	EntityName,
	ReadonlyArray<{ name: string; type: string; options?: readonly string[] }>
> = {
	organization: [
		{ name: EXTERNAL_ID_FIELD, type: 'varchar' },
		{ name: 'ERP Type', type: 'set', options: ['Customer', 'Supplier'] },
		{ name: 'Shipping Address', type: 'address' },
		{ name: 'ERP Phone', type: 'phone' },
		{ name: 'ERP Email', type: 'varchar' },
		{ name: 'Tax Number', type: 'varchar' },
		{ name: 'Payment Terms', type: 'varchar' },
		{ name: 'ERP Status', type: 'varchar' },
	],
	person: [
		{ name: EXTERNAL_ID_FIELD, type: 'varchar' },
		{ name: 'ERP Function', type: 'varchar' },
		{ name: 'ERP Status', type: 'varchar' },
	],
	product: [
		{ name: EXTERNAL_ID_FIELD, type: 'varchar' },
		{ name: 'ERP Stock', type: 'text' },
		{ name: 'ERP Status', type: 'varchar' },
	],
	deal: [
		{ name: EXTERNAL_ID_FIELD, type: 'varchar' },
		{ name: 'ERP Order Number', type: 'varchar' },
		{ name: 'ERP Status', type: 'varchar' },
		{ name: 'ERP Total', type: 'monetary' },
	],
};
