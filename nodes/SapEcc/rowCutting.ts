import { CoreError } from '../../core/http/errors';
import type { FunctionRow } from './functionCall';

/** Where a field stands in the row that the table reader gives as one text. */
export interface FieldPlace {
	name: string;
	offset: number;
	length: number;
}

/** The answer's own description of its rows: releases and code pages differ, so nothing is taken for granted. */
export function fieldsIn(
	rows: readonly FunctionRow[],
	asked: readonly string[],
	table: string,
): FieldPlace[] {
	const places = rows.map((row) => ({
		name: (row.FIELDNAME ?? '').trim(),
		offset: Number(row.OFFSET),
		length: Number(row.LENGTH),
	}));
	const isSound = places.every(
		({ name, offset, length }) => name !== '' && offset >= 0 && length > 0,
	);
	const names = new Set(places.map(({ name }) => name));
	if (isSound && places.length > 0 && asked.every((name) => names.has(name))) return places;
	throw new CoreError(
		'protocol',
		`SAP did not say where the fields of ${table} stand in its rows.`,
		{
			remedy:
				'Check "Table Function" in the credential: it must have the parameters of RFC_READ_TABLE.',
		},
	);
}

/**
 * Cuts a row by offset and length, because the delimiter may stand in the data. Where the description leaves
 * room for delimiters they must stand there: that proves that the cut is right. Where they do not, the row is
 * split at them, if their number fits.
 */
export function cutRow(
	text: string | undefined,
	places: readonly FieldPlace[],
	delimiter: string,
	table: string,
): Record<string, string> {
	if (text === undefined) throw uncuttable(table, '');
	const isRight = places.every(({ offset }, at) => {
		const before = places[at - 1];
		if (!before || offset - (before.offset + before.length) !== 1) return true;
		return text[offset - 1] === delimiter;
	});
	if (isRight) {
		return Object.fromEntries(
			places.map(({ name, offset, length }) => [
				name,
				text.slice(offset, offset + length).trimEnd(),
			]),
		);
	}
	const parts = text.split(delimiter);
	if (parts.length !== places.length) throw uncuttable(table, text);
	return Object.fromEntries(places.map(({ name }, at) => [name, parts[at].trimEnd()]));
}

function uncuttable(table: string, text: string): CoreError {
	return new CoreError(
		'protocol',
		`A row of ${table} does not fit its description and cannot be cut: "${text.slice(0, 20)}…".`,
		{
			remedy:
				'Check "Table Function" in the credential: it must have the parameters of RFC_READ_TABLE.',
		},
	);
}
