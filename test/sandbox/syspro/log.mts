/** What the system was asked. Sessions and passwords are kept out. */
export interface LoggedCall {
	/** Epoch milliseconds. */
	at: number;
	/** `Logon`, `Logoff`, `GetVersion`, `GetLogonProfile`, `COMFND`, another business object, or `OData`. */
	call: string;
	/** Table or entity set. */
	table?: string;
	/** The XML or the query string. */
	text: string;
	urlLength: number;
	rows?: number;
	fault?: string;
}

export class CallLog {
	calls: LoggedCall[] = [];
	/** Elements of requests that no document of the vendor names: SYSPRO ignores them silently. */
	unknownElements: string[] = [];
	/** Calls of one operator that ran at the same time. */
	overlaps = 0;
	/** Sessions that were ended because their operator logged on again. */
	displaced = 0;
	writesRefused = 0;

	count(call: string, table?: string): number {
		return this.calls.filter((one) => one.call === call && (!table || one.table === table)).length;
	}

	clear(): void {
		Object.assign(this, new CallLog());
	}
}
