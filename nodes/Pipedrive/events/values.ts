export type Row = Record<string, unknown>;

const CUSTOM_KEY = /^([0-9a-f]{40})(?:_(\w+))?$/;

/** Built-in values alike in both versions; custom fields without their wrapping. */
export function plainRow(row: Row): Row {
	const builtIn = Object.entries(row).filter(([key]) => key !== 'custom_fields');
	const plain = builtIn.map(([key, value]) => [key, plainBuiltIn(key, value)]);
	const fields = isRow(row.custom_fields) ? Object.entries(row.custom_fields) : [];
	const custom = fields.map(([key, value]) => [key, plainValue(value)]);
	return { ...Object.fromEntries(plain), custom_fields: Object.fromEntries(custom) } as Row;
}

/** Version 1.0 puts custom fields beside the others, one key for each part. */
export function plainFlatRow(row: Row): Row {
	const builtIn: Array<[string, unknown]> = [];
	const parts: Record<string, Row> = {};
	for (const [key, value] of Object.entries(row)) {
		const [, field, part = 'value'] = CUSTOM_KEY.exec(key) ?? [];
		if (field === undefined) builtIn.push([key, value]);
		else parts[field] = { ...parts[field], [part]: value };
	}
	return plainRow({ ...Object.fromEntries(builtIn), custom_fields: parts });
}

function plainBuiltIn(key: string, value: unknown): unknown {
	if (typeof value !== 'string') return value;
	if (key === 'visible_to' && /^\d+$/.test(value)) return Number(value);
	// Version 1.0 writes UTC without saying so.
	return /_time$/.test(key) && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)
		? `${value.replace(' ', 'T')}Z`
		: value;
}

/**
 * A custom field's value out of any of Pipedrive's three wrappings (REST v2, webhook 2.0, webhook 1.0): text, number,
 * option id, list of option ids, `{value, currency}`, `{from, until}`, or an address with its parts.
 */
export function plainValue(value: unknown): unknown {
	if (!isRow(value)) return value ?? null;
	const rest = Object.fromEntries(
		Object.entries(value).filter(([part]) => !/^(type|timezone_(id|name))$/.test(part)),
	);
	if ('values' in rest) return (rest.values as Row[]).map((entry) => entry.id);
	if ('until' in rest) {
		const from = rest.from ?? rest.value ?? null;
		return from === null ? null : { from, until: rest.until };
	}
	if (!('value' in rest)) return 'id' in rest ? rest.id : rest;
	if (rest.value === null || rest.value === undefined) return null;
	return Object.keys(rest).length === 1 ? rest.value : rest;
}

export function isRow(value: unknown): value is Row {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
