/** What the panel shows, asked of n8n's own rules. */
import { NodeHelpers, type INodeProperties } from 'n8n-workflow';
import { dealProperties } from '../../../nodes/SapBusinessOne/deals/dealProperties';

const options = dealProperties.find(({ name }) => name === 'dealOptions')
	?.options as INodeProperties[];

const isShown = (name: string, chosen: object, node: object) => {
	const option = options.find((one) => one.name === name)!;
	return NodeHelpers.displayParameter(chosen as never, option, null, null, node as never);
};

describe('options of a document that is made of a deal', () => {
	it('ask for the code of new leads only where leads are created', () => {
		expect(isShown('leadPrefix', {}, {})).toBe(false);
		expect(isShown('leadPrefix', { createLeads: false }, {})).toBe(false);
		expect(isShown('leadPrefix', { createLeads: true }, {})).toBe(true);
	});

	it('ask for codes of currencies only where prices come from the deal', () => {
		expect(isShown('currencyCodes', {}, { priceSource: 'erp' })).toBe(false);
		expect(isShown('currencyCodes', {}, { priceSource: 'deal' })).toBe(true);
	});
});
