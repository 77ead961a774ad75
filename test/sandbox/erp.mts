/**
 * What every ERP of the sandbox offers to whoever runs a whole sync, whichever ERP it is: `npm run sandbox`,
 * `npm run demo`, end-to-end tests. A new ERP is one more `erp.mts` in its folder and one line in `erps.mts`.
 */
export interface Erp {
	/** As `--source` takes it, and as external ids begin. */
	name: string;
	title: string;
	/** Its customer template in `workflows/`. */
	template: string;
	credentialType: string;
	start(options: StartOptions): Promise<RunningErp>;
}

export interface StartOptions {
	/** Customers, or what the ERP calls them; 40 makes a demo. */
	count: number;
	/** A free one when absent or 0. */
	port?: number;
	/** Epoch milliseconds; the real clock when absent. */
	now?: () => number;
	/** For the ERP's own load of data; what is not given is `count` plausible companies. */
	seed?: number;
}

export interface RunningErp {
	url: string;
	/** What a person types into the credential in n8n. */
	credential: Record<string, unknown>;
	/** Ways in, for a person to read. */
	logins: ReadonlyArray<[label: string, value: string]>;
	/** Names behind `POST <url>/__control/`. */
	operations: readonly string[];
	/** One change for a person to try: an operation and its body. */
	example: [operation: string, body: Record<string, unknown>];
	/** What Pipedrive should hold, read straight from the ERP's tables. */
	expected(): Expected;
	/** Two edits of a clerk, one sentence each: a customer moves, a contact person is reached otherwise. */
	clerk(): string[];
	/** A small change of a working day, in one line. */
	tick(): string;
	/** A change of one customer that leaves the trace that the ERP leaves. */
	rename(key: string, name: string): void;
	/** Deletes a customer, as far as the ERP can. */
	remove(key: string): void;
	/** The ERP ends all sessions, or refuses one request, after so many further reads. */
	stumbleAfter(reads: number): void;
	/** Requests that reached the ERP so far, and how many of them it refused by `stumbleAfter`. */
	traffic(): { requests: number; stumbles: number };
	close(): Promise<void>;
}

export interface ExpectedPerson {
	/** As `shortKey` writes it. */
	key: string;
	name: string;
	/** Digits only; empty where the ERP has none. */
	phones: string[];
	email: string;
}

export interface ExpectedCompany {
	/** As `shortKey` writes it. */
	key: string;
	name: string;
	/** Street, house number, postal code, city: each must be found in Pipedrive's address. */
	addressParts: string[];
	persons: ExpectedPerson[];
}

export interface Expected {
	companies: ExpectedCompany[];
	/** Keys that may be set aside instead, because the ERP's data is bad. */
	doubtful: string[];
}

/** A key without the zeros that some ERPs put in front. */
export function shortKey(key: string): string {
	return key.replace(/^0+(?=.)/, '');
}

export function trafficIn(requests: ReadonlyArray<{ fault?: string }>) {
	return { requests: requests.length, stumbles: requests.filter((one) => one.fault).length };
}

export function digitsOf(text: string): string {
	return text.replace(/\D/g, '');
}
