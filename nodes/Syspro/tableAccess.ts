/** A column's value compared with a text, number or date; all conditions of a query hold together. */
export interface Condition {
	column: string;
	is: 'EQ' | 'NE' | 'GT' | 'GE' | 'LT' | 'LE';
	/** As `TableRow` gives it. */
	value: string;
}

export interface TableQuery {
	/** SQL name, case-sensitive: `ArCustomer`. */
	table: string;
	columns: readonly string[];
	where: readonly Condition[];
	orderBy: readonly string[];
	/** At most so many rows; the server may give fewer. */
	rows: number;
}

/** Column -> trimmed text, `''` where SYSPRO has nothing. Decimals as `1500.00`, dates as `2026-11-20`. */
export type TableRow = Readonly<Record<string, string>>;

export interface TablePage {
	rows: TableRow[];
	/** The server's present in the ERP's zone, where it says. */
	serverNow?: string;
}

/** One company's tables, by whichever of SYSPRO's services. It reads; there is nothing here to write with. */
export interface TableAccess {
	/** Rows of a table. An answer of another shape is an error, never an empty page. */
	find(query: TableQuery): Promise<TablePage>;
	/** Gives back what is held open: call it in every case. */
	close(): Promise<void>;
}
