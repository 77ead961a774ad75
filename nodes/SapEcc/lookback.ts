import { DateTime } from 'luxon';
import { CoreError } from '../../core/http/errors';
import type { Parameters } from './parameters';

/** Change documents are searched without an index on their date, so the window is kept short. */
export const LOOKBACK_MINUTES = 120;

/** The hour that comes twice in autumn, and half an hour for documents that were saved late. */
const LEAST_MINUTES = 90;

/**
 * The change log carries local time. In a zone with summer time a shorter lookback would lose what changes in
 * the second of two equal hours.
 */
export function assertLookback(read: Parameters, zone: string): void {
	const options = read('pollOptions', {}) as { lookbackMinutes?: number };
	const minutes = Number(options.lookbackMinutes ?? LOOKBACK_MINUTES);
	if (minutes >= LEAST_MINUTES || !hasSummerTime(zone)) return;
	throw new CoreError(
		'configuration',
		`"Lookback" is ${minutes} minutes, and ${zone} has an hour that comes twice in autumn.`,
		{ remedy: `Set "Lookback" to ${LEAST_MINUTES} minutes at least; seen records cost nothing.` },
	);
}

function hasSummerTime(zone: string): boolean {
	const offsets = [1, 4, 7, 10].map(
		(month) => DateTime.fromObject({ year: 2026, month, day: 15 }, { zone }).offset,
	);
	return new Set(offsets).size > 1;
}
