import { NodeOperationError, type INode } from 'n8n-workflow';
import type { ItemReport } from './report';

const REASONS_SHOWN = 5;
const HOW_TO_GET_THEM =
	'To get set-aside records as items, connect the Set Aside output and choose "Send to Set Aside Output" in "When Records Are Set Aside".';

/** A report with its place in the batch. */
export type Entry = readonly [item: number, report: ItemReport];

export function setAsideOf(reports: readonly ItemReport[]): Entry[] {
	return [...reports.entries()].filter(([, { outcome }]) => outcome === 'setAside');
}

/**
 * After everything else was done: the reason of the first record that was set aside, then how many there are; the
 * reasons of the others and how to have them as items instead.
 *
 * @param all number of records in the run; 1 for the error of one record
 * @param notices what is about the run: of one that fails nothing else leaves the node
 */
export function setAsideError(
	node: INode,
	aside: readonly [Entry, ...Entry[]],
	all: number,
	notices: readonly string[] = [],
): NodeOperationError {
	const [[firstItem, first], ...others] = aside;
	const message = `${sentence(first.reason)} ${nameOf(firstItem, first)}${countText(aside, all)}.`;
	const error = new NodeOperationError(node, message, {
		description: [
			...others
				.slice(0, REASONS_SHOWN - 1)
				.map(([item, report]) => `${nameOf(item, report)}: ${sentence(report.reason)}`),
			...(aside.length > REASONS_SHOWN ? [`${aside.length - REASONS_SHOWN} more.`] : []),
			...notices,
			HOW_TO_GET_THEM,
		].join(' '),
	});
	// n8n puts a sentence of its own in the place of one that holds a code such as ECONNREFUSED.
	error.message = message;
	return error;
}

/** As it goes on behind the name of the first one. */
function countText(aside: readonly Entry[], all: number): string {
	const codes = codesOf(aside);
	const rest = all - aside.length;
	const others =
		rest === 0 ? '' : `; the other ${rest === 1 ? 'one was' : `${rest} were`} dealt with`;
	if (aside.length > 1) {
		return ` and ${aside.length - 1} more of ${all} records were set aside (${codes})${others}`;
	}
	return ` was set aside (${codes})${rest === 0 ? '' : `, 1 of ${all} records`}${others}`;
}

/** `rejected`, or `2 rejected, 1 ambiguous`. */
function codesOf(aside: readonly Entry[]): string {
	const byCode = new Map<string, number>();
	for (const [, { reasonCode = 'failed' }] of aside) {
		byCode.set(reasonCode, (byCode.get(reasonCode) ?? 0) + 1);
	}
	const codes = [...byCode.keys()];
	if (codes.length === 1) return codes[0];
	return [...byCode].map(([code, count]) => `${count} ${code}`).join(', ');
}

/** Items are counted from 1, as a person counts them. */
function nameOf(item: number, { externalId }: ItemReport): string {
	return `Item ${item + 1} (${externalId || 'no external id'})`;
}

function sentence(reason = 'It could not be written'): string {
	const text = reason.trim();
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
