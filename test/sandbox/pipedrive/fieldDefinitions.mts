/** Field definitions: what every account has from the start, and the shape of one. */

export type FieldEntity = 'organization' | 'person' | 'deal' | 'product' | 'activity';

export interface FieldOption {
	id: number | string;
	label: string;
	color?: string | null;
	add_time?: string | null;
	update_time?: string | null;
}

export interface FieldDefinition {
	/** v1 alone shows it; in the order of creation. */
	id: number;
	code: string;
	name: string;
	type: string;
	options: FieldOption[] | null;
	custom: boolean;
	/** Comes only when asked for by `include_fields`. */
	optional: boolean;
	visibility?: unknown;
	important?: unknown;
	required?: unknown;
}

/** Types that the API lets one create. */
export const creatableTypes = [
	'varchar',
	'text',
	'double',
	'phone',
	'date',
	'daterange',
	'time',
	'timerange',
	'set',
	'enum',
	'varchar_auto',
	'address',
	'monetary',
	'org',
	'people',
	'user',
] as const;

export const addressParts = [
	'value',
	'street_number',
	'route',
	'subpremise',
	'sublocality',
	'locality',
	'admin_area_level_1',
	'admin_area_level_2',
	'country',
	'postal_code',
] as const;

type Plain = [code: string, name: string, type: string, options?: FieldOption[]];

const labels: FieldOption[] = [
	{ id: 1, label: 'Customer', color: 'green' },
	{ id: 2, label: 'Hot lead', color: 'red' },
	{ id: 3, label: 'Warm lead', color: 'yellow' },
	{ id: 4, label: 'Cold lead', color: 'blue' },
];
const industries: FieldOption[] = ['Manufacturing', 'Wholesale', 'Retail', 'Services'].map(
	(label, index) => ({ id: index + 1, label }),
);
const times: Plain[] = [
	['add_time', 'Created', 'date'],
	['update_time', 'Updated', 'date'],
];

const plain: Record<FieldEntity, Plain[]> = {
	organization: [
		['id', 'ID', 'int'],
		['name', 'Name', 'varchar'],
		['label_ids', 'Labels', 'set', labels],
		['owner_id', 'Owner', 'user'],
		['address', 'Address', 'address'],
		['visible_to', 'Visible to', 'visible_to'],
		['website', 'Website', 'varchar'],
		['linkedin', 'LinkedIn profile', 'varchar'],
		['industry', 'Industry', 'enum', industries],
		['annual_revenue', 'Annual revenue', 'double'],
		['employee_count', 'Number of employees', 'int'],
		...times,
	],
	person: [
		['id', 'ID', 'int'],
		['name', 'Name', 'varchar'],
		['first_name', 'First name', 'varchar'],
		['last_name', 'Last name', 'varchar'],
		['label_ids', 'Labels', 'set', labels],
		['owner_id', 'Owner', 'user'],
		['org_id', 'Organization', 'org'],
		['emails', 'Email', 'varchar'],
		['phones', 'Phone', 'phone'],
		['visible_to', 'Visible to', 'visible_to'],
		...times,
	],
	deal: [
		['id', 'ID', 'int'],
		['title', 'Title', 'varchar'],
		['value', 'Value', 'monetary'],
		['currency', 'Currency of Value', 'varchar_options'],
		['label_ids', 'Labels', 'set', labels],
		['owner_id', 'Owner', 'user'],
		['org_id', 'Organization', 'org'],
		['person_id', 'Contact person', 'people'],
		['stage_id', 'Stage', 'stage'],
		['status', 'Status', 'status'],
		['probability', 'Probability', 'int'],
		['expected_close_date', 'Expected close date', 'date'],
		['visible_to', 'Visible to', 'visible_to'],
		...times,
	],
	product: [
		['id', 'ID', 'int'],
		['name', 'Name', 'varchar'],
		['code', 'Product code', 'varchar'],
		['description', 'Description', 'text'],
		['unit', 'Unit', 'varchar'],
		['tax', 'Tax', 'double'],
		['category', 'Category', 'enum', [{ id: 1, label: 'Goods' }]],
		['owner_id', 'Owner', 'user'],
		['prices', 'Prices', 'price_list'],
		['visible_to', 'Visible to', 'visible_to'],
		...times,
	],
	activity: [
		['id', 'ID', 'int'],
		['subject', 'Subject', 'varchar'],
		['type', 'Type', 'varchar_options'],
		['owner_id', 'Assigned to user', 'user'],
		['due_date', 'Due date', 'date'],
		['due_time', 'Due time', 'time'],
		['duration', 'Duration', 'varchar'],
		['done', 'Done', 'boolean'],
		['note', 'Note', 'text'],
		...times,
	],
};

/** A fresh copy of the definitions that exist before anyone adds a field. */
export function builtInFields(): Record<FieldEntity, FieldDefinition[]> {
	const entries = Object.entries(plain).map(([entity, rows]) => [
		entity,
		rows.map(([code, name, type, options], index) => ({
			id: index + 1,
			code,
			name,
			type,
			options: options ? structuredClone(options) : null,
			custom: false,
			optional: false,
		})),
	]);
	return Object.fromEntries(entries) as Record<FieldEntity, FieldDefinition[]>;
}
