import { DateTime } from 'luxon';
import type { INodeProperties, IPollFunctions } from 'n8n-workflow';

/** Where a trigger begins: what a person decides first, so it stands right below the entity. */
export const startProperties: INodeProperties[] = [
	{
		displayName: 'Start From',
		name: 'startFrom',
		type: 'options',
		noDataExpression: true,
		default: 'everything',
		description:
			'What the first run delivers. Counts once: publishing again never starts over, use "Rewind To" for that.',
		hint: 'Fetch Test Event shows 10 records at most and moves no position: the rest comes once the workflow is published',
		options: [
			{
				name: 'Everything',
				value: 'everything',
				description:
					'All records first, then every change. Thousands of records take several runs.',
			},
			{
				name: 'From a Date',
				value: 'date',
				description: 'What changed since a date, then every change',
			},
			{ name: 'From Now', value: 'now', description: 'Only what changes from now on' },
		],
	},
	{
		displayName: 'Start Date',
		name: 'startDate',
		type: 'dateTime',
		default: '',
		required: true,
		displayOptions: { show: { startFrom: ['date'] } },
		description: 'In the time zone of the ERP unless it carries an offset',
	},
];

/** What is rarely touched, at the end of a trigger's panel. */
export const pollProperties: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'pollOptions',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Accept Missing Records Up To (%)',
				name: 'maxVanishedPercent',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 100 },
				default: 2,
				description:
					'Share of all records that one sweep may find missing before it stops with an error. A lost authorization looks like a mass deletion: raise this only when the records are really gone.',
			},
			{
				displayName: 'Drain Backlog',
				name: 'drainBacklog',
				type: 'boolean',
				default: true,
				description:
					'Whether one poll goes on with the next batch as soon as the last one succeeded, instead of waiting for the next interval',
			},
			{
				displayName: 'Full Sweep Every (Hours)',
				name: 'sweepEveryHours',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 24,
				description:
					'How often everything is read and compared. Finds changes that the ERP puts no date on, such as an address or an e-mail, and records that vanished. 0 turns it off: such changes are then never seen.',
			},
			{
				displayName: 'Lookback (Minutes)',
				name: 'lookbackMinutes',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 1440,
				description:
					'How far behind the last position each poll reads again, for records that became visible late. What was delivered already is not delivered twice. Dates without a time are read in whole days.',
			},
			{
				displayName: 'Max Records per Run',
				name: 'maxRecords',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 5000 },
				default: 500,
				description: 'At most so many records leave in one run of the workflow',
			},
			{
				displayName: 'Max Run Time (Minutes)',
				name: 'maxRunMinutes',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 30,
				description:
					'How long a run that has not ended holds back the next one. After that its records are delivered again.',
			},
			{
				displayName: 'Move the Mark',
				name: 'moveMark',
				type: 'options',
				default: 'afterSuccess',
				description: 'When delivered records count as done',
				options: [
					{
						name: 'After the Run Succeeded',
						value: 'afterSuccess',
						description: 'A failed run is repeated: nothing is lost',
					},
					{
						name: 'When Handed Over',
						value: 'whenHandedOver',
						description: 'A failed run is not repeated by the trigger',
					},
				],
			},
			{
				displayName: 'Rewind To',
				name: 'rewindTo',
				type: 'dateTime',
				default: '',
				description:
					'Delivers everything that changed since then once more. Applied once for each date you enter. In the time zone of the ERP unless it carries an offset.',
			},
		],
	},
];

/** What the options say and which of them count, for some entities of a trigger or, without them, for all. */
export interface UsualPoll {
	entity?: string[];
	lookbackMinutes?: number;
	sweepEveryHours?: number;
	/** Options that change nothing: what is compared whole has no lookback, and its sweep is every poll. */
	without?: readonly string[];
}

/** For entities that are compared whole at every poll. */
export const WITHOUT_WINDOW = ['lookbackMinutes', 'sweepEveryHours'] as const;
/** For entities that cannot be listed whole. */
export const WITHOUT_SWEEP = ['sweepEveryHours', 'maxVanishedPercent'] as const;

/** The options with the source's own defaults, so that adding one changes nothing by itself. */
export function pollPropertiesFor(...usual: UsualPoll[]): INodeProperties[] {
	return pollProperties.map((property) => ({
		...property,
		options: (property.options as INodeProperties[]).flatMap((option) =>
			usual.some((one) => option.name in one || one.without?.includes(option.name))
				? usual
						.filter((one) => !one.without?.includes(option.name))
						.map((one) => usualOption(option, one))
				: [option],
		),
	}));
}

function usualOption(option: INodeProperties, usual: UsualPoll): INodeProperties {
	const own = option.name as 'lookbackMinutes' | 'sweepEveryHours';
	return {
		...option,
		default: usual[own] ?? option.default,
		...(usual.entity && { displayOptions: { show: { '/entity': usual.entity } } }),
	};
}

export interface PollSettings {
	startFrom: 'everything' | 'date' | 'now';
	/** Cursor values in the ERP's zone. */
	startDate?: string;
	rewindTo?: string;
	maxRecords: number;
	lookbackSeconds: number;
	drainBacklog: boolean;
	sweepEveryMs: number;
	maxVanishedShare: number;
	maxRunMs: number;
	moveMark: 'afterSuccess' | 'whenHandedOver';
}

/**
 * Reads what `pollProperties` show.
 *
 * @param defaults what the source needs where the user chose nothing
 */
export function pollSettings(
	context: Pick<IPollFunctions, 'getNodeParameter'>,
	zone: string,
	defaults: { lookbackMinutes?: number; sweepEveryHours?: number } = {},
): PollSettings {
	const options = context.getNodeParameter('pollOptions', {}) as Record<string, unknown>;
	const number = (name: string, fallback: number) => {
		const value = Number(options[name] ?? fallback);
		return Number.isFinite(value) ? value : fallback;
	};
	const startFrom = context.getNodeParameter(
		'startFrom',
		'everything',
	) as PollSettings['startFrom'];
	return {
		startFrom,
		startDate:
			startFrom === 'date'
				? cursorValueOf(context.getNodeParameter('startDate', ''), zone)
				: undefined,
		rewindTo: cursorValueOf(options.rewindTo, zone),
		maxRecords: Math.max(1, Math.floor(number('maxRecords', 500))),
		lookbackSeconds: Math.max(0, number('lookbackMinutes', defaults.lookbackMinutes ?? 1440) * 60),
		drainBacklog: options.drainBacklog !== false,
		sweepEveryMs:
			Math.max(0, number('sweepEveryHours', defaults.sweepEveryHours ?? 24)) * 3_600_000,
		maxVanishedShare: number('maxVanishedPercent', 2) / 100,
		maxRunMs: Math.max(1, number('maxRunMinutes', 30)) * 60_000,
		moveMark: options.moveMark === 'whenHandedOver' ? 'whenHandedOver' : 'afterSuccess',
	};
}

/** A date that a person typed as a cursor value; `undefined` when empty. Throws a `RangeError` that names the value. */
export function cursorValueOf(value: unknown, zone: string): string | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const parsed =
		value instanceof Date
			? DateTime.fromJSDate(value, { zone })
			: DateTime.fromISO(String(value).trim().replace(' ', 'T'), { zone });
	if (!parsed.isValid) {
		throw new RangeError(
			`"${String(value)}" is no date. Write it as 2026-11-20 or 2026-11-20T08:00:00.`,
		);
	}
	return parsed.toFormat("yyyy-MM-dd'T'HH:mm:ss");
}

/** The present in the ERP's zone as a cursor value. */
export function localNow(epochMs: number, zone: string): string {
	return DateTime.fromMillis(epochMs, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}
