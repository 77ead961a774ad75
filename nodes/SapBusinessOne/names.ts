import { asCoreError } from '../../core/http/errors';
import { NAME_TABLES } from './entities';
import { text } from './rows';
import type { ServiceLayer } from './serviceLayer';

export type NameTable = keyof typeof NAME_TABLES;

/** Texts of codes, one table after another. A table that the user may not read leaves the codes alone. */
export class Names {
	private tables?: Promise<Map<NameTable, Map<string, string>>>;
	readonly warnings: string[] = [];

	constructor(private readonly service: ServiceLayer) {}

	async load(): Promise<NameOf> {
		this.tables ??= this.readAll();
		const tables = await this.tables;
		return (table, code) => {
			const name = tables.get(table)?.get(code) ?? '';
			return code === '' || name === '' ? code : `${code} - ${name}`;
		};
	}

	private async readAll(): Promise<Map<NameTable, Map<string, string>>> {
		const tables = new Map<NameTable, Map<string, string>>();
		for (const table of Object.keys(NAME_TABLES) as NameTable[]) {
			tables.set(table, await this.read(table));
		}
		return tables;
	}

	private async read(table: NameTable): Promise<Map<string, string>> {
		const { entitySet, key, name } = NAME_TABLES[table];
		const names = new Map<string, string>();
		try {
			const query = { select: [key, name], orderBy: [key], pageSize: 500 };
			for await (const page of this.service.pages(entitySet, query)) {
				for (const row of page.rows) names.set(text(row, key), text(row, name));
			}
		} catch (caught) {
			const error = asCoreError(caught);
			if (error.kind !== 'forbidden' && error.kind !== 'notFound') throw error;
			this.warnings.push(`${entitySet} may not be read: codes come without their text.`);
		}
		return names;
	}
}

/** `code - description`, or the code alone. */
export type NameOf = (table: NameTable, code: string) => string;
