/** ERP records; a company counts once, with its contact persons. */
export interface Counts {
	created: number;
	updated: number;
	unchanged: number;
	setAside: number;
}

export const NO_COUNTS: Counts = { created: 0, updated: 0, unchanged: 0, setAside: 0 };

const TOLD = /^(Dry run: )?(\d+) created, (\d+) updated, (\d+) unchanged, (\d+) set aside/;

/** What a run row says in its `reason`; undefined where that is gone. */
export function countsOf(reason: string): (Counts & { isDryRun: boolean }) | undefined {
	const told = TOLD.exec(reason);
	if (!told) return undefined;
	const [created, updated, unchanged, setAside] = told.slice(2).map(Number);
	return { isDryRun: told[1] !== undefined, created, updated, unchanged, setAside };
}
