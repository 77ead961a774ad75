import { CoreError } from '../../core/http/errors';
import { folded } from '../../core/record/matchKeys';
import { isName, KINDS, type EntityName } from './entities';
import type { WritePolicy } from './fieldMap';
import { typeNameOf } from './fieldTypeNames';
import { closest, type Field, type FieldSet } from './fields';
import { identityOf, noExternalId } from './items/batch';
import { addWanted, blankIntent, cleanName, unusableId, type Intent } from './intents';

/** One column of the resource mapper: a field, or half of a money field. */
export interface Column {
	/** Field name; the key where a name is doubled. Templates keep working in another Pipedrive account. */
	id: string;
	field: Field;
	part?: 'amount' | 'currency';
	isRequired: boolean;
}

/** The fields of an entity as columns, by name. */
export function columnsOf(fields: FieldSet, externalIdKey: string): Column[] {
	const counts = new Map<string, number>();
	for (const field of fields.all) {
		counts.set(folded(field.name), (counts.get(folded(field.name)) ?? 0) + 1);
	}
	return fields.all
		.filter((field) => field.key !== externalIdKey)
		.flatMap((field): Column[] => {
			const id = (counts.get(folded(field.name)) ?? 0) > 1 ? field.key : field.name;
			const isRequired = isName(fields.entity, field.key);
			if (field.type !== 'monetary') return [{ id, field, isRequired }];
			return [
				{ id: `${id}: Amount`, field, part: 'amount', isRequired },
				{ id: `${id}: Currency`, field, part: 'currency', isRequired },
			];
		});
}

export interface ColumnRow {
	item: number;
	entity: EntityName;
	externalId: string;
	changedAt: string;
	values: Record<string, unknown>;
	policy: WritePolicy;
	misfitsHoldBack: boolean;
	/** Automatic mapping: input keys that are no columns are none of our business. */
	ignoreUnknown: boolean;
	/** Active users by e-mail in lower case, where a value names one. */
	users?: ReadonlyMap<string, number>;
}

/** The intent of one mapped item. Throws `configuration` for a column that Pipedrive no longer has. */
export function columnIntent(row: ColumnRow, columns: readonly Column[]): Intent {
	const byId = new Map(columns.map((column) => [folded(column.id), column]));
	const inputs = new Map<string, { field: Field; input: unknown }>();
	for (const [id, value] of Object.entries(row.values)) {
		const column = byId.get(folded(id)) ?? columns.find(({ field }) => field.key === id);
		if (!column) {
			if (row.ignoreUnknown) continue;
			throw staleColumn(row.entity, id, columns);
		}
		// The mapper gives null for a column that the user left empty: nothing is known, nothing is cleared.
		if (value === null || value === undefined) continue;
		const known = inputs.get(column.field.key);
		const input = column.part
			? { ...(known?.input as object | undefined), [column.part]: value }
			: value;
		inputs.set(column.field.key, { field: column.field, input });
	}
	const named = cleanName(String(inputs.get(KINDS[row.entity].nameKey)?.input ?? ''));
	const intent = emptyIntent(row, named.name, inputs);
	if (named.warning) intent.warnings.push(named.warning);
	intent.rejected = row.externalId === '' ? noExternalId(row.item) : unusableId(row.externalId);
	for (const { field, input } of inputs.values()) {
		let value = isName(row.entity, field.key) ? named.name : input;
		if (isUserEmail(field, value)) {
			const userId = row.users?.get(value.trim().toLowerCase());
			if (userId === undefined) {
				addUnknownUser(intent, field, value, row.misfitsHoldBack);
				continue;
			}
			value = userId;
		}
		const wanted = { field, source: field.name, policy: row.policy };
		addWanted(intent, wanted, value, row.misfitsHoldBack);
	}
	return intent;
}

/** Whether this item names a user by e-mail, so that the users have to be known. */
export function namesUser(values: Record<string, unknown>, columns: readonly Column[]): boolean {
	const ids = columns
		.filter(({ field }) => field.type === 'user')
		.flatMap(({ id, field }) => [folded(id), folded(field.key)]);
	return Object.entries(values).some(
		([id, value]) => ids.includes(folded(id)) && typeof value === 'string' && value.includes('@'),
	);
}

function isUserEmail(field: Field, value: unknown): value is string {
	return field.type === 'user' && typeof value === 'string' && value.includes('@');
}

function addUnknownUser(intent: Intent, field: Field, email: string, holdsBack: boolean): void {
	const reason = `Field "${field.name}" (${typeNameOf(field.type)}) cannot hold "${email.trim().slice(0, 60)}": Pipedrive has no active user with this e-mail`;
	if (holdsBack) intent.rejected ??= reason;
	else intent.warnings.push(`${reason}.`);
}

function emptyIntent(
	row: ColumnRow,
	name: string,
	inputs: ReadonlyMap<string, { input: unknown }>,
): Intent {
	const address = inputs.get('address')?.input;
	const email = inputs.get('emails')?.input;
	const code = inputs.get('code')?.input;
	const { item, entity, externalId } = row;
	const erp = identityOf(externalId, entity, row.values, row.changedAt);
	return {
		...blankIntent({ item, entity, externalId, erp }),
		name,
		...(typeof address === 'string' ? { address } : {}),
		...(typeof email === 'string' ? { email } : {}),
		...(typeof code === 'string' ? { code } : {}),
		payload: row.values,
	};
}

function staleColumn(entity: EntityName, id: string, columns: readonly Column[]): CoreError {
	const near = closest(
		id,
		columns.map((column) => column.id),
	);
	return new CoreError(
		'configuration',
		`Pipedrive has no ${entity} field "${id}" any more${near === undefined ? '' : `; did you mean "${near}"?`}`,
		{ remedy: 'Refresh the columns of the node and map the field again, or remove it.' },
	);
}
