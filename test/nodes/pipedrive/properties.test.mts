/** What must hold for any input, not only for the examples. */
import fc from 'fast-check';
import type { ErpRecord } from '../../../core/record/erpRecord';
import {
	contactDigest,
	contactKey,
	mergedContacts,
	type ContactEntry,
} from '../../../nodes/Pipedrive/contacts';
import { RecordStore } from '../../../nodes/Pipedrive/recordStore';
import { matchOf, type MatchQuery } from '../../../nodes/Pipedrive/match';
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { contact, openBench, partner } from './support.mts';

const kind = fc.constantFrom('emails' as const, 'phones' as const);
const value = (of: 'emails' | 'phones') =>
	of === 'emails'
		? fc.integer({ min: 0, max: 6 }).map((n) => `p${n}@x.example`)
		: fc.integer({ min: 0, max: 6 }).map((n) => `+49 40 12345${n}`);
const entries = (of: 'emails' | 'phones') =>
	fc.uniqueArray(
		fc.record({
			value: value(of),
			primary: fc.boolean(),
			label: fc.constantFrom('work', 'home', 'other'),
		}),
		{ selector: (entry) => entry.value, maxLength: 5 },
	);
const slots = (of: 'emails' | 'phones') =>
	fc.array(
		fc.record({
			slot: fc.constantFrom('phone', 'mobile'),
			value: fc.oneof(fc.constant(''), value(of)),
			label: fc.constant('work'),
			lastWritten: fc.option(
				value(of).map((text) => contactDigest(of, text)),
				{ nil: undefined },
			),
		}),
		{ maxLength: 2 },
	);

describe('merging e-mails and phones', () => {
	it('keeps every foreign entry with its label, has what the ERP wants, and changes nothing the second time', () => {
		fc.assert(
			fc.property(
				kind.chain((of) => fc.tuple(fc.constant(of), entries(of), slots(of))),
				([of, current, wanted]) => {
					const merged = mergedContacts(of, current, wanted);
					const ours = new Set(wanted.map(({ lastWritten }) => lastWritten));
					const has = (list: readonly ContactEntry[], text: string) =>
						list.some((entry) => contactKey(of, entry.value) === contactKey(of, text));
					for (const entry of current) {
						if (ours.has(contactDigest(of, entry.value))) continue;
						expect(merged).toContainEqual(
							expect.objectContaining({ value: entry.value, label: entry.label }),
						);
					}
					for (const slot of wanted) {
						const isOutdone = wanted.some((other) => other !== slot && other.slot === slot.slot);
						if (slot.value !== '' && !isOutdone) expect(has(merged, slot.value)).toBe(true);
					}
					const settled = wanted.map((slot) => ({
						...slot,
						lastWritten: slot.value === '' ? undefined : contactDigest(of, slot.value),
					}));
					expect(mergedContacts(of, merged, settled)).toEqual(merged);
				},
			),
		);
	});
});

describe('matching', () => {
	const row = fc.record({
		id: fc.integer({ min: 1, max: 50 }),
		name: fc.constantFrom('Acme GmbH', 'ACME', 'Beta AG'),
		address: fc.constantFrom(
			{ value: 'Kai 1, 20457 Hamburg' },
			{ value: 'Am Markt 2, 80331 München' },
			null,
		),
		ids: fc.constantFrom('', 'e:1:c:1', 'e:1:c:2', 'e:1:c:1\ne:1:c:2', 'f:1:c:9'),
	});

	it('never creates where two records could be meant, and finds only carriers or unique matches', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 6 }),
				fc.constantFrom('match' as const, 'ask' as const),
				fc.constantFrom('setAside' as const, 'alias' as const, 'separate' as const),
				fc.constantFrom('Kai', ''),
				(rows, link, secondIdentity, street) => {
					const store = new RecordStore({
						entity: 'organization',
						externalIdKey: 'k',
						builtInKeys: ['address'],
						customKeys: ['k'],
					});
					for (const { ids, ...rest } of rows)
						store.put({ ...rest, custom_fields: { k: ids || null } });
					const query: MatchQuery = {
						entity: 'organization',
						externalId: 'e:1:c:1',
						idField: 'ERP ID',
						webUrl: 'https://acme.pipedrive.com',
						name: 'acme gmbh',
						address: {
							street,
							houseNumber: street ? '1' : '',
							postalCode: street ? '20457' : '',
							city: street ? 'Hamburg' : '',
							region: '',
							country: '',
						},
					};
					const match = matchOf(query, store, { externalIdKey: 'k', link, secondIdentity });
					const carriers = rows.filter(({ ids }) => ids.split('\n').includes('e:1:c:1'));
					const isOpen = ({ ids }: (typeof rows)[number]) =>
						secondIdentity !== 'separate' || ids === '';
					const named = rows.filter((one) => one.name !== 'Beta AG' && isOpen(one));
					const twins = named.filter(
						({ address }) => street !== '' && address?.value.startsWith('Kai'),
					);
					const doubtful = named.filter(({ address }) => street === '' || address === null);
					if (carriers.length > 1) expect(match.outcome).toBe('ambiguous');
					else if (carriers.length === 1) {
						expect(match).toMatchObject({
							outcome: 'found',
							by: 'externalId',
							row: { id: carriers[0].id },
						});
					} else if (twins.length > 1) expect(match.outcome).toBe('ambiguous');
					else if (twins.length === 1) expect(match.outcome).not.toBe('absent');
					else if (doubtful.length > 0) expect(match.outcome).toBe('ambiguous');
					else expect(match.outcome).toBe('absent');
				},
			),
		);
	});
});

describe('replaying', () => {
	const text = fc.constantFrom('', 'a', ' B ', 'ä"é', 'x'.repeat(300), '0', '<b>', '1,5');
	const optional = fc.option(text, { nil: undefined });
	const record = fc
		.record({
			n: fc.integer({ min: 0, max: 4 }),
			name: fc.constantFrom('Acme', 'ACME GmbH', '', 'x'.repeat(300), ' spaced  out '),
			phone: optional,
			email: fc.option(fc.constantFrom('', 'a@b.example', 'bad'), { nil: undefined }),
			website: optional,
			taxNumber: optional,
			street: fc.constantFrom('', 'Kai', 'Haupt-Straße  '),
			country: fc.constantFrom('DE', 'XX', ''),
			type: fc.subarray(['Customer' as const, 'Supplier' as const]),
			isBlocked: fc.boolean(),
			contacts: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
			contactEmail: fc.constantFrom('', 'shared@x.example', 'no'),
			day: fc.constantFrom('2026-11-19', '2026-11-20'),
		})
		.map(
			(made): ErpRecord =>
				partner(made.n, {
					organization: {
						name: made.name,
						type: made.type,
						phone: made.phone,
						email: made.email,
						website: made.website,
						taxNumber: made.taxNumber,
						billingAddress: {
							street: made.street,
							houseNumber: '',
							postalCode: '',
							city: '',
							region: '',
							country: made.country,
						},
					},
					erp: { isBlocked: made.isBlocked, changedAt: made.day },
					persons: made.contacts.map((n) =>
						contact(n, { email: made.contactEmail, phone: made.phone }),
					),
				}),
		);

	it('any batch again changes nothing in Pipedrive, also after a restart', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 6 }), async (batch) => {
				const bench = await openBench();
				try {
					const state = () =>
						JSON.stringify([
							bench.sandbox.records('organizations'),
							bench.sandbox.records('persons'),
						]);
					const first = await bench.run(batch);
					expect(first.reports).toHaveLength(batch.length);
					const before = state();
					const knownIds = first.reports
						.flatMap(({ idRows }) => idRows)
						.map((row) => ({ ...row, digests: JSON.parse(row.digests) }));
					bench.clock.advance(60_000);
					await bench.run(batch);
					expect(state()).toBe(before);
					await bench.run(batch, { memory: createProcessMemory(), settings: { knownIds } });
					expect(state()).toBe(before);
				} finally {
					await bench.close();
				}
			}),
			{ numRuns: 40 },
		);
	}, 60_000);
});
