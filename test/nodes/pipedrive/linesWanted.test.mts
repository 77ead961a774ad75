import type { ErpDealLine } from '../../../core/record/erpRecord';
import { decimalText, exactOf } from '../../../nodes/Pipedrive/lines/decimal';
import { linesDigest, wantedLines } from '../../../nodes/Pipedrive/lines/wanted';
import { erpDeal, wantedLine } from './linesBench.mts';

const options = {
	productIdOf: (code: string) => (code === 'PUMP' ? 7 : undefined),
	placeholderId: () => 99 as number | undefined,
};

function read(line: Partial<ErpDealLine>, chosen = options) {
	const result = wantedLines(erpDeal([line]), chosen);
	if ('reason' in result) throw new Error(result.reason);
	return { ...result, line: result.lines[0] };
}

function refusal(line: Partial<ErpDealLine>, chosen = options): string {
	const result = wantedLines(erpDeal([{}, line]), chosen);
	return 'reason' in result ? result.reason : 'taken';
}

describe('a line of the ERP', () => {
	it('becomes a line of its product, in the sales unit, with the unit as comment', () => {
		const { line, total } = read({ quantity: '2.500', unitPrice: '19.99', tax: '19', unit: 'box' });
		expect(line).toEqual({
			productId: 7,
			itemPrice: 19.99,
			quantity: 2.5,
			discount: 0,
			discountType: 'percentage',
			tax: 19,
			comments: 'Unit: box',
			text: 'PUMP - Pump 5 kW',
		});
		expect(total).toBe('49.98');
	});

	it('without a product in Pipedrive stands on the placeholder, with code and description as comment', () => {
		const { line, warnings } = read({ productCode: 'VALVE', description: 'Valve', unit: 'pc' });
		expect(line).toMatchObject({ productId: 99, comments: 'VALVE - Valve (Unit: pc)' });
		expect(warnings).toEqual([
			'Line 1: product "VALVE" is not in Pipedrive; the placeholder product stands for it.',
		]);
	});

	it('of text alone needs no warning', () => {
		const { line, warnings } = read({ productCode: '', description: 'Freight', unit: '' });
		expect(line).toMatchObject({ productId: 99, comments: 'Freight' });
		expect(warnings).toEqual([]);
	});

	it('that has neither is told apart by its number', () => {
		expect(read({ productCode: '', description: '' }).line.comments).toBe('Line 1');
	});

	it('is refused where there is no placeholder product', () => {
		const none = { ...options, placeholderId: () => undefined };
		expect(refusal({ productCode: 'VALVE' }, none)).toBe(
			'Line 2: product "VALVE" is not in Pipedrive, and there is no placeholder product. Bring the products into Pipedrive, or create a product with the code ERP-LINE there.',
		);
		expect(refusal({ productCode: ' ' }, none)).toContain('Line 2: it has no product');
	});

	it('without quantity counts once, without price is free', () => {
		expect(read({ quantity: '', unitPrice: '' }).line).toMatchObject({ quantity: 1, itemPrice: 0 });
	});

	it.each([
		['quantity', { quantity: 'ten' }, 'the quantity "ten"'],
		['quantity', { quantity: '1,5' }, 'the quantity "1,5"'],
		['price', { unitPrice: '12.50 EUR' }, 'the unit price "12.50 EUR"'],
		['price', { unitPrice: '.' }, 'the unit price "."'],
		['discount', { discount: 'special' }, 'the discount "special"'],
		['discount', { discount: '10++5' }, 'the discount "10++5"'],
		['discount', { discount: 'x', discountType: 'amount' as const }, 'the discount "x"'],
	])('with a %s that is no number is refused with its place and value: %j', (_, line, words) => {
		expect(refusal(line)).toBe(`Line 2: ${words} is no number; correct it in the ERP.`);
	});

	it('takes the name of a tax group for no rate', () => {
		expect(['A1', 'IVA 22', '19', '7.5 %', '', '200'].map((tax) => read({ tax }).line.tax)).toEqual(
			[0, 0, 19, 7.5, 0, 0],
		);
	});
});

describe('discounts', () => {
	const priced = (discount: string, more: Partial<ErpDealLine> = {}) => {
		const { line } = read({ unitPrice: '200', quantity: '4', discount, ...more });
		return [line.itemPrice, line.discount, line.discountType];
	};

	it.each([
		['', [200, 0, 'percentage']],
		['0', [200, 0, 'percentage']],
		['12.5', [200, 12.5, 'percentage']],
		['+12.5 %', [200, 12.5, 'percentage']],
		['100', [200, 100, 'percentage']],
		['10+0', [200, 10, 'percentage']],
		['10+5', [171, 0, 'percentage']],
		['10% + 5%', [171, 0, 'percentage']],
		['10/5;2', [167.58, 0, 'percentage']],
		['-5', [210, 0, 'percentage']],
	])(
		'%j: one percentage stays a discount, several and surcharges become a net price',
		(text, is) => {
			expect(priced(text)).toEqual(is);
		},
	);

	it('in money are taken off the line once; a surcharge in money goes into the price', () => {
		const amount = { discountType: 'amount' as const };
		expect(priced('9.97', amount)).toEqual([200, 9.97, 'amount']);
		expect(priced('0', amount)).toEqual([200, 0, 'percentage']);
		expect(priced('-10', amount)).toEqual([202.5, 0, 'percentage']);
	});
});

describe('the total', () => {
	it("is the ERP's own, and the sum of the lines where it has none", () => {
		const lines = [
			{ unitPrice: '0.1', quantity: '3' },
			{ unitPrice: '0.2', discount: '50' },
		];
		expect(wantedLines(erpDeal(lines, { value: '1234.5' }), options)).toMatchObject({
			total: '1234.50',
		});
		expect(wantedLines(erpDeal(lines), options)).toMatchObject({ total: '0.40' });
	});

	it('that is no number is refused', () => {
		expect(wantedLines(erpDeal([], { value: 'much' }), options)).toEqual({
			reason: 'The deal\'s value "much" is no number; correct it in the ERP.',
		});
	});

	it('tells a price that loses more than a cent of the line in two decimals', () => {
		expect(read({ unitPrice: '0.0123', quantity: '10000' }).warnings).toEqual([
			'Line 1: the price 0.0123 is 0.01 in Pipedrive, which keeps two decimals; the line differs by 23.00.',
		]);
		expect(read({ unitPrice: '1.005', quantity: '1' })).toMatchObject({
			line: { itemPrice: 1.01 },
			warnings: [],
		});
	});
});

describe('the digest of lines', () => {
	it('changes with what is written and only with that', () => {
		const digest = linesDigest([wantedLine({ text: 'A' }), wantedLine({ itemPrice: 2 })]);
		expect(linesDigest([wantedLine({ text: 'B' }), wantedLine({ itemPrice: 2 })])).toBe(digest);
		for (const change of [
			{ itemPrice: 3 },
			{ quantity: 2 },
			{ discount: 1 },
			{ tax: 1 },
			{ comments: 'x' },
			{ productId: 2 },
		]) {
			expect(linesDigest([wantedLine(), wantedLine({ itemPrice: 2, ...change })])).not.toBe(digest);
		}
		expect(linesDigest([wantedLine()])).not.toBe(digest);
		expect(digest).toMatch(/^[0-9a-f]{16}$/);
	});
});

describe('decimals', () => {
	it.each([
		['1', '1.00'],
		[' +1.50 ', '1.50'],
		['-.5', '-0.50'],
		['7.', '7.00'],
		['0.123456', '0.123456'],
		['1e3', '1000.00'],
		['2.5E-3', '0.0025'],
		['90071992547409931.12', '90071992547409931.12'],
	])('%j is %s', (text, is) => {
		expect(decimalText(exactOf(text)!)).toBe(is);
	});

	it.each(['', ' ', '-', '.', 'e5', '1e', '1 000', '0x10', 'Infinity', 'NaN', '1.2.3', '1e400'])(
		'%j is none',
		(text) => {
			expect(exactOf(text)).toBeUndefined();
		},
	);
});
