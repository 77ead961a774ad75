import { asCoreError } from '../../core/http/errors';
import { text } from './fields';
import { namingPart } from './refusal';
import type { WebApi } from './webApi';

export interface DescriptionTables {
	groups: ReadonlyMap<string, string>;
	terms: ReadonlyMap<string, string>;
}

export const CUSTOMER_GROUPS = { resource: 'AR/ARCustomerGroups', keys: ['GroupCode'] } as const;

/** The key is called differently in newer and in older builds. */
export const PAYMENT_TERMS = {
	resource: 'AR/ARTerms',
	keys: ['TermsCode', 'TermsCodeKey'],
} as const;

/** What the codes of customer groups and payment terms mean; read once, when first needed. */
export class Descriptions {
	private tables: Promise<DescriptionTables> | undefined;

	constructor(private readonly api: WebApi) {}

	async all(): Promise<DescriptionTables> {
		this.tables ??= this.read();
		return await this.tables;
	}

	private async read(): Promise<DescriptionTables> {
		try {
			return {
				groups: await this.firstReadable(CUSTOMER_GROUPS),
				terms: await this.firstReadable(PAYMENT_TERMS),
			};
		} catch (error) {
			throw namingPart(asCoreError(error), 'Descriptions');
		}
	}

	/** The table by the first of its keys that this build knows. */
	private async firstReadable({
		resource,
		keys,
	}: {
		resource: string;
		keys: readonly string[];
	}): Promise<Map<string, string>> {
		const [key, ...others] = keys;
		try {
			return await textsOf(this.api, resource, key);
		} catch (error) {
			const refused = asCoreError(error);
			if (refused.kind !== 'invalid' || others.length === 0) throw refused;
			return await this.firstReadable({ resource, keys: others });
		}
	}
}

/** Codes of a table and what they mean. */
export async function textsOf(
	api: WebApi,
	resource: string,
	key: string,
): Promise<Map<string, string>> {
	const found = new Map<string, string>();
	for await (const page of api.walk(resource, { select: [key, 'Description'] })) {
		for (const row of page.rows) found.set(text(row, key), text(row, 'Description'));
	}
	return found;
}
