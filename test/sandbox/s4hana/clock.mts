/** The system's time: an instant, and the date and time its fields carry, in the server's zone. */
import { DateTime } from 'luxon';

export interface Clock {
	now(): number;
	/** IANA zone in which the server writes its dates and times; S/4HANA Cloud writes UTC. */
	zone: string;
	/** Added to the `Date` header only: a proxy or load balancer whose clock is off. */
	skewMs: number;
}

/** `date` in ms of a `DateTime` without time, `time` in seconds, `compact` as `YYYYMMDDhhmmss`. */
export interface Stamp {
	instant: number;
	date: number;
	time: number;
	compact: string;
}

export const OPEN_END = Date.UTC(9999, 11, 31);

export function stampOf(instant: number, zone: string): Stamp {
	const local = DateTime.fromMillis(instant, { zone });
	return {
		instant,
		date: Date.UTC(local.year, local.month - 1, local.day),
		time: local.hour * 3600 + local.minute * 60 + local.second,
		compact: local.toFormat('yyyyMMddHHmmss'),
	};
}
