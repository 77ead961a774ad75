/**
 * `npm run bench:memory [-- names]`: how much memory reading takes, source by source. The ERP runs in a process of its
 * own; here is what n8n's process would hold: source, sync and one batch. Memory is what is left after a collection.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { firstCheckpoint, LONG_AGO } from '../../core/n8n/firstPoll';
import { newCheckpoint, type Checkpoint } from '../../core/sync/checkpoint';
import { drain, type DrainLimits } from '../../core/sync/drain';
import type { DeltaSource } from '../../core/sync/source';
import { startSystem as startB1 } from '../nodes/sapBusinessOne/system.mts';
import { startSystem as startEcc } from '../nodes/sapEcc/system.mts';
import { startSystem as startS4Hana } from '../nodes/sapS4Hana/system.mts';
import { startSystem as startSage300 } from '../nodes/sage300/system.mts';
import { startSystem as startSyspro } from '../nodes/syspro/system.mts';
import { ERPS } from '../sandbox/erps.mts';

/** Companies; each gives a row or more by its changes, and one by the sweep. */
const FEW = 10_000;
const MANY = 100_000;
const BATCH = 500;
const LOOKBACK_SECONDS = 120 * 60;
/** What reading ten times as much may cost. */
const ALLOWED_MB = 20;

interface Opened {
	source: DeltaSource<unknown>;
	close(): Promise<void>;
}

/** The source as the node opens it, at an ERP that runs elsewhere; the small one that comes with it stays unused. */
const OPEN: Record<string, (baseUrl: string) => Promise<Opened>> = {
	s4hana: async (baseUrl) => opened(await startS4Hana(), (one) => one.source({}, at(baseUrl))),
	ecc: async (baseUrl) => opened(await startEcc(), (one) => one.source({}, at(baseUrl))),
	b1: async (baseUrl) =>
		opened(await startB1(), (one) => one.source('businessPartner', {}, at(baseUrl))),
	syspro: async (baseUrl) =>
		opened(await startSyspro(), (one) => one.source('customer', {}, at(baseUrl))),
	sage300: async (baseUrl) => opened(await startSage300(), (one) => one.customers({}, at(baseUrl))),
};

const at = (baseUrl: string) => ({ credential: { baseUrl } });

function opened<S extends { close(): Promise<void> }>(
	system: S,
	open: (system: S) => DeltaSource<unknown>,
): Opened {
	return { source: open(system), close: () => system.close() };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heldMegabytes(): number {
	collect();
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	return (heapUsed + arrayBuffers) / 1e6;
}

interface Reading {
	/** Rows by what changed, and by the sweep. */
	changed: number;
	swept: number;
	seconds: number;
	/** Above what was held before, with one batch in hand. */
	peakMb: number;
	checkpointKb: number;
}

async function read(name: string, count: number): Promise<Reading> {
	const child = spawn(process.execPath, [TSX, 'test/bench/erpProcess.mts', name, String(count)], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	try {
		const { source, close } = await OPEN[name](await addressOf(child));
		const reading = await everything(source);
		await close();
		return reading;
	} finally {
		child.stdin?.end();
	}
}

const TSX = 'node_modules/tsx/dist/cli.mjs';

async function addressOf(child: ChildProcess): Promise<string> {
	let line = '';
	while (!line.includes('\n')) {
		const [chunk] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
		line += chunk.toString();
	}
	return String((JSON.parse(line) as { baseUrl: string }).baseUrl);
}

/** Everything twice, as a trigger does it: by what changed since long ago, and by the sweep of a first load. */
async function everything(source: DeltaSource<unknown>): Promise<Reading> {
	const limits = (): DrainLimits => ({
		maxRecords: BATCH,
		hasTime: () => true,
		lookbackSeconds: LOOKBACK_SECONDS,
		localNow: new Date().toISOString().slice(0, 19),
		now: Date.now(),
	});
	const sweep = { maxVanishedShare: 1, alwaysAllowedVanished: 0, nextAt: 1e15 };
	const reading: Reading = { changed: 0, swept: 0, seconds: 0, peakMb: 0, checkpointKb: 0 };
	const before = heldMegabytes();
	const startedAt = Date.now();
	const batches = async (from: Checkpoint, more: Partial<DrainLimits>): Promise<number> => {
		let [checkpoint, rows] = [from, 0];
		for (let hasMore = true; hasMore; ) {
			const drained = await drain(source, checkpoint, { ...limits(), ...more });
			rows += drained.records.length;
			reading.peakMb = Math.max(reading.peakMb, heldMegabytes() - before);
			checkpoint = drained.next;
			hasMore = drained.hasMore;
			const size = JSON.stringify(checkpoint).length / 1000;
			reading.checkpointKb = Math.max(reading.checkpointKb, Math.round(size));
		}
		return rows;
	};
	if (source.changes) reading.changed = await batches(newCheckpoint('all', LONG_AGO), {});
	const start = await firstCheckpoint(source, {
		scope: 'all',
		startFrom: 'everything',
		sweepEveryMs: 1e12,
		limits: { ...limits(), sweep },
	});
	reading.swept = await batches(start, { sweep });
	reading.seconds = (Date.now() - startedAt) / 1000;
	return reading;
}

/** Prints a table; false where a source grows by more than is allowed. */
async function benchMemory(names: readonly string[]): Promise<boolean> {
	const chosen = ERPS.filter(({ name }) => names.length === 0 || names.includes(name));
	console.log(
		'| source | changed rows | swept rows | s | MB held at most | checkpoint kB | growth MB |',
	);
	console.log('|---|---|---|---|---|---|---|');
	let isFlat = true;
	for (const { name } of chosen) {
		const few = await read(name, FEW);
		printRow(name, few, '');
		const many = await read(name, MANY);
		const growth = many.peakMb - few.peakMb;
		printRow(name, many, growth.toFixed(1));
		isFlat &&= growth < ALLOWED_MB;
	}
	return isFlat;
}

function printRow(name: string, reading: Reading, growth: string): void {
	const { changed, swept, seconds, peakMb, checkpointKb } = reading;
	const cells = [name, changed, swept, seconds.toFixed(0), peakMb.toFixed(1), checkpointKb, growth];
	console.log(`| ${cells.join(' | ')} |`);
}

process.exitCode = (await benchMemory(process.argv.slice(2))) ? 0 : 1;
