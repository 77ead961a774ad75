/** `$crossjoin(Set,Set/DocumentLines)`: rows of a document's header and one line, as the row-level query answers them. */
import { filterOf, type Row } from './filter.mts';
import type { LiteralRules } from './literal.mts';
import { badRequest } from './refusal.mts';
import { JOINED_LINE, kindOf, type EntitySchema, type Kind } from './schema.mts';

export function joinedLines(
	schema: EntitySchema,
	documents: readonly Row[],
	{ QueryPath = '', QueryOption = '' }: Record<string, string>,
	rules: LiteralRules,
): Row[] {
	const set = schema.name;
	const lines = `${set}/DocumentLines`;
	if (QueryPath !== `$crossjoin(${set},${lines})`) throw badRequest(`Invalid path ${QueryPath}`);
	const options = new Map(
		QueryOption.split('&').map((one) => {
			const at = one.indexOf('=');
			return [one.slice(0, at), one.slice(at + 1)] as const;
		}),
	);
	const expand = options.get('$expand') ?? '';
	const header = namesOf(expand, set);
	const line = namesOf(expand, lines);
	for (const name of header) {
		if (!kindOf(schema, name)) throw badRequest(`Property '${name}' of 'Document' is invalid`);
	}
	for (const name of line) {
		if (!JOINED_LINE.has(name)) throw badRequest(`Property '${name}' of 'DocumentLine' is invalid`);
	}
	// Without it every document would be joined with every line.
	const join = `${set}/DocEntry eq ${lines}/DocEntry and `;
	const filter = options.get('$filter') ?? '';
	if (!filter.startsWith(join)) throw badRequest('The join of the keys is missing');
	const flat = filter
		.slice(join.length)
		.replaceAll(`${lines}/`, 'L__')
		.replaceAll(`${set}/`, 'H__');
	const isWanted = filterOf(flatSchema(schema), flat, rules);
	return documents.flatMap((document) =>
		((document.DocumentLines ?? []) as Row[])
			.map((one, LineNum) => ({ LineNum, ...one, DocEntry: document.DocEntry }) as Row)
			.filter((one) => isWanted({ ...prefixed('H__', document), ...prefixed('L__', one) }))
			.map((one) => ({ [set]: chosen(document, header), [lines]: chosen(one, line) })),
	);
}

function namesOf(expand: string, entity: string): string[] {
	const at = new RegExp(`(?:^|,)${entity}\\(\\$select=([^)]*)\\)`).exec(expand)?.[1];
	if (at === undefined) throw badRequest(`$expand does not name ${entity}`);
	return at.split(',').map((name) => name.trim());
}

function flatSchema(schema: EntitySchema): EntitySchema {
	const properties = new Map<string, Kind>();
	for (const [name, kind] of schema.properties) properties.set(`H__${name}`, kind);
	for (const [name, kind] of JOINED_LINE) properties.set(`L__${name}`, kind);
	return { ...schema, properties };
}

function prefixed(prefix: string, row: Row): Row {
	return Object.fromEntries(Object.entries(row).map(([name, value]) => [prefix + name, value]));
}

function chosen(row: Row, names: readonly string[]): Row {
	return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}
