import { calendarOf, daysUntil, hoursUntil } from './calendar.mts';
import { countsOf, NO_COUNTS, type Counts } from './counts.mts';
import { instantOf, isRow, numberOf, textOf, type Row } from './rows.mts';
import { DAYS_SHOWN, HOURS_SHOWN } from './span.mts';

export interface Readings {
	/** Run rows (`sealed`) of the last days, the newest first, `mostRuns` at most. */
	runs: Row[];
	/** One or more run rows of each workflow that ever ran. */
	newestRuns: Row[];
	/** The newest row of each workflow that tells of a write. */
	newestWrites: Row[];
	/** What waits, the oldest first, `mostSetAside` at most. */
	setAside: Row[];
	budget: Row[];
	mostRuns: number;
	mostSetAside: number;
	/** Epoch milliseconds. */
	now: number;
	zone: string;
	/** Where n8n's editor is; '' = beside this page. */
	editorAddress: string;
}

export interface Day extends Counts {
	/** `2026-11-21`, in the zone of the workflow. */
	date: string;
	runs: number;
	dryRuns: number;
	/** Runs whose counts are gone. */
	uncounted: number;
}

export interface Source {
	workflowId: string;
	systems: string[];
	entity: string;
	lastRun: { at: number; runNumber: number; executionId: string; told: string };
	/** From reading a record in the ERP to its write in Pipedrive, the newest one; null = never wrote. */
	lagMs: number | null;
	/** The newest first. */
	days: Day[];
}

export interface SetAside {
	at: number | null;
	system: string;
	entity: string;
	erpKey: string;
	externalId: string;
	reason: string;
	status: string;
	attempts: number;
	retryAt: number | null;
	/** Of the run that set it aside; '' where that run is not among those read. */
	workflowId: string;
	executionId: string;
}

export interface Budget {
	perDay: number;
	reserve: number;
	left: number;
	kept: number;
	resetsAt: number | null;
}

export interface Figures {
	now: number;
	zone: string;
	editorAddress: string;
	sources: Source[];
	/** By hour, the oldest first. */
	hours: Array<{ start: number; tokens: number }>;
	/** In these hours together. */
	spent: number;
	budget: Budget | null;
	setAside: SetAside[];
	/** There may be more than these. */
	setAsideIsCut: boolean;
	/** The oldest run that was counted, where there were too many to read them all. */
	countedSince: number | null;
	/** What could not be read, in n8n's words. */
	problems: string[];
}

export function figuresOf(readings: Readings): Figures {
	const { now, zone, editorAddress } = readings;
	const runs = readings.runs.filter(isRow);
	const setAside = readings.setAside.filter(isRow);
	const hours = tokensByHour(runs, readings);
	const isCut = runs.length >= readings.mostRuns;
	return {
		now,
		zone,
		editorAddress,
		sources: sourcesOf(runs, readings),
		hours,
		spent: hours.reduce((sum, { tokens }) => sum + tokens, 0),
		budget: budgetOf(readings.budget[0] ?? {}),
		setAside: setAside.map((row) => setAsideOf(row, runs)),
		setAsideIsCut: setAside.length >= readings.mostSetAside,
		countedSince: isCut ? instantOf(runs[runs.length - 1].readAt) : null,
		problems: problemsOf(readings),
	};
}

function tokensByHour(runs: Row[], { now, zone }: Readings): Figures['hours'] {
	const starts = hoursUntil(calendarOf(zone).hourStart(now), HOURS_SHOWN);
	const length = 3_600_000;
	const tokens = starts.map(() => 0);
	for (const run of runs) {
		const at = Math.floor(((instantOf(run.readAt) ?? 0) - starts[0]) / length);
		if (at >= 0 && at < tokens.length) tokens[at] += numberOf(run.tokens);
	}
	return starts.map((start, at) => ({ start, tokens: tokens[at] }));
}

function sourcesOf(runs: Row[], readings: Readings): Source[] {
	const byWorkflow = new Map<string, Row[]>();
	for (const run of [...runs, ...readings.newestRuns.filter(isRow)]) {
		const workflowId = textOf(run.workflowId);
		const known = byWorkflow.get(workflowId);
		if (known) known.push(run);
		else byWorkflow.set(workflowId, [run]);
	}
	const writes = readings.newestWrites.filter(isRow);
	return [...byWorkflow]
		.map(([workflowId, own]) => sourceOf(workflowId, own, writes, readings))
		.sort((one, other) => other.lastRun.at - one.lastRun.at);
}

function sourceOf(workflowId: string, own: Row[], writes: Row[], readings: Readings): Source {
	const last = own.reduce((newest, run) =>
		(instantOf(run.readAt) ?? 0) > (instantOf(newest.readAt) ?? 0) ? run : newest,
	);
	const write = writes.find((row) => textOf(row.workflowId) === workflowId);
	const [read, written] = [instantOf(write?.readAt), instantOf(write?.writtenAt)];
	return {
		workflowId,
		systems: [...new Set(own.map(({ system }) => textOf(system)))].filter(Boolean),
		entity: textOf(write?.entity),
		lastRun: {
			at: instantOf(last.readAt) ?? 0,
			runNumber: numberOf(last.runNumber),
			executionId: textOf(last.executionId),
			told: textOf(last.reason),
		},
		lagMs: read === null || written === null ? null : Math.max(0, written - read),
		days: daysOf(own, readings),
	};
}

/** A run that was read twice counts once. */
function daysOf(runs: Row[], { now, zone }: Readings): Day[] {
	const { dayOf } = calendarOf(zone);
	const empty = { ...NO_COUNTS, runs: 0, dryRuns: 0, uncounted: 0 };
	const days = daysUntil(dayOf(now), DAYS_SHOWN).map((date): Day => ({ date, ...empty }));
	const byDate = new Map(days.map((day) => [day.date, day]));
	const seen = new Set<unknown>();
	for (const run of runs) {
		const at = instantOf(run.readAt);
		const day = at === null ? undefined : byDate.get(dayOf(at));
		if (!day || seen.has(run.id)) continue;
		seen.add(run.id);
		day.runs++;
		const told = countsOf(textOf(run.reason));
		if (!told) day.uncounted++;
		else if (told.isDryRun) day.dryRuns++;
		else {
			day.created += told.created;
			day.updated += told.updated;
			day.unchanged += told.unchanged;
			day.setAside += told.setAside;
		}
	}
	return days;
}

function setAsideOf(row: Row, runs: Row[]): SetAside {
	const run = runs.find(({ runId }) => runId !== '' && runId === row.runId);
	return {
		at: instantOf(row.setAsideAt),
		system: textOf(row.system),
		entity: textOf(row.entity),
		erpKey: textOf(row.erpKey),
		externalId: textOf(row.externalId),
		reason: textOf(row.reason),
		status: textOf(row.status),
		attempts: numberOf(row.attempt),
		retryAt: instantOf(row.retryAt),
		workflowId: textOf(run?.workflowId),
		executionId: textOf(run?.executionId),
	};
}

function budgetOf(row: Row): Budget | null {
	if (typeof row.perDay !== 'number') return null;
	return {
		perDay: row.perDay,
		reserve: numberOf(row.reserve),
		left: numberOf(row.left),
		kept: numberOf(row.kept),
		resetsAt: instantOf(row.resetsAt),
	};
}

function problemsOf({ runs, newestRuns, newestWrites, setAside, budget }: Readings): string[] {
	const told = [runs, newestRuns, newestWrites, setAside, budget]
		.flat()
		.map(({ error }) => textOf(error))
		.filter(Boolean);
	return [...new Set(told)];
}
