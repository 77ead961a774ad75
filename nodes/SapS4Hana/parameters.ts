import { CoreError } from '../../core/http/errors';
import { listOf, nameIn } from '../../core/n8n/names';
import { checkedName } from '../../core/odata/literals';
import type { ChangeFieldType, EntitySetSettings } from './entitySetSource';
import {
	DEFAULT_FILTER,
	type Category,
	type Exclusion,
	type PartnerFilter,
	type PartnerKind,
} from './partnerFilter';
import type { ReadSettings } from './partnerReader';
import { ALL_PARTS, readableParts, type Part } from './parts';

/** Reads one node parameter of the poll, or of the item at hand. */
export type Parameters = (name: string, fallback: unknown) => unknown;

export type PartnerEntity = 'businessPartner' | 'customer' | 'supplier';

export interface Reading {
	pageSize: number;
	keysPerRequest: number;
}

/** What the panel says about partners. `entity` narrows them to one side; the key stays the partner's number. */
export function partnerSettings(
	read: Parameters,
	entity: PartnerEntity,
	scope: string,
	reading: Reading,
): ReadSettings {
	const values = read('values', {}) as Record<string, unknown>;
	const text = (name: string) => String(values[name] ?? '').trim();
	return {
		scope,
		parts: readableParts(read('parts', ALL_PARTS) as Part[]),
		filter: partnerFilter(read, entity),
		unit: {
			companyCode: text('companyCode'),
			salesOrganization: text('salesOrganization'),
			distributionChannel: text('distributionChannel'),
			division: text('division'),
		},
		taxTypes: listOf(values.taxTypes),
		extensions: listOf(values.extensions).map(extensionName),
		withRaw: read('output', 'erpRecord') === 'raw',
		...reading,
	};
}

function partnerFilter(read: Parameters, entity: PartnerEntity): PartnerFilter {
	const filters = read('filters', {}) as Record<string, unknown>;
	const list = (name: keyof PartnerFilter) =>
		filters[name] === undefined ? DEFAULT_FILTER[name] : listOf(filters[name]);
	const kinds = entity === 'businessPartner' ? (list('kinds') as PartnerKind[]) : [entity];
	return {
		kinds,
		categories: list('categories') as Category[],
		exclude: read('exclude', DEFAULT_FILTER.exclude) as Exclusion[],
		oneTimeGroups: list('oneTimeGroups'),
		addressOnlyGroups: list('addressOnlyGroups'),
		roles: list('roles'),
		groupings: list('groupings'),
		accountGroups: list('accountGroups'),
	};
}

export function entitySetSettings(
	read: Parameters,
	scope: string,
	pageSize: number,
): EntitySetSettings {
	return {
		scope,
		pageSize,
		entitySet: entitySetName(read('entitySet', '')),
		keyFields: listOf(read('keyFields', '')),
		changeField: nameIn(read('changeField', '')),
		changeFieldType: read('changeFieldType', 'dateTimeOffset') as ChangeFieldType,
		fields: listOf(read('fields', '')),
		useDeltaLinks: read('useDeltaLinks', true) === true,
	};
}

export function entitySetName(parameter: unknown): string {
	return checkedName(nameIn(parameter), 'Entity Set');
}

const PERSONAL = /birth|bank|card|death|identification|marital|nationality/i;

function extensionName(name: string): string {
	const [property, navigation, ...more] = name.split('/').reverse();
	checkedName(property, 'Extension Fields');
	if (PERSONAL.test(property)) {
		throw new CoreError(
			'configuration',
			`"${property}" holds personal data that is never mapped.`,
			{
				remedy: 'Take it out of "Extension Fields".',
			},
		);
	}
	const isKnown = navigation === undefined || ['to_Customer', 'to_Supplier'].includes(navigation);
	if (isKnown && more.length === 0) return name;
	throw new CoreError('configuration', `"${name}" is not a field that can be reached.`, {
		remedy: 'In "Extension Fields", write a name alone, or to_Customer/ or to_Supplier/ in front.',
	});
}
