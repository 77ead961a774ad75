import { currencyOfAmount, erpValue, ERP_FIELDS } from '../../../nodes/Pipedrive/fieldMap';
import { order } from './orders.mts';

it('what was delivered and invoiced of an order can be mapped, as money of the order', () => {
	const amounts = { deliveredAmount: '60', invoicedAmount: '45.50', currency: 'CHF' };
	const record = order(1, 'b1:SBO:businessPartner:C1', amounts);
	const offered = new Map(ERP_FIELDS.deal);
	for (const [path, name, value] of [
		['deal.deliveredAmount', 'Delivered Amount', '60'],
		['deal.invoicedAmount', 'Invoiced Amount', '45.50'],
	]) {
		expect(offered.get(path)).toBe(name);
		expect(erpValue(record, path)).toBe(value);
		expect(currencyOfAmount(record, path)).toBe('CHF');
	}
	expect(offered.get('deal.lastInvoiceDate')).toBe('Last Invoice Date');
});
