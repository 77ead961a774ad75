import fc from 'fast-check';
import { externalIdOf } from '../../../core/record/erpRecord';

const idOf = (key: string, scope = '100') => externalIdOf('syspro', scope, 'customer', key);
/** What Pipedrive does to the text of a field. */
const kept = (text: string) => text.trim().replace(/\s+/g, ' ');

describe('the external id', () => {
	it.each([
		['0000017100', 'syspro:100:customer:0000017100'],
		['C-ÄÖ/7', 'syspro:100:customer:C-ÄÖ/7'],
		['NORTH WEST 7', 'syspro:100:customer:NORTH WEST 7'],
		['PADDED   ', 'syspro:100:customer:PADDED'],
		['A:B%', 'syspro:100:customer:A%3AB%25'],
	])('of the key "%s" is the same as ever', (key, id) => {
		expect(idOf(key)).toBe(id);
	});

	it('tells keys apart that differ in their blanks only', () => {
		const keys = [
			'A B',
			'A  B',
			'A   B',
			' A B',
			'  A B',
			'A\tB',
			'A\u00a0B',
			'A \u00a0B',
			'AB',
			'A%20B',
		];
		expect(new Set(keys.map((key) => kept(idOf(key)))).size).toBe(keys.length);
	});

	it('comes back from Pipedrive as it was sent, on one line, whatever the key is', () => {
		const key = fc.string({
			unit: fc.constantFrom(' ', '\t', '\n', '\u00a0', '\u2003', '%', ':', '2', '0', 'A'),
		});
		fc.assert(
			fc.property(key, key, fc.constantFrom('100', 'A 1', 'A  1'), (one, other, scope) => {
				expect(kept(idOf(one, scope))).toBe(idOf(one, scope));
				expect(idOf(one)).not.toMatch(/[\r\n\t]/);
				// Blanks at the end are how databases fill a column up.
				if (one.trimEnd() !== other.trimEnd()) expect(idOf(one)).not.toBe(idOf(other));
			}),
			{ numRuns: 2000 },
		);
	});
});
