/** ERP records; a company counts once, with its contact persons. */
export interface Counts {
	created: number;
	updated: number;
	/** Nothing had to be written; also what the ERP blocked before it came to Pipedrive and is not created. */
	unchanged: number;
	setAside: number;
}

export const NO_COUNTS: Counts = { created: 0, updated: 0, unchanged: 0, setAside: 0 };

const TOLD =
	/^(Dry run: )?(\d+) created, (\d+) updated, (\d+) unchanged, (\d+) set aside(?:, (\d+) not created)?/;

/** What a run row says in its `reason`; undefined where that is gone. */
export function countsOf(reason: string): (Counts & { isDryRun: boolean }) | undefined {
	const told = TOLD.exec(reason);
	if (!told) return undefined;
	const numbers = told.slice(2).map((number = '0') => Number(number));
	const [created, updated, unchanged, setAside, notCreated] = numbers;
	return {
		isDryRun: told[1] !== undefined,
		created,
		updated,
		unchanged: unchanged + notCreated,
		setAside,
	};
}
