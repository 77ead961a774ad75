/** Plausible orders and items, as the triggers of Business One and SYSPRO emit them. */
import {
	externalIdOf,
	type ErpDocument,
	type ErpDeal,
	type ErpProduct,
	type ErpRecord,
} from '../../../core/record/erpRecord';
import { fingerprintOf } from '../../../core/record/fingerprint';

const identity = (
	entity: string,
	key: string,
	content: unknown,
	erp: Partial<ErpRecord['erp']>,
) => ({
	system: 'b1',
	entity,
	key,
	externalId: externalIdOf('b1', 'SBO', entity, key),
	version: fingerprintOf(content),
	changedAt: '2026-11-20T10:00:00',
	readAt: '2026-11-21T08:00:00.000Z',
	isDeleted: false,
	isBlocked: false,
	...erp,
});

/** The n-th order of the organization with this external id, without lines. */
export function order(
	n: number,
	organizationExternalId: string,
	change: Partial<ErpDeal> = {},
	erp: Partial<ErpRecord['erp']> = {},
): ErpRecord {
	const deal: ErpDeal = {
		title: `Order ${50_000 + n} - Muster Werk`,
		number: String(50_000 + n),
		customerReference: `PO-${70_000 + n}`,
		status: 'Open',
		state: 'open',
		value: '1200.50',
		currency: 'EUR',
		orderDate: '2026-11-18',
		dueDate: '2026-12-01',
		organizationExternalId,
		lines: [],
		...change,
	};
	return { erp: identity('order', String(n), deal, erp), deal };
}

/** The n-th item. */
export function item(
	n: number,
	change: Partial<ErpProduct> = {},
	erp: Partial<ErpRecord['erp']> = {},
) {
	const product: ErpProduct = {
		code: `ITEM-${1000 + n}`,
		name: `Pump ${n}`,
		unit: 'pcs',
		prices: [{ currency: 'EUR', price: '99.90' }],
		stock: [{ warehouse: '01', onHand: '12', allocated: '3', available: '9' }],
		isActive: true,
		...change,
	};
	return { erp: identity('item', product.code, product, erp), product } satisfies ErpRecord;
}

/** The n-th invoice of the organization with this external id. */
export function document(
	n: number,
	organizationExternalId: string,
	change: Partial<ErpDocument> = {},
	erp: Partial<ErpRecord['erp']> = {},
): ErpRecord {
	const content: ErpDocument = {
		kind: 'invoice',
		number: String(90_000 + n),
		date: '2026-11-10',
		dueDate: '2026-12-10',
		total: '119.00',
		open: '119.00',
		currency: 'EUR',
		organizationExternalId,
		lines: [],
		...change,
	};
	return { erp: identity('invoice', String(n), content, erp), document: content };
}
