import { ENTITIES, type Entity } from '../entities';
import { LINKED_NAMES } from '../linkedChanges';
import type { LinkedSet } from '../linkedRow';

/** What can be subscribed to, in the words of the polling trigger. */
export type EventEntity =
	| 'businessPartner'
	| 'creditNote'
	| 'incomingPayment'
	| 'invoice'
	| 'item'
	| 'order';

export const TRANSACTIONS = [
	'Cancelled',
	'Closed',
	'Created',
	'Deleted',
	'Reopened',
	'Updated',
] as const;
export type Transaction = (typeof TRANSACTIONS)[number];

/** One event of a subscription, in the words of the Service Layer. */
export interface EventOf {
	BusinessObject: string;
	TransactionType: Transaction;
}

export function objectOf(entity: EventEntity): string {
	return ENTITIES[entity].entitySet;
}

/** Where amounts of orders are read, what follows them counts as well. */
export function eventsOf(
	entity: EventEntity,
	transactions: readonly Transaction[],
	withLinked: boolean,
): EventOf[] {
	const own = transactions.map((TransactionType) => ({
		BusinessObject: objectOf(entity),
		TransactionType,
	}));
	if (!withLinked) return own;
	const linked = LINKED_NAMES.flatMap((BusinessObject) =>
		(['Created', 'Cancelled'] as const).map((TransactionType) => ({
			BusinessObject,
			TransactionType,
		})),
	);
	return [...own, ...linked];
}

export function isLinkedSet(object: string): object is LinkedSet {
	return (LINKED_NAMES as readonly string[]).includes(object);
}

/**
 * The word among these that is spelled alike but for its case, else the word as it was sent: the documentation shows
 * one spelling of event types, and nobody has seen every server.
 */
function spelledAs(word: string, known: readonly string[]): string {
	const small = word.toLowerCase();
	return known.find((name) => name.toLowerCase() === small) ?? word;
}

/** `orders` is `Orders`. */
export function objectSpelled(word: string): string {
	return spelledAs(word, [
		...Object.values(ENTITIES).map(({ entitySet }) => entitySet),
		...LINKED_NAMES,
	]);
}

/** `created` is `Created`. */
export function transactionSpelled(word: string): string {
	return spelledAs(word, TRANSACTIONS);
}

/** By which field the records of an object are told apart; `undefined`: nothing here subscribes to it. */
export function keyOf(object: string): Pick<Entity, 'key' | 'keyKind'> | undefined {
	if (isLinkedSet(object)) return { key: 'DocEntry', keyKind: 'number' };
	return Object.values(ENTITIES).find(({ entitySet }) => entitySet === object);
}
