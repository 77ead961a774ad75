import { asCoreError } from '../../core/http/errors';
import { text } from './fields';
import { namingPart } from './refusal';
import type { WebApi } from './webApi';

export interface DescriptionTables {
	groups: ReadonlyMap<string, string>;
	terms: ReadonlyMap<string, string>;
}

/** The key of terms is called differently in newer and in older builds. */
const TERMS_KEYS = ['TermsCode', 'TermsCodeKey'];

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
			const groups = await this.table('AR/ARCustomerGroups', 'GroupCode');
			return { groups, terms: await this.terms() };
		} catch (error) {
			throw namingPart(asCoreError(error), 'Descriptions');
		}
	}

	private async terms(): Promise<Map<string, string>> {
		const [newer, older] = TERMS_KEYS;
		try {
			return await this.table('AR/ARTerms', newer);
		} catch (error) {
			const refused = asCoreError(error);
			if (refused.kind !== 'invalid') throw refused;
			return await this.table('AR/ARTerms', older);
		}
	}

	private async table(resource: string, key: string): Promise<Map<string, string>> {
		const found = new Map<string, string>();
		for await (const page of this.api.walk(resource, { select: [key, 'Description'] })) {
			for (const row of page.rows) found.set(text(row, key), text(row, 'Description'));
		}
		return found;
	}
}
