const SYSTEMS: Record<string, string> = {
	s4hana: 'SAP S/4HANA',
	ecc: 'SAP ECC',
	b1: 'SAP Business One',
	syspro: 'SYSPRO',
	sage300: 'Sage 300',
};

export const systemName = (system: string) =>
	Object.hasOwn(SYSTEMS, system) ? SYSTEMS[system] : system;

/** `salesOrder` as `sales order`. */
export const entityName = (entity: string) =>
	entity.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
export const amount = (number: number) => numbers.format(number);

export const counted = (count: number, one: string, many = `${one}s`) =>
	`${amount(count)} ${count === 1 ? one : many}`;

export function moment(instant: number, zone: string): string {
	return new Intl.DateTimeFormat('en-GB', {
		timeZone: zone,
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		hour: '2-digit',
		minute: '2-digit',
	}).format(instant);
}

export function hourName(instant: number, zone: string): string {
	const form = { timeZone: zone, hour: '2-digit', minute: '2-digit' } as const;
	return new Intl.DateTimeFormat('en-GB', form).format(instant);
}

/** `2026-11-21` as `Sat 21 Nov`. */
export function dayName(date: string): string {
	const form = { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' } as const;
	return new Intl.DateTimeFormat('en-GB', form)
		.format(Date.parse(`${date}T12:00:00Z`))
		.replace(',', '');
}

const UNITS: ReadonlyArray<readonly [milliseconds: number, name: string]> = [
	[86_400_000, 'day'],
	[3_600_000, 'hour'],
	[60_000, 'minute'],
	[1_000, 'second'],
];

/** In the largest unit of which there are two, rounded down. */
export function duration(milliseconds: number): string {
	if (milliseconds < 1_000) return 'less than a second';
	const [size, name] = UNITS.find(([unit]) => milliseconds >= 2 * unit) ?? UNITS[UNITS.length - 1];
	return counted(Math.floor(milliseconds / size), name);
}
