/**
 * Time that passes only while nobody is at work: imported first, it replaces `Date` and `setTimeout` of this process.
 * A pause takes no time; requests under way are waited for, and each tells the servers what time it is.
 */
import http from 'node:http';

const RealDate = Date;
const realImmediate = setImmediate;
/** Turns of the event loop without anything under way before time moves on. */
const QUIET_TURNS = 25;

interface Timer {
	at: number;
	order: number;
	run: () => void;
}

let world = 0;
let skewMs = 0;
let isRunning = false;
let isStepping = false;
let inFlight = 0;
let orders = 0;
let quiet = 0;
const timers = new Map<object, Timer>();

/** Epoch milliseconds of everybody but this process. */
export const worldNow = (): number => world;

export function setClocks(clocks: { world: number; skewMs: number }): void {
	world = Math.max(world, clocks.world);
	skewMs = clocks.skewMs;
}

/** For a life that begins at another time. */
export function resetTime(): void {
	world = 0;
	timers.clear();
}

/** Lets time pass where nothing else is to do. */
export function letTimePass(isAllowed: boolean): void {
	isRunning = isAllowed;
	step();
}

const now = () => (world === 0 ? RealDate.now() : Math.floor(world + skewMs));

globalThis.Date = new Proxy(RealDate, {
	construct: (target, args, newTarget) =>
		Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
	apply: () => new RealDate(now()).toString(),
	get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
});

globalThis.setTimeout = ((callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
	const handle = {
		ref: () => handle,
		unref: () => handle,
		hasRef: () => true,
		refresh: () => handle,
	};
	Object.assign(handle, {
		[Symbol.toPrimitive]: () => 1,
		close: () => clearTimeout(handle as never),
	});
	const at = world + Math.max(0, Number(ms) || 0);
	timers.set(handle, { at, order: orders++, run: () => callback(...args) });
	step();
	return handle;
}) as unknown as typeof setTimeout;

globalThis.clearTimeout = ((handle: object | undefined) => {
	if (handle) timers.delete(handle);
}) as typeof clearTimeout;

const realRequest = http.request;
http.request = ((...args: Parameters<typeof http.request>) => {
	const request = realRequest(...args);
	request.setHeader('x-world-time', String(world));
	inFlight++;
	let isOver = false;
	const end = () => {
		if (isOver) return;
		isOver = true;
		inFlight--;
		step();
	};
	// The answer tells how long it took.
	request.once('response', ({ headers }) => {
		world = Math.max(world, Number(headers['x-world-time'] ?? 0));
	});
	request.once('close', end);
	request.once('error', end);
	return request;
}) as typeof http.request;

function step(): void {
	quiet = 0;
	if (isStepping) return;
	isStepping = true;
	realImmediate(turn);
}

function turn(): void {
	if (!isRunning || inFlight > 0 || timers.size === 0) {
		isStepping = false;
		return;
	}
	if (++quiet < QUIET_TURNS) {
		realImmediate(turn);
		return;
	}
	quiet = 0;
	const [handle, timer] = earliest();
	timers.delete(handle);
	world = Math.max(world, timer.at);
	timer.run();
	realImmediate(turn);
}

function earliest(): [object, Timer] {
	const [first, ...rest] = timers;
	return rest.reduce(
		(best, entry) =>
			entry[1].at < best[1].at || (entry[1].at === best[1].at && entry[1].order < best[1].order)
				? entry
				: best,
		first,
	);
}
