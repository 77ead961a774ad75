import { erpValue } from '../../../nodes/Pipedrive/fieldMap';
import { partner } from './support.mts';

describe('a path in the field map', () => {
	it.each([
		'constructor',
		'toString',
		'__proto__',
		'organization.constructor',
		'organization.name.length',
		'raw.__proto__.toString',
	])('"%s" names nothing of the record', (path) => {
		const value = erpValue({ ...partner(1), raw: {} }, path);
		expect(value).toBeUndefined();
	});

	it('leads to the value, as deep as it is', () => {
		const record = { ...partner(1), raw: { a: { b: ['x'] } } };
		expect(erpValue(record, 'raw.a.b.0')).toBe('x');
		expect(erpValue(record, 'organization.billingAddress.city')).toBe('Hamburg');
	});
});
