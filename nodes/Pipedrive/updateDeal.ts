import { CoreError } from '../../core/http/errors';
import { valueIn } from './digests';
import type { Field } from './fields';
import { encode, isEmpty, isEqualValue, shown } from './fieldValues';
import type { Environment } from './run';

export interface DealUpdate {
	outcome: 'updated' | 'unchanged';
	pipedriveId: number;
	changes: Array<{ field: string; from: unknown; to: unknown }>;
	warnings: string[];
}

/**
 * Writes fields of a deal that Pipedrive's own ID names: 1 token to look, 5 more where something differs. People wait for
 * what comes back from the ERP, so it goes on when bulk updates are deferred.
 * @param values by name or key of the field; empty ones leave the field as it is
 * @throws CoreError `configuration` for an unknown field, `invalid` for a value that does not fit, `notFound`
 */
export async function updateDeal(
	environment: Environment,
	dealId: number,
	values: ReadonlyArray<{ field: string; value: unknown }>,
): Promise<DealUpdate> {
	const { api, memory, company, ports } = environment;
	const fields = await memory.fields.get(company.credentialKey, 'deal', api, ports.now());
	const warnings: string[] = [];
	const wanted = values
		.filter(({ value }) => !isEmpty(value))
		.map(({ field: name, value }) => {
			const field = fields.resolve(name);
			return { field, value: encoded(field, value, warnings) };
		});
	const unchanged = { outcome: 'unchanged' as const, pipedriveId: dealId, changes: [], warnings };
	if (wanted.length === 0) return unchanged;
	const row = await api.get('deal', dealId, undefined, true);
	if (row.is_deleted === true) {
		throw new CoreError('notFound', `Deal ${dealId} is deleted in Pipedrive.`);
	}
	const differing = wanted.filter(({ field, value }) => {
		return !isEqualValue(field, valueIn(row, field), value);
	});
	if (differing.length === 0) return unchanged;
	await api.update('deal', dealId, bodyOf(differing), true);
	const changes = differing.map(({ field, value }) => ({
		field: field.name,
		from: shown(field, valueIn(row, field)),
		to: shown(field, value),
	}));
	return { ...unchanged, outcome: 'updated', changes };
}

function encoded(field: Field, value: unknown, warnings: string[]): unknown {
	const result = encode(field, value);
	if ('reason' in result) {
		throw new CoreError('invalid', result.reason, {
			remedy: `Correct the value of "${field.name}" under "Fields to Update".`,
		});
	}
	if (result.warning) warnings.push(result.warning);
	return result.value;
}

function bodyOf(values: ReadonlyArray<{ field: Field; value: unknown }>): Record<string, unknown> {
	const entries = (isCustom: boolean) =>
		Object.fromEntries(
			values
				.filter(({ field }) => field.isCustom === isCustom)
				.map(({ field, value }) => [field.key, value]),
		);
	const custom = entries(true);
	return {
		...entries(false),
		...(Object.keys(custom).length > 0 && { custom_fields: custom }),
	};
}
