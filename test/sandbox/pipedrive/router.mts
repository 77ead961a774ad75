/** Finds the operation for a request and reads its query strictly. */
import { invalid } from './apiError.mts';
import type { Operation, QueryParameter } from './operation.mts';

export interface Routed {
	operation: Operation;
	params: Record<string, string | number>;
}

interface Entry {
	operation: Operation;
	segments: string[];
}

export class Router {
	private readonly entries: Entry[];

	constructor(operations: readonly Operation[]) {
		this.entries = operations.map((operation) => ({
			operation,
			segments: operation.path.split('/').filter((segment) => segment !== ''),
		}));
		// Fixed names before placeholders: /organizations/search before /organizations/{id}.
		const openness = ({ segments }: Entry) => segments.filter((s) => s.startsWith('{')).length;
		this.entries.sort((a, b) => openness(a) - openness(b));
	}

	/** `known`: the path exists for another method. */
	find(method: string, version: string, path: string): Routed | { known: boolean } {
		const segments = path.split('/').filter((segment) => segment !== '');
		let known = false;
		for (const entry of this.entries) {
			if (entry.operation.version !== version) continue;
			const params = fit(entry.segments, segments);
			if (!params) continue;
			if (entry.operation.method === method) return { operation: entry.operation, params };
			known = true;
		}
		return { known };
	}
}

function fit(template: string[], segments: string[]): Routed['params'] | undefined {
	if (template.length !== segments.length) return undefined;
	const params: Routed['params'] = {};
	for (const [index, part] of template.entries()) {
		if (!part.startsWith('{')) {
			if (part !== segments[index]) return undefined;
			continue;
		}
		const name = part.slice(1, -1);
		const value = decodeURIComponent(segments[index]);
		if (!name.endsWith('id')) params[name] = value;
		else if (/^[1-9]\d{0,15}$/.test(value)) params[name] = Number(value);
		else return undefined;
	}
	return params;
}

/** Numbers, booleans and lists as such; anything undeclared or malformed is a 400. */
export function readQuery(
	declared: Record<string, QueryParameter>,
	query: URLSearchParams,
): Record<string, unknown> {
	const read: Record<string, unknown> = {};
	for (const key of new Set(query.keys())) {
		const parameter = declared[key];
		if (!parameter) throw invalid(`${key}: Parameter '${key}' is not allowed for this request`);
		const values = query.getAll(key);
		if (values.length > 1) throw invalid(`${key}: given ${values.length} times`);
		read[key] = readParameter(key, parameter, values[0]);
	}
	const missing = Object.keys(declared).find((key) => declared[key].required && !(key in read));
	if (missing) throw invalid(`${missing}: Required`);
	return read;
}

function readParameter(key: string, parameter: QueryParameter, value: string): unknown {
	switch (parameter.type) {
		case 'integer': {
			const number = readInteger(key, value);
			if (parameter.max !== undefined && (number < 1 || number > parameter.max)) {
				throw invalid(`${key}: must be between 1 and ${parameter.max}`);
			}
			return number;
		}
		case 'integers':
			return limited(key, parameter, value.split(',')).map((part) => readInteger(key, part.trim()));
		case 'boolean':
			if (value !== 'true' && value !== 'false') throw invalid(`${key}: must be true or false`);
			return value === 'true';
		case 'flag':
			if (value !== '0' && value !== '1') throw invalid(`${key}: must be 0 or 1`);
			return value === '1';
		case 'moment':
			if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(value)) {
				throw invalid(`${key}: must be RFC 3339 in whole seconds, such as 2025-01-01T10:20:00Z`);
			}
			return `${new Date(value).toISOString().slice(0, 19)}Z`;
		case 'list': {
			const parts = limited(
				key,
				parameter,
				value.split(',').map((part) => part.trim()),
			);
			for (const part of parts) checkEnum(key, parameter, part);
			return parts;
		}
		case 'string':
			checkEnum(key, parameter, value);
			return value;
	}
}

function readInteger(key: string, text: string): number {
	if (!/^-?\d{1,15}$/.test(text)) throw invalid(`${key}: expected integer, received '${text}'`);
	return Number(text);
}

function limited(key: string, parameter: QueryParameter, parts: string[]): string[] {
	if (parameter.maxItems !== undefined && parts.length > parameter.maxItems) {
		throw invalid(`${key}: at most ${parameter.maxItems} are allowed`);
	}
	return parts;
}

function checkEnum(key: string, parameter: QueryParameter, value: string): void {
	if (parameter.enum && !parameter.enum.includes(value)) {
		throw invalid(`${key}: must be one of ${parameter.enum.join(', ')}`);
	}
}
