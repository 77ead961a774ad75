/** XML as SYSPRO writes it: Windows-1252, single-quoted root attributes, padded numbers, odd null dates. */
import type { FoundRows } from './comfnd.mts';

const ROOT_ATTRIBUTES = `Language='05' Language2='EN' CssStyle='' DecFormat='1' DateFormat='01' Role='01' Version='8.0.041' OperatorPrimaryRole='   '`;
const DECLARATION = `<?xml version="1.0" encoding="Windows-1252"?>\r\n`;

export function rowsDocument(
	{ table, columns, orderBy, rows }: FoundRows,
	numberWidth = 17,
): Buffer {
	const list = (name: string, all: string[]) =>
		`<${name}>${all.map((column) => `<Column>${column}</Column>`).join('')}</${name}>`;
	// "ArCustomer+" cannot be an element's name.
	const root = table.name.replace(/\W/g, '');
	const lines = rows.map((row, at) => {
		const fields = columns.map((column) => {
			const type = table.columns[column];
			const value = type === 'n' ? row[column].padStart(numberWidth) : row[column];
			const written = type === 'd' && value === '' && at % 2 === 1 ? '0000-00-00' : value;
			return `<${column}>${escaped(written)}</${column}>`;
		});
		return `<Row>\r\n${fields.join('\r\n')}\r\n</Row>`;
	});
	return document(
		root,
		`<HeaderDetails>\r\n<TableName>${escaped(table.name)}</TableName>${list('Columns', columns)}${list('OrderBy', orderBy)}</HeaderDetails>\r\n` +
			`${lines.join('\r\n')}\r\n<RowsReturned>${String(rows.length).padStart(8)}</RowsReturned>`,
	);
}

export function errorDocument(root: string, message: string): Buffer {
	return document(
		root,
		`<Item><ErrorNumber>  100001</ErrorNumber><ErrorDescription>${escaped(message)}</ErrorDescription></Item>`,
	);
}

export function document(root: string, inside: string): Buffer {
	return encoded(`${DECLARATION}<${root} ${ROOT_ATTRIBUTES}>\r\n${inside}\r\n</${root}>`);
}

export function element(name: string, text: string): string {
	return `<${name}>${escaped(text)}</${name}>`;
}

function escaped(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** One byte a character; the euro sign is the one that Latin-1 lacks and people use. */
export function encoded(text: string): Buffer {
	return Buffer.from(text.replace(/€/g, '\u0080').replace(/[^\u0000-\u00ff]/g, '?'), 'latin1');
}
