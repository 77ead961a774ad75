/** What a request body may look like: a small strict schema, unknown keys refused. */

export interface Schema {
	type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
	/** The vendor's document declares null. */
	nullable?: true;
	/** The document does not declare null, though it is the only way to unlink or clear. */
	clearable?: true;
	enum?: ReadonlyArray<string | number>;
	minLength?: number;
	maxLength?: number;
	/** `moment`: RFC 3339; `date`: YYYY-MM-DD. */
	format?: 'moment' | 'date';
	items?: Schema;
	maxItems?: number;
	properties?: Record<string, Schema>;
	required?: readonly string[];
	/** Further keys pass; the operation checks them itself. */
	open?: true;
}

export const str = (more: Partial<Schema> = {}): Schema => ({ type: 'string', ...more });
export const int = (more: Partial<Schema> = {}): Schema => ({ type: 'integer', ...more });
export const num = (more: Partial<Schema> = {}): Schema => ({ type: 'number', ...more });
export const bool = (more: Partial<Schema> = {}): Schema => ({ type: 'boolean', ...more });
export const listOf = (items: Schema, more: Partial<Schema> = {}): Schema => ({
	type: 'array',
	items,
	...more,
});
export const obj = (
	properties: Record<string, Schema>,
	required: readonly string[] = [],
	more: Partial<Schema> = {},
): Schema => ({ type: 'object', properties, required, ...more });

const moment = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;
const date = /^\d{4}-\d\d-\d\d$/;

export function isDate(text: string): boolean {
	if (!date.test(text)) return false;
	const parsed = new Date(`${text}T00:00:00Z`);
	// 30 February would become 2 March.
	return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

/** The first fault in words, or undefined. `allowClearing`: null passes where it only unlinks. */
export function faultOf(
	schema: Schema,
	value: unknown,
	path: string,
	allowClearing: boolean,
): string | undefined {
	if (value === null) {
		if (schema.nullable || (schema.clearable && allowClearing)) return undefined;
		return `${path}: expected ${schema.type}, received null`;
	}
	if (typeOf(value) !== schema.type && !(schema.type === 'number' && typeOf(value) === 'integer')) {
		return `${path}: expected ${schema.type}, received ${typeOf(value)}`;
	}
	if (schema.enum && !schema.enum.includes(value as string | number)) {
		return `${path}: must be one of ${schema.enum.join(', ')}`;
	}
	if (typeof value === 'string') return textFault(schema, value, path);
	if (Array.isArray(value)) return listFault(schema, value, path, allowClearing);
	if (schema.type === 'object') {
		return objectFault(schema, value as Record<string, unknown>, path, allowClearing);
	}
	return undefined;
}

function typeOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	return typeof value;
}

function textFault(schema: Schema, value: string, path: string): string | undefined {
	if (schema.minLength !== undefined && value.trim().length < schema.minLength) {
		return `${path}: must have at least ${schema.minLength} character(s)`;
	}
	if (schema.maxLength !== undefined && value.length > schema.maxLength) {
		return `${path}: must have at most ${schema.maxLength} characters`;
	}
	if (schema.format === 'moment' && !moment.test(value)) return `${path}: must be RFC 3339`;
	if (schema.format === 'date' && !isDate(value)) return `${path}: must be YYYY-MM-DD`;
	return undefined;
}

function listFault(schema: Schema, value: unknown[], path: string, allowClearing: boolean) {
	if (schema.maxItems !== undefined && value.length > schema.maxItems) {
		return `${path}: must have at most ${schema.maxItems} items`;
	}
	for (const [index, item] of value.entries()) {
		const fault = faultOf(schema.items as Schema, item, `${path}[${index}]`, allowClearing);
		if (fault) return fault;
	}
	return undefined;
}

function objectFault(
	schema: Schema,
	value: Record<string, unknown>,
	path: string,
	allowClearing: boolean,
): string | undefined {
	const inside = (key: string) => (path === '' ? key : `${path}.${key}`);
	const properties = schema.properties ?? {};
	for (const key of Object.keys(value)) {
		if (!Object.hasOwn(properties, key)) {
			if (schema.open) continue;
			return `${inside(key)}: Parameter '${key}' is not allowed for this request`;
		}
		const fault = faultOf(properties[key], value[key], inside(key), allowClearing);
		if (fault) return fault;
	}
	const missing = (schema.required ?? []).find((key) => !Object.hasOwn(value, key));
	return missing === undefined ? undefined : `${inside(missing)}: Required`;
}
