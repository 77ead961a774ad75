import { CoreError } from '../../core/http/errors';
import type { ErpRecord } from '../../core/record/erpRecord';
import type {
	Change,
	ChangePage,
	DeltaSource,
	Loaded,
	MissingKey,
	ScanPage,
	Window,
} from '../../core/sync/source';
import { changedPartners, changedRelationships, type ChangePayload } from './changeStream';
import { shownKey, storedKey, text } from './fields';
import { deletedRecord } from './mapping';
import { serverFilter } from './partnerFilter';
import { behind, PartnerReader, type ReadSettings } from './partnerReader';
import { PART_NAMES, type Part } from './parts';
import type { ODataService } from './service';

/**
 * Business partners of SAP S/4HANA by `API_BUSINESS_PARTNER` (OData V2, key = business-partner number).
 *
 * Its change fields know the day only and stand on partners and relationships alone; an address or a tax
 * number may change without them, which only the sweep (`scan`) sees.
 * https://api.sap.com/api/API_BUSINESS_PARTNER/overview
 */
export class BusinessPartnerSource implements DeltaSource<ErpRecord> {
	readonly order = 'unordered';
	readonly precision = 'day';
	private readonly reader: PartnerReader;

	constructor(
		private readonly service: ODataService,
		private readonly settings: ReadSettings,
	) {
		assertFilterCanBeRead(settings);
		this.reader = new PartnerReader(service, settings);
	}

	async *changes(window: Window, resumeAfter?: string): AsyncGenerator<ChangePage> {
		const day = window.fromInclusive.slice(0, 10);
		const [stream, after] = resumePoint(resumeAfter);
		const { pageSize } = this.settings;
		if (stream === 'partner') yield* changedPartners(this.service, day, pageSize, after);
		if (!this.settings.parts.has('contacts')) return;
		const behindRelationship = stream === 'relationship' ? after : undefined;
		yield* changedRelationships(this.service, day, pageSize, behindRelationship);
	}

	/** Contact persons and relationships become the companies they belong to; the filter applies to those. */
	async load(changes: readonly Change[]): Promise<Array<Loaded<ErpRecord>>> {
		const payloads = changes.map((change) => change.payload as ChangePayload);
		const keys = new Map<string, string>();
		const add = (shown: string) => shown && keys.set(storedKey(shown), shown);
		const persons: string[] = [];
		for (const payload of payloads) {
			if (payload.stream !== 'partner') continue;
			if (payload.category === '1') persons.push(payload.partner);
			if (this.mayBeSelected(payload.category)) add(payload.partner);
		}
		for (const company of await this.companiesOfPersons(persons)) add(company);
		for (const company of await this.companiesOfRelationships(payloads)) add(company);
		const sorted = [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shown]) => shown);
		return (await this.reader.byKeys(sorted)).loaded;
	}

	async *scan(afterKey?: string): AsyncGenerator<ScanPage<ErpRecord>> {
		const filter = serverFilter(this.service.dialect, this.settings.filter);
		const top = this.settings.keysPerRequest;
		let after = afterKey === undefined ? undefined : await this.asTheServiceWritesIt(afterKey);
		for (;;) {
			let rows = 0;
			const edge = behind(this.service, 'BusinessPartner', after, filter);
			for await (const page of this.reader.wholePages(edge, top)) {
				rows += page.rows.length;
				const last = page.rows[page.rows.length - 1];
				if (last) after = text(last, 'BusinessPartner');
				const loaded = await this.reader.toRecords(page.rows);
				yield { rows: loaded, ...(page.serverNow !== '' && { serverNow: page.serverNow }) };
			}
			if (rows === 0) return;
		}
	}

	async confirmMissing(keys: readonly string[]): Promise<Array<MissingKey<ErpRecord>>> {
		const forms = [...new Set(keys.flatMap((key) => [shownKey(key), key]))];
		const { rows, loaded } = await this.reader.byKeys(forms);
		const existing = new Set(rows.map((row) => storedKey(text(row, 'BusinessPartner'))));
		const selected = new Set(loaded.map(({ key }) => key));
		const readAt = new Date(this.service.ports.now()).toISOString();
		return keys
			.filter((key) => !selected.has(key))
			.map((key) =>
				existing.has(key)
					? { key, fate: 'leftFilter' as const }
					: {
							key,
							fate: 'gone' as const,
							record: deletedRecord(this.settings.scope, key, readAt),
						},
			);
	}

	private mayBeSelected(category: string): boolean {
		const { categories } = this.settings.filter;
		return categories.length === 0 || categories.some((chosen) => chosen === category);
	}

	private async companiesOfPersons(persons: readonly string[]): Promise<string[]> {
		if (!this.settings.parts.has('contacts')) return [];
		const rows = await this.reader.companiesBehind('BusinessPartnerPerson', persons);
		return rows.map((row) => text(row, 'BusinessPartnerCompany'));
	}

	/** A relationship that is no contact any more is not in the view of contacts: both its partners are looked at. */
	private async companiesOfRelationships(payloads: readonly ChangePayload[]): Promise<string[]> {
		const changed = payloads.flatMap((payload) =>
			payload.stream === 'relationship' ? [payload] : [],
		);
		const numbers = [...new Set(changed.map(({ relationship }) => relationship))];
		const rows = await this.reader.companiesBehind('RelationshipNumber', numbers);
		const known = new Set(rows.map((row) => text(row, 'RelationshipNumber')));
		const others = changed.filter(({ relationship }) => !known.has(relationship));
		return [
			...rows.map((row) => text(row, 'BusinessPartnerCompany')),
			...others.flatMap(({ partners }) => partners),
		];
	}

	/** A stored key begins with zeros; whether the service shows them is seen on its first row. */
	private async asTheServiceWritesIt(key: string): Promise<string> {
		const shown = shownKey(key);
		if (shown === key) return key;
		const first = await this.service.page('A_BusinessPartner', {
			shape: { select: ['BusinessPartner'] },
			orderBy: ['BusinessPartner'],
			top: 1,
		});
		const written = text(first.rows[0], 'BusinessPartner');
		return written.length === key.length && written.startsWith('0') ? key : shown;
	}
}

function resumePoint(token: string | undefined): ['partner' | 'relationship', string | undefined] {
	if (token === undefined) return ['partner', undefined];
	const [, stream, key] = /^(partner|relationship):(.*)$/.exec(token) ?? [];
	if (stream === 'partner' || stream === 'relationship') return [stream, key];
	throw new CoreError('protocol', `"${token}" is no position in a list of changed partners.`);
}

/** A filter on something that is not read would silently select nothing, or everything. */
function assertFilterCanBeRead({ filter, parts }: ReadSettings): void {
	const needs: Array<[isUsed: boolean, filter: string, part: Part]> = [
		[filter.roles.length > 0, 'Roles', 'roles'],
		[filter.accountGroups.length > 0, 'Account Groups', 'customer'],
	];
	for (const [isUsed, name, part] of needs) {
		if (!isUsed || parts.has(part)) continue;
		throw new CoreError(
			'configuration',
			`The filter "${name}" needs "${PART_NAMES[part]}", which is not read.`,
			{ remedy: `Add "${PART_NAMES[part]}" to "Parts to Read", or empty the filter.` },
		);
	}
}
