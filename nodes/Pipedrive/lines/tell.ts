import type { FieldChange } from '../draft';
import { decimalText, exactOf, ONE, roundedTo } from './decimal';
import { lineText, type DealLine } from './dealLine';
import { isInOther } from './pairing';
import type { LinePlan } from './plan';

const MOST_LINES_TOLD = 20;

/** What changed, as one row for the audit: the lines before and after that differ. */
export function lineChanges(
	before: readonly DealLine[],
	after: readonly DealLine[],
): FieldChange[] {
	const textsBefore = new Map(before.map((line) => [line.id, lineText(line)]));
	const textsAfter = new Map(after.map((line) => [line.id, lineText(line)]));
	const from = [...textsBefore].filter(([id, text]) => textsAfter.get(id) !== text);
	const to = [...textsAfter].filter(([id, text]) => textsBefore.get(id) !== text);
	if (from.length + to.length === 0) return [];
	return [{ field: 'Lines', from: listed(from), to: listed(to) }];
}

/** The lines after a plan that is not carried out, for a dry run. */
export function foreseenLines(plan: LinePlan, current: readonly DealLine[]): DealLine[] {
	const removed = new Set(plan.removes);
	const updates = new Map(plan.updates.map((update) => [update.id, update]));
	const kept = current
		.filter(({ id }) => !removed.has(id))
		.map((line) => {
			const update = updates.get(line.id);
			if (!update) return line;
			const comments = update.wanted.comments || line.comments;
			const name = update.wanted.productId === line.productId ? line.name : '';
			return { ...line, ...update.wanted, comments, name: name || (update.wanted.text ?? '') };
		});
	const added = plan.adds.map(
		(wanted, index): DealLine => ({
			...wanted,
			id: -1 - index,
			dealId: 0,
			name: wanted.text ?? '',
			currency: '',
			taxMethod: 'exclusive',
			orderNumber: 0,
			sum: 0,
			isEnabled: true,
		}),
	);
	return [...kept, ...added];
}

/** Lines that the ERP does not have any more and that nobody asked to remove. */
export function stayingWarning({ staying }: LinePlan): string[] {
	if (staying.length === 0) return [];
	const subject = staying.length === 1 ? '1 line is' : `${staying.length} lines are`;
	return [
		`${subject} not in the ERP any more and stay in Pipedrive (${listed(staying.map((line) => [line.id, lineText(line)]))}): remove them there, or set Deal Lines to "Write and Remove".`,
	];
}

/** Lines that stood in another currency than the deal. */
export function currencyWarnings(
	replaced: readonly DealLine[],
	foreign: readonly DealLine[],
	currency: string | undefined,
): string[] {
	const others = foreign.filter((line) => isInOther(line, currency));
	const warnings: string[] = [];
	if (replaced.length > 0) {
		const lines = replaced.length === 1 ? '1 line' : `${replaced.length} lines`;
		warnings.push(
			`${lines} stood in ${currenciesOf(replaced)} and ${replaced.length === 1 ? 'was' : 'were'} made anew in ${currency}: Pipedrive does not change the currency of a line.`,
		);
	}
	if (others.length > 0) {
		warnings.push(
			`Lines that were added in Pipedrive stay in ${currenciesOf(others)}, while the deal is in ${currency} (${listed(others.map((line) => [line.id, lineText(line)]))}).`,
		);
	}
	return warnings;
}

function currenciesOf(lines: readonly DealLine[]): string {
	return [...new Set(lines.map(({ currency }) => currency))].join(', ');
}

/** More than a cent between the ERP's total and the sum that Pipedrive shows. */
export function differenceWarning(
	lines: readonly DealLine[],
	foreign: readonly DealLine[],
	total: string,
): string[] {
	const sum = sumOf(lines);
	const wanted = exactOf(total);
	if (sum === undefined || wanted === undefined) return [];
	const apart = roundedTo(sum - wanted, 2);
	const cent = ONE / 100n;
	if (apart <= cent && apart >= -cent) return [];
	const added = sumOf(foreign);
	const own =
		foreign.length === 0 || added === undefined
			? ''
			: `; lines that were added in Pipedrive come to ${decimalText(added)}`;
	return [
		`Pipedrive's lines come to ${decimalText(sum)}, the ERP's total is ${decimalText(wanted)}: a difference of ${decimalText(apart)}${own}.`,
	];
}

function sumOf(lines: readonly DealLine[]): bigint | undefined {
	let sum = 0n;
	for (const line of lines) {
		if (!line.isEnabled) continue;
		const value = exactOf(String(line.sum));
		if (value === undefined) return undefined;
		sum += value;
	}
	return sum;
}

function listed(lines: ReadonlyArray<readonly [number, string]>): string | null {
	if (lines.length === 0) return null;
	const told = lines.slice(0, MOST_LINES_TOLD).map(([, text]) => text);
	const rest = lines.length - told.length;
	return [...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}
