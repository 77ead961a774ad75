import type { Field } from './fields';
import { shown } from './fieldValues';

export interface FieldChange {
	field: string;
	from: unknown;
	to: unknown;
}

export type Body = Record<string, unknown> & { custom_fields?: Record<string, unknown> };

/** The body of a write while it is made, and what it changes. */
export class Draft {
	readonly body: Body = {};
	changes: FieldChange[] = [];
	private readonly names = new Map<string, string>();

	/** Takes built-in fields back. */
	drop(keys: readonly string[]): void {
		for (const key of keys) {
			delete this.body[key];
			this.changes = this.changes.filter(({ field }) => field !== this.names.get(key));
		}
	}

	set(field: Field, from: unknown, to: unknown): void {
		if (field.isCustom) (this.body.custom_fields ??= {})[field.key] = to;
		else this.body[field.key] = to;
		this.names.set(field.key, field.name);
		const change = { field: field.name, from: shown(field, from), to: shown(field, to) };
		const same = this.changes.findIndex(({ field: name }) => name === field.name);
		if (same >= 0) this.changes[same] = change;
		else this.changes.push(change);
	}
}

/** Body keys of a write, custom ones by their own key. */
export function keysOf(body: Body): Set<string> {
	return new Set([...Object.keys(body), ...Object.keys(body.custom_fields ?? {})]);
}
