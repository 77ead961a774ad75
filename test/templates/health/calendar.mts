const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Calendar {
	/** `2026-11-21`, as people of the zone call it. */
	dayOf(instant: number): string;
	/** When the running hour of the zone began. */
	hourStart(instant: number): number;
}

/** @param zone IANA name, for example `Europe/Berlin` */
export function calendarOf(zone: string): Calendar {
	const format = new Intl.DateTimeFormat('en-CA', {
		timeZone: zone,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
	});
	const minuteFormat = new Intl.DateTimeFormat('en-US', { timeZone: zone, minute: 'numeric' });
	return {
		dayOf: (instant) => format.format(instant),
		hourStart(instant) {
			const minutes = Number(minuteFormat.format(instant));
			return Math.floor(instant / 60_000) * 60_000 - minutes * 60_000;
		},
	};
}

/** The newest first; `last` is a day as `2026-11-21`. */
export function daysUntil(last: string, count: number): string[] {
	const noon = Date.parse(`${last}T12:00:00Z`);
	return Array.from({ length: count }, (_, back) =>
		new Date(noon - back * DAY_MS).toISOString().slice(0, 10),
	);
}

/** The oldest first; the last one is the hour that began at `lastStart`. */
export function hoursUntil(lastStart: number, count: number): number[] {
	return Array.from({ length: count }, (_, at) => lastStart - (count - 1 - at) * HOUR_MS);
}
