import { hash8 } from './digest';
import { SyncError } from './errors';

/** 12,000 x about 15 bytes: 180 kB, with what little `Seen` then keeps below the 256 kB of a checkpoint. */
export const MAX_OPEN = 12_000;

const HASH_CHARACTERS = 8;
const LONGEST_PREFIX = 35;

/**
 * Documents that were open when they were delivered last, with a hash of their version. They change without
 * their date, so they are read again until they are closed, however old they are.
 */
export class OpenDocuments {
	private readonly versions: Map<string, string>;

	/** @param packed what `state` gave; absent at the beginning */
	constructor(packed: readonly string[] = []) {
		this.versions = unpacked(packed);
	}

	get size(): number {
		return this.versions.size;
	}

	/** In ascending text order. */
	keys(): string[] {
		return [...this.versions.keys()].sort(ascending);
	}

	has(key: string): boolean {
		return this.versions.has(key);
	}

	isKnown(key: string, version: string): boolean {
		return this.versions.get(key) === hashOf(version);
	}

	remember(key: string, version: string): void {
		this.versions.set(key, hashOf(version));
		if (this.versions.size <= MAX_OPEN) return;
		throw new SyncError(
			'confirmation',
			`More than ${MAX_OPEN} open documents would have to be followed.`,
			'Let the trigger follow fewer: narrow its filter, or follow open documents for a shorter time.',
		);
	}

	forget(key: string): void {
		this.versions.delete(key);
	}

	/** Plain JSON: per document the length of what it shares with the one before, its hash, and the rest of its key. */
	state(): string[] {
		let before = '';
		return this.keys().map((key) => {
			const shared = sharedLength(before, key);
			before = key;
			return shared.toString(36) + this.versions.get(key) + key.slice(shared);
		});
	}
}

function unpacked(packed: readonly string[]): Map<string, string> {
	const versions = new Map<string, string>();
	let before = '';
	for (const entry of packed) {
		const key = before.slice(0, parseInt(entry[0], 36)) + entry.slice(1 + HASH_CHARACTERS);
		versions.set(key, entry.slice(1, 1 + HASH_CHARACTERS));
		before = key;
	}
	return versions;
}

/** 6 bytes: a version is only ever compared with the one before of the same document. */
function hashOf(version: string): string {
	return Buffer.from(hash8(version).slice(0, 12), 'hex').toString('base64');
}

function sharedLength(a: string, b: string): number {
	const most = Math.min(a.length, b.length, LONGEST_PREFIX);
	let length = 0;
	while (length < most && a[length] === b[length]) length++;
	return length;
}

function ascending(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
