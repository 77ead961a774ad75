/** One API operation: where it is, what it costs, what it takes, what it does. */
import type { Schema } from './schema.mts';
import type { User, World } from './world.mts';

export interface QueryParameter {
	/** `moment`: RFC 3339 in whole seconds; `list`: comma-separated. */
	type: 'integer' | 'boolean' | 'flag' | 'string' | 'moment' | 'list' | 'integers';
	enum?: readonly string[];
	required?: true;
	maxItems?: number;
	max?: number;
}

export interface Call {
	world: World;
	user: User;
	/** Integer where the path says `{id}` or `{…_id}`. */
	params: Record<string, string | number>;
	/** Parsed: numbers, booleans, arrays. */
	query: Record<string, unknown>;
	body: Record<string, unknown>;
}

export interface Reply {
	data: unknown;
	additionalData?: unknown;
	/** Keys beside `data` in the envelope. */
	extra?: Record<string, unknown>;
}

export type Kind =
	| 'list'
	| 'get'
	| 'create'
	| 'update'
	| 'delete'
	| 'search'
	| 'merge'
	| 'fields'
	| 'bulk';

export interface Operation {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	version: 'v1' | 'v2';
	/** As in the vendor's document: `/organizations/{id}`. */
	path: string;
	/** Daily tokens, as `x-token-cost` says. */
	cost: number;
	kind: Kind;
	query?: Record<string, QueryParameter>;
	body?: Schema;
	/** Of a good answer; default 200. */
	status?: number;
	run(call: Call): Reply;
}
