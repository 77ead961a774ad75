import type { Item } from './apiTypes.mts';
import type { N8nConnection } from './connection.mts';

const ROWS_PER_PAGE = 250;

export class DataTables {
	constructor(private readonly n8n: N8nConnection) {}

	async names(): Promise<string[]> {
		return (await this.list()).map((table) => table.name);
	}

	/** All rows of the table of this name; none when there is no such table. */
	async rows(name: string): Promise<Item[]> {
		const path = await this.pathOf(name);
		if (!path) return [];
		const rows: Item[] = [];
		for (;;) {
			const page = await this.n8n.restGet<{ count: number; data: Item[] }>(
				`${path}?take=${ROWS_PER_PAGE}&skip=${rows.length}`,
			);
			rows.push(...page.data);
			if (page.data.length === 0 || rows.length >= page.count) return rows;
		}
	}

	async count(name: string): Promise<number> {
		const path = await this.pathOf(name);
		if (!path) return 0;
		return (await this.n8n.restGet<{ count: number }>(`${path}?take=1&skip=0`)).count;
	}

	async insert(name: string, rows: Item[]): Promise<void> {
		const body = { data: rows, returnType: 'count' };
		await this.n8n.restPost(`${await this.tableOf(name)}/insert`, body);
	}

	/** What a person does who edits cells of one row. */
	async edit(name: string, id: unknown, data: Item): Promise<void> {
		const filters = [{ columnName: 'id', condition: 'eq', value: id }];
		await this.n8n.restPatch(`${await this.tableOf(name)}/rows`, {
			filter: { type: 'and', filters },
			data,
		});
	}

	async drop(name: string): Promise<void> {
		const table = (await this.list()).find((one) => one.name === name);
		if (table) await this.n8n.delete(`/data-tables/${table.id}`);
	}

	private async list(): Promise<Array<{ id: string; name: string }>> {
		const page = await this.n8n.get<{ data: Array<{ id: string; name: string }> }>(
			'/data-tables?limit=100',
		);
		return page.data;
	}

	private async tableOf(name: string): Promise<string> {
		const path = await this.pathOf(name);
		if (!path) throw new Error(`There is no Data Table ${name}.`);
		return path.replace(/\/rows$/, '');
	}

	private async pathOf(name: string): Promise<string | undefined> {
		const table = (await this.list()).find((one) => one.name === name);
		return table && `/projects/${this.n8n.projectId}/data-tables/${table.id}/rows`;
	}
}
