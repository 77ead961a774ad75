/** The Pipedrive records that have custom fields, in the order in which a batch writes them: a deal needs the others. */
export const ENTITIES = ['organization', 'person', 'product', 'deal'] as const;
export type EntityName = (typeof ENTITIES)[number];
/** What can stand in the id table: notes and activities have no fields of their own. */
export type PipedriveType = EntityName | 'note' | 'activity';

export interface EntityKind {
	/** As a person reads it in the panel. */
	label: string;
	/** Paths of the records and of their field definitions, behind `/api/v2`. */
	records: string;
	fieldDefinitions: string;
	/** Body key of what a person sees as the name. */
	nameKey: 'name' | 'title';
	plural: string;
	/** Body keys that matching and the rules of writing read whatever is mapped. */
	alwaysRead: readonly string[];
	/**
	 * Body keys of `POST` (OpenAPI v2) that may be mapped, with the type that decides how a value is written.
	 * Everything else that is built in is read-only or another feature's business.
	 */
	builtIn: Readonly<Record<string, readonly [name: string, type: string]>>;
}

export const KINDS: Readonly<Record<EntityName, EntityKind>> = {
	organization: {
		label: 'Organization',
		records: '/organizations',
		fieldDefinitions: '/organizationFields',
		nameKey: 'name',
		plural: 'organizations',
		alwaysRead: ['address'],
		builtIn: {
			name: ['Name', 'varchar'],
			address: ['Address', 'address'],
			website: ['Website', 'varchar'],
			linkedin: ['LinkedIn profile', 'varchar'],
			owner_id: ['Owner', 'user'],
			label_ids: ['Labels', 'set'],
			visible_to: ['Visible to', 'int'],
			industry: ['Industry', 'enum'],
			annual_revenue: ['Annual revenue', 'int'],
			employee_count: ['Number of employees', 'int'],
		},
	},
	person: {
		label: 'Person',
		records: '/persons',
		fieldDefinitions: '/personFields',
		nameKey: 'name',
		plural: 'persons',
		alwaysRead: ['org_id', 'emails'],
		builtIn: {
			name: ['Name', 'varchar'],
			emails: ['Email', 'emails'],
			phones: ['Phone', 'phones'],
			org_id: ['Organization', 'org'],
			owner_id: ['Owner', 'user'],
			label_ids: ['Labels', 'set'],
			visible_to: ['Visible to', 'int'],
		},
	},
	product: {
		label: 'Product',
		records: '/products',
		fieldDefinitions: '/productFields',
		nameKey: 'name',
		plural: 'products',
		alwaysRead: ['code'],
		builtIn: {
			name: ['Name', 'varchar'],
			code: ['Product code', 'varchar'],
			description: ['Description', 'text'],
			unit: ['Unit', 'varchar'],
			tax: ['Tax', 'double'],
			category: ['Category', 'enum'],
			prices: ['Prices', 'prices'],
			is_linkable: ['Active', 'boolean'],
			owner_id: ['Owner', 'user'],
			visible_to: ['Visible to', 'int'],
		},
	},
	deal: {
		label: 'Deal',
		records: '/deals',
		fieldDefinitions: '/dealFields',
		nameKey: 'title',
		plural: 'deals',
		alwaysRead: ['org_id', 'status', 'lost_reason', 'is_archived', 'currency'],
		builtIn: {
			title: ['Title', 'varchar'],
			value: ['Value', 'double'],
			currency: ['Currency', 'currency'],
			status: ['Status', 'status'],
			pipeline_id: ['Pipeline', 'pipeline'],
			stage_id: ['Stage', 'stage'],
			expected_close_date: ['Expected close date', 'date'],
			won_time: ['Won time', 'moment'],
			lost_time: ['Lost time', 'moment'],
			lost_reason: ['Lost reason', 'varchar'],
			probability: ['Probability', 'double'],
			org_id: ['Organization', 'org'],
			person_id: ['Contact person', 'people'],
			owner_id: ['Owner', 'user'],
			label_ids: ['Labels', 'set'],
			visible_to: ['Visible to', 'int'],
		},
	},
};

/** Codes under which Pipedrive's field lists show a body key. */
export const CODE_ALIASES: Readonly<Record<string, string>> = {
	email: 'emails',
	phone: 'phones',
	label: 'label_ids',
	pipeline: 'pipeline_id',
};

export function isEntityName(text: unknown): text is EntityName {
	return (ENTITIES as readonly unknown[]).includes(text);
}

export function isName(entity: EntityName, fieldKey: string): boolean {
	return fieldKey === KINDS[entity].nameKey;
}
