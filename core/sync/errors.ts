/** What the cursor logic refuses. It knows nothing of HTTP, so it has an error of its own. */
export class SyncError extends Error {
	/** `protocol`: the ERP answered in a way that would lose records. `confirmation`: a person has to agree first. */
	readonly kind: 'protocol' | 'confirmation';
	readonly remedy?: string;

	constructor(kind: SyncError['kind'], message: string, remedy?: string) {
		super(message);
		this.name = 'SyncError';
		this.kind = kind;
		this.remedy = remedy;
	}
}
