import { fieldSetOf, type Field } from '../../../nodes/Pipedrive/fields';
import { encode, isEqualValue, WRITABLE_TYPES } from '../../../nodes/Pipedrive/fieldValues';

const field = (type: string, more: Partial<Field> = {}): Field => ({
	key: 'a'.repeat(40),
	name: 'My Field',
	type,
	isCustom: true,
	options: [
		{ id: 11, label: 'Customer' },
		{ id: 12, label: 'Supplier' },
		{ id: 13, label: 'NT30 - 30 days net' },
	],
	...more,
});
const valueOf = (type: string, input: unknown) => {
	const encoded = encode(field(type), input);
	return 'reason' in encoded ? encoded.reason : encoded.value;
};

describe('a value as Pipedrive wants it', () => {
	it.each<[type: string, input: unknown, value: unknown]>([
		['varchar', '  Acme ', 'Acme'],
		['varchar', 42, '42'],
		['varchar_auto', 'x', 'x'],
		['text', 'x\ny', 'x\ny'],
		['phone', '+49 40 1', '+49 40 1'],
		['double', '12.50', 12.5],
		['double', '-0.001', -0.001],
		['double', 0, 0],
		['monetary', '1200.5 EUR', { value: 1200.5, currency: 'EUR' }],
		['monetary', 'eur 3', { value: 3, currency: 'EUR' }],
		['monetary', { value: '1.005', currency: 'USD' }, { value: 1.01, currency: 'USD' }],
		['monetary', { amount: '-1.005', currency: 'USD' }, { value: -1.01, currency: 'USD' }],
		['monetary', { value: '', currency: 'EUR' }, null],
		['enum', 'customer', 11],
		['enum', '12', 12],
		['enum', 'NT30 - thirty days', 13],
		['set', ['Supplier', 'Customer'], [11, 12]],
		['set', 'Customer; Supplier', [11, 12]],
		['set', [], null],
		['user', '7', 7],
		['org', { id: 9 }, 9],
		['people', 9, 9],
		['date', '2026-11-20T23:00:00Z', '2026-11-20'],
		['daterange', '2026-11-01/2026-11-30', { value: '2026-11-01', until: '2026-11-30' }],
		[
			'daterange',
			{ from: '2026-11-01', to: '2026-11-02' },
			{ value: '2026-11-01', until: '2026-11-02' },
		],
		['time', '9:05', { value: '09:05:00' }],
		[
			'time',
			{ value: '09:05', timezone: 'Europe/Berlin' },
			{ value: '09:05:00', timezone_name: 'Europe/Berlin' },
		],
		['timerange', '09:00/17:30', { value: '09:00:00', until: '17:30:00' }],
		['address', ' Kai 1,  Hamburg ', { value: 'Kai 1, Hamburg' }],
		['varchar', '', null],
		['set', '', null],
	])('%s %j -> %j', (type, input, value) => {
		expect(valueOf(type, input)).toEqual(value);
	});

	it.each<[type: string, input: unknown, called?: string]>([
		['varchar', 'x'.repeat(256), 'text'],
		['double', '1,5', 'numerical'],
		['double', '12345678901234567', 'numerical'],
		['monetary', '12'],
		['monetary', 'twelve EUR'],
		['enum', 'Custommer', 'single option'],
		['set', 'Customer, Nobody', 'multiple options'],
		['user', 'Anna'],
		['date', '20.11.2026'],
		['date', '2026-02-30'],
		['daterange', '2026-11-01', 'date range'],
		['time', '25:00'],
		['timerange', 'all day', 'time range'],
		['address', { foo: 1 }],
		['json', 'x'],
		['int', 'Good', 'whole number'],
	])('%s cannot hold %j: the reason names field, type and value', (type, input, called = type) => {
		const reason = String(valueOf(type, input));
		expect(reason).toContain('"My Field"');
		expect(reason).toContain(`(${called})`);
	});

	it('a field of whole numbers asks for one', () => {
		for (const input of ['Good', '1.5']) {
			expect(valueOf('int', input)).toMatch(/: a whole number is needed\.$/);
		}
	});

	it('a missing option names what adds it; of a built-in field only a person can', () => {
		expect(valueOf('enum', 'Distributor')).toContain('"Create Missing Options"');
		const industry = encode(field('enum', { isCustom: false, key: 'industry' }), 'Distributor');
		expect(industry).toMatchObject({ reason: expect.stringContaining("Pipedrive's settings") });
		expect(JSON.stringify(industry)).not.toContain('Create Missing Options');
	});

	it('covers the 16 types of custom fields', () => {
		expect(WRITABLE_TYPES.filter((type) => type !== 'int')).toHaveLength(16);
	});

	it('an empty built-in address is a blank text, because null is not declared for it', () => {
		expect(encode(field('address', { isCustom: false, key: 'address' }), '')).toEqual({
			value: { value: '' },
		});
	});
});

describe('equal is what only looks different', () => {
	it.each<[type: string, current: unknown, wanted: unknown]>([
		['varchar', 'Acme', ' Acme '],
		['double', 12.5, 12.5],
		['set', [12, 11], [11, 12]],
		['set', null, []],
		['monetary', { value: 5, currency: 'EUR' }, { value: 5.0, currency: 'eur' }],
		['time', { value: '09:00:00', timezone_name: 'UTC' }, { value: '9:00', timezone_name: 'UTC' }],
		[
			'address',
			{ value: 'Hauptstrasse 5,10115 Berlin, Germany' },
			{ value: 'Hauptstraße 5, 10115 Berlin, Germany' },
		],
		['address', null, { value: '' }],
		['varchar', undefined, ''],
	])('%s %j and %j', (type, current, wanted) => {
		expect(isEqualValue(field(type), current, wanted)).toBe(true);
	});

	it.each<[type: string, current: unknown, wanted: unknown]>([
		['varchar', 'Acme', 'ACME'],
		['address', { value: 'Kai 1, Hamburg' }, { value: 'Kai, Hamburg' }],
		['set', [11], [11, 12]],
		['double', 0, null],
	])('but not %s %j and %j', (type, current, wanted) => {
		expect(isEqualValue(field(type), current, wanted)).toBe(false);
	});
});

describe('a field by name', () => {
	const hash = (digit: string) => digit.repeat(40);
	const definition = (name: string, code: string, more = {}) => ({
		field_code: code,
		field_name: name,
		field_type: 'varchar',
		is_custom_field: true,
		...more,
	});
	const fields = fieldSetOf('organization', [
		definition('Tax Number', hash('a')),
		definition('Twice', hash('b')),
		definition('twice', hash('c')),
		definition('Firmenname', 'name', { is_custom_field: false }),
		definition('Deals won', 'won_deals_count', { is_custom_field: false, field_type: 'int' }),
	]);

	it('is found whatever the case, by key, and built-in ones under both names', () => {
		expect(fields.resolve(' tax number ').key).toBe(hash('a'));
		expect(fields.resolve(hash('b')).name).toBe('Twice');
		expect(fields.resolve('Firmenname').key).toBe('name');
		expect(fields.resolve('Name').key).toBe('name');
	});

	it('doubled: the error lists both keys', () => {
		expect(() => fields.resolve('Twice')).toThrow(`${hash('b')} and ${hash('c')}`);
	});

	it('unknown: the error asks whether another was meant', () => {
		expect(() => fields.resolve('Tax Nummer')).toThrow('did you mean "Tax Number"?');
		expect(() => fields.resolve('Something else')).toThrow(/"Something else"\.$/);
	});

	it('read-only: the error says so', () => {
		expect(() => fields.resolve('Deals won')).toThrow('cannot be written');
	});
});
