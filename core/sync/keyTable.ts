import { createHash } from 'node:crypto';

/**
 * Remembers the keys of a whole sweep in a fixed 16 kB, however many there are, and names those that differ
 * from another sweep's as long as they are few: an invertible Bloom lookup table (Goodrich and Mitzenmacher,
 * "Invertible Bloom Lookup Tables", 2011). That is how a vanished record can be named without keeping a list
 * of all keys in the checkpoint.
 */
const CELLS_PER_HASH = 200;
const HASHES = 3;
const CELLS = CELLS_PER_HASH * HASHES;
/** Longest key, in UTF-8 bytes. ERP customer keys have 10 to 15. */
const MAX_KEY_BYTES = 20;
const KEY_BYTES = MAX_KEY_BYTES + 1;
const CHECK_BYTES = 4;
const CELL_BYTES = 2 + KEY_BYTES + CHECK_BYTES;

export interface KeyTableState {
	/** base64 of the cells. */
	cells: string;
	total: number;
	/** Some key did not fit: differences cannot be named. */
	isBlind?: boolean;
}

export interface KeyDifference {
	onlyHere: string[];
	onlyThere: string[];
}

export class KeyTable {
	private readonly cells: Buffer;
	total: number;
	private isBlind: boolean;

	constructor(state?: KeyTableState) {
		this.cells = state ? Buffer.from(state.cells, 'base64') : Buffer.alloc(CELLS * CELL_BYTES);
		this.total = state?.total ?? 0;
		this.isBlind = state?.isBlind ?? false;
	}

	add(key: string): void {
		this.total++;
		const bytes = Buffer.from(key, 'utf8');
		if (bytes.length > MAX_KEY_BYTES) {
			this.isBlind = true;
			return;
		}
		this.toggle(bytes, 1);
	}

	state(): KeyTableState {
		const state: KeyTableState = { cells: this.cells.toString('base64'), total: this.total };
		return this.isBlind ? { ...state, isBlind: true } : state;
	}

	/** Keys that only one of both tables holds; `undefined` when there are too many to name. */
	differenceTo(other: KeyTable): KeyDifference | undefined {
		if (this.isBlind || other.isBlind) return undefined;
		const left = new KeyTable();
		for (let cell = 0; cell < CELLS; cell++) {
			const at = cell * CELL_BYTES;
			left.cells.writeInt16BE(wrap(this.cells.readInt16BE(at) - other.cells.readInt16BE(at)), at);
			for (let byte = at + 2; byte < at + CELL_BYTES; byte++) {
				left.cells[byte] = this.cells[byte] ^ other.cells[byte];
			}
		}
		return left.peel();
	}

	private peel(): KeyDifference | undefined {
		const difference: KeyDifference = { onlyHere: [], onlyThere: [] };
		const queue = Array.from({ length: CELLS }, (_, cell) => cell);
		while (queue.length > 0) {
			const cell = queue.pop() as number;
			const pure = this.pureKeyOf(cell);
			if (!pure) continue;
			(pure.sign > 0 ? difference.onlyHere : difference.onlyThere).push(pure.key.toString('utf8'));
			queue.push(...this.toggle(pure.key, -pure.sign));
		}
		return this.cells.every((byte) => byte === 0) ? difference : undefined;
	}

	private pureKeyOf(cell: number): { key: Buffer; sign: number } | undefined {
		const at = cell * CELL_BYTES;
		const sign = this.cells.readInt16BE(at);
		if (sign !== 1 && sign !== -1) return undefined;
		const length = this.cells[at + 2];
		if (length > MAX_KEY_BYTES) return undefined;
		const key = Buffer.from(this.cells.subarray(at + 3, at + 3 + length));
		const { check, cells } = placesOf(key);
		const stored = this.cells.subarray(at + 2 + KEY_BYTES, at + CELL_BYTES);
		return cells.includes(cell) && stored.equals(check) ? { key, sign } : undefined;
	}

	private toggle(key: Buffer, sign: number): number[] {
		const { cells, check } = placesOf(key);
		for (const cell of cells) {
			const at = cell * CELL_BYTES;
			this.cells.writeInt16BE(wrap(this.cells.readInt16BE(at) + sign), at);
			this.cells[at + 2] ^= key.length;
			for (let i = 0; i < key.length; i++) this.cells[at + 3 + i] ^= key[i];
			for (let i = 0; i < CHECK_BYTES; i++) this.cells[at + 2 + KEY_BYTES + i] ^= check[i];
		}
		return cells;
	}
}

function placesOf(key: Buffer): { cells: number[]; check: Buffer } {
	const hash = createHash('sha256').update(key).digest();
	const cells = Array.from(
		{ length: HASHES },
		(_, i) => i * CELLS_PER_HASH + (hash.readUInt32BE(i * 4) % CELLS_PER_HASH),
	);
	return { cells, check: hash.subarray(16, 16 + CHECK_BYTES) };
}

/** Counts wrap around in 16 bits; differences of both tables are right all the same. */
function wrap(count: number): number {
	return ((count + 0x8000) & 0xffff) - 0x8000;
}
