/** Everything one Pipedrive company holds. */
import { activeAtFirst } from './currencies.mts';
import { createHash } from 'node:crypto';
import { Collection, type Row } from './collection.mts';
import { builtInFields, type FieldDefinition, type FieldEntity } from './fieldDefinitions.mts';

export type Plan = 'lite' | 'growth' | 'premium' | 'ultimate';

export interface User {
	id: number;
	name: string;
	email: string;
	admin: boolean;
	active: boolean;
}

export interface WorldOptions {
	/** Milliseconds since 1970; default the real clock. */
	now: () => number;
	plan: Plan;
	currency: string;
	/** Codes; amounts in others are refused. */
	activeCurrencies: string[];
	/** Seconds that a write stays invisible to searches. */
	searchLagSeconds: number;
	/** What a read or an update of a deleted or merged-away record gets. */
	deletedAnswers: 404 | 410 | 200;
	/**
	 * `declared`: null only where the vendor's document declares it. `clearable`: null also unlinks
	 * (`org_id`, `address`…), which the document leaves open.
	 */
	nulls: 'declared' | 'clearable';
	/** `formatted` fills formatted_address; `full` also the parts that the client left out. */
	geocoding: 'formatted' | 'full' | 'off';
	/** `/itemSearch/field`: the document's schema says `item`, its example says `idName`. */
	fieldSearchShape: 'item' | 'idName';
	/** Persons' notes, im, birthday, job_title, postal_address; without it writing them is 403. */
	contactSync: boolean;
	/** Custom fields per company; default by plan. */
	customFieldQuota?: number;
}

export type EntityName =
	| 'organizations'
	| 'persons'
	| 'deals'
	| 'products'
	| 'activities'
	| 'pipelines'
	| 'stages'
	| 'dealProducts'
	| 'notes'
	| 'webhooks';

const entityNames: EntityName[] = [
	'organizations',
	'persons',
	'deals',
	'products',
	'activities',
	'pipelines',
	'stages',
	'dealProducts',
	'notes',
	'webhooks',
];

/** Who changed something, and how: webhooks tell. */
export interface Actor {
	userId: number;
	source: 'app' | 'api';
}

export interface Change {
	entity: EntityName;
	before?: Row;
	after: Row;
	actor: Actor;
}

const quotas: Record<Plan, number> = { lite: 30, growth: 100, premium: 300, ultimate: 500 };

export class World {
	readonly collections: Record<EntityName, Collection>;
	readonly fields: Record<FieldEntity, FieldDefinition[]>;
	users: User[] = [];
	/** Told once per edit and record, however often the edit wrote it. */
	watch?: (changes: readonly Change[]) => void;
	private edit?: { actor: Actor; changes: Map<string, Change> };
	private hashes = 0;
	private fieldIds = 4_000;
	private optionIds = 0;

	constructor(readonly options: WorldOptions) {
		this.collections = Object.fromEntries(
			entityNames.map((name) => [name, new Collection()]),
		) as Record<EntityName, Collection>;
		this.fields = builtInFields();
		this.fill();
	}

	/** RFC 3339, whole seconds. */
	moment(): string {
		return `${new Date(this.options.now()).toISOString().slice(0, 19)}Z`;
	}

	put(entity: EntityName, row: Row): Row {
		const before = this.collections[entity].get(row.id);
		const after = this.collections[entity].put(row, this.options.now());
		if (!this.watch) return after;
		const key = `${entity} ${row.id}`;
		const actor = this.edit?.actor ?? { userId: 1, source: 'app' };
		const first = this.edit?.changes.get(key);
		const change = { entity, before: first ? first.before : before, after, actor };
		if (this.edit) this.edit.changes.set(key, change);
		else this.watch([change]);
		return after;
	}

	/** Everything written meanwhile is one edit of this user. */
	during<T>(actor: Actor, work: () => T): T {
		const edit = { actor, changes: new Map<string, Change>() };
		this.edit = edit;
		try {
			return work();
		} finally {
			this.edit = undefined;
			if (edit.changes.size > 0) this.watch?.([...edit.changes.values()]);
		}
	}

	/** A living row, or undefined. */
	living(entity: EntityName, id: unknown): Row | undefined {
		const row = this.collections[entity].get(id as number);
		return row && !row.is_deleted ? row : undefined;
	}

	customFieldsOf(entity: FieldEntity): FieldDefinition[] {
		return this.fields[entity].filter((field) => field.custom);
	}

	customFieldQuota(): number {
		return this.options.customFieldQuota ?? quotas[this.options.plan];
	}

	/** 40 hex digits, the same for the same order of calls. */
	newFieldCode(entity: FieldEntity, name: string): string {
		this.hashes += 1;
		return createHash('sha1').update(`${entity} ${this.hashes} ${name}`).digest('hex');
	}

	/** Above those of the fields that are there from the start. */
	newFieldId(): number {
		this.fieldIds += 1;
		return this.fieldIds;
	}

	newOptionId(): number {
		this.optionIds += 1;
		return this.optionIds;
	}

	/** Forgets all records and custom fields. */
	reset(): void {
		for (const collection of Object.values(this.collections)) collection.clear();
		Object.assign(this.fields, builtInFields());
		this.hashes = 0;
		this.optionIds = 0;
		this.fill();
	}

	private fill(): void {
		this.users = [
			{ id: 1, name: 'Anna Weber', email: 'anna.weber@example.com', admin: true, active: true },
			{ id: 2, name: 'Ben Okafor', email: 'ben.okafor@example.com', admin: false, active: true },
			{ id: 3, name: 'Carla Rossi', email: 'carla.rossi@example.com', admin: false, active: true },
			{ id: 4, name: 'Dirk Jansen', email: 'dirk.jansen@example.com', admin: false, active: false },
		];
		const at = { add_time: '2024-01-08T08:00:00Z', update_time: '2024-01-08T08:00:00Z' };
		const pipeline = { order_nr: 1, is_deleted: false, is_deal_probability_enabled: false, ...at };
		this.put('pipelines', { id: 1, name: 'Pipeline', ...pipeline });
		for (const [index, name] of ['Qualified', 'Contact Made', 'Negotiations Started'].entries()) {
			const rot = { is_deal_rot_enabled: false, days_to_rotten: null, deal_probability: 100 };
			const stage = { pipeline_id: 1, order_nr: index + 1, is_deleted: false, ...rot, ...at };
			this.put('stages', { id: index + 1, name, ...stage });
		}
	}
}

export function defaultOptions(): WorldOptions {
	return {
		now: Date.now,
		plan: 'lite',
		currency: 'EUR',
		activeCurrencies: [...activeAtFirst],
		searchLagSeconds: 5,
		deletedAnswers: 404,
		nulls: 'declared',
		geocoding: 'formatted',
		fieldSearchShape: 'item',
		contactSync: false,
	};
}
