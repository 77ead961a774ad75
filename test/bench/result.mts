/** One row of the bench, as `--json` writes it. */
export interface Result {
	case: string;
	subject: Subject;
	plan: Plan;
	/** So many were measured. */
	records: number;
	tokensPerRecord: number;
	requestsPerRecord: number;
	searches: number;
	status429: number;
	recordsPerSecond: number;
	shareOfCeiling: number;
	peakRssMb: number;
}

export type Plan = 'lite' | 'ultimate';
export type Subject = 'ours' | 'stock' | 'naive';

export const PLANS: readonly Plan[] = ['lite', 'ultimate'];
export const SUBJECTS: readonly Subject[] = ['ours', 'stock', 'naive'];
