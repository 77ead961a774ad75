/** The entity data model as the sandbox keeps it: entity sets, typed properties, joins between sets. */

export type EdmType =
	| 'String'
	| 'Boolean'
	| 'DateTime'
	| 'DateTimeOffset'
	| 'Time'
	| 'Guid'
	| 'Decimal'
	| 'Int16'
	| 'Int32';

export interface Property {
	name: string;
	type: EdmType;
	maxLength?: number;
	precision?: number;
	scale?: number;
	nullable: boolean;
	/**
	 * Numbers are stored padded with zeros and shown without them, so `9` sorts before `10`
	 * and `'0000000010'` names the same row as `'10'` (conversion exit ALPHA).
	 */
	alpha: boolean;
}

/**
 * `DateTime` and `DateTimeOffset` are milliseconds since 1970, `Time` is seconds since midnight,
 * `Decimal` is a decimal string. A property that a row lacks has its initial value.
 */
export type Value = string | number | boolean | null;
export type Row = Record<string, Value>;

export interface Navigation {
	name: string;
	target: string;
	many: boolean;
	/** Pairs of own property and target's property. */
	on: Array<[string, string]>;
	/** What target rows must also have. */
	where?: (row: Row) => boolean;
}

export interface EntitySet {
	name: string;
	namespace: string;
	key: string[];
	properties: Map<string, Property>;
	navigations: Map<string, Navigation>;
	/** Absent on older systems. */
	isNewer: boolean;
}

const ALPHA_NAMES = new Set([
	'BusinessPartner',
	'BusinessPartner1',
	'BusinessPartner2',
	'BusinessPartnerCompany',
	'BusinessPartnerPerson',
	'Customer',
	'Supplier',
	'BPCustomerNumber',
	'AddressID',
	'Person',
	'RelationshipNumber',
	'SalesOrder',
	'SoldToParty',
]);

const SHORT_TYPES: Record<string, EdmType> = {
	bool: 'Boolean',
	date: 'DateTime',
	offset: 'DateTimeOffset',
	time: 'Time',
	guid: 'Guid',
	int16: 'Int16',
	int32: 'Int32',
};

/** Reads `Name! 10`: the mark is a key, a number is a String's length, else a short type name. */
function propertyOf(text: string): Property & { isKey: boolean } {
	const match = /^(\w+)(!?) (\w+)(?:\((\d+),(\d+)\))?$/.exec(text.trim());
	if (!match) throw new Error(`'${text}' is no property description like 'Name! 10'`);
	const [, name, mark, kind, precision, scale] = match;
	const isKey = mark === '!';
	const base = { name, nullable: !isKey, isKey, alpha: ALPHA_NAMES.has(name) };
	if (/^\d+$/.test(kind)) return { ...base, type: 'String', maxLength: Number(kind) };
	if (kind === 'decimal') {
		return { ...base, type: 'Decimal', precision: Number(precision), scale: Number(scale) };
	}
	const type = SHORT_TYPES[kind];
	if (!type) throw new Error(`'${kind}' is no type the sandbox knows`);
	return { ...base, type };
}

export interface EntitySetSource {
	name: string;
	namespace?: string;
	/** `Name! 10` descriptions, separated by a comma and white space. */
	properties: string;
	navigations?: Navigation[];
	isNewer?: boolean;
}

export function entitySet(source: EntitySetSource): EntitySet {
	const described = source.properties.split(/,\s+/).map(propertyOf);
	const navigations = source.navigations ?? [];
	return {
		name: source.name,
		namespace: source.namespace ?? 'API_BUSINESS_PARTNER',
		key: described.filter((property) => property.isKey).map((property) => property.name),
		properties: new Map(described.map(({ isKey, ...property }) => [property.name, property])),
		navigations: new Map(navigations.map((navigation) => [navigation.name, navigation])),
		isNewer: source.isNewer ?? false,
	};
}

/** `on` is a list of `own=target` pairs, or plain names where both sides agree. */
export function toMany(
	name: string,
	target: string,
	on: string,
	where?: Navigation['where'],
): Navigation {
	const pairs = on.split(' ').map((pair): [string, string] => {
		const [own, other] = pair.split('=');
		return [own, other ?? own];
	});
	return { name, target, many: true, on: pairs, where };
}

export function toOne(name: string, target: string, on: string): Navigation {
	return { ...toMany(name, target, on), many: false };
}

/** What ABAP shows for a field nobody filled. */
export function initialValue(property: Property): Value {
	switch (property.type) {
		case 'String':
			return '';
		case 'Boolean':
			return false;
		case 'Time':
		case 'Int16':
		case 'Int32':
			return 0;
		case 'Decimal':
			return (0).toFixed(property.scale ?? 0);
		default:
			return null;
	}
}

export function valueOf(row: Row, property: Property): Value {
	const value = row[property.name];
	return value === undefined ? initialValue(property) : value;
}

/** The value as the database compares it. */
export function comparable(value: Value, property: Property): Value {
	if (property.alpha && typeof value === 'string' && /^\d+$/.test(value)) {
		return value.padStart(property.maxLength ?? 10, '0');
	}
	if (property.type === 'Decimal' && value !== null) return Number(value);
	return value;
}

/** Negative, zero or positive; null sorts first. */
export function compareValues(left: Value, right: Value): number {
	if (left === right) return 0;
	if (left === null) return -1;
	if (right === null) return 1;
	return left < right ? -1 : 1;
}
