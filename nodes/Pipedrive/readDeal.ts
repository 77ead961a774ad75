import { asCoreError, CoreError } from '../../core/http/errors';
import { MOST_IDS, type PipedriveRow } from './api';
import type { EntityName } from './entities';
import { namedRow } from './events/names';
import { externalIdsOf } from './matchKeys';
import type { DealLine } from './lines/dealLine';
import { readLines } from './lines/read';
import { asSeen, orderLineOf, type OrderLine } from './orderLines';
import type { Environment } from './run';

export interface ReadDeal {
	/** Custom fields by name, options by label, `stage` and `pipeline` by name. */
	deal: Record<string, unknown>;
	organizationId: number | null;
	organizationName: string;
	/** '' where there is no organization, or none that is linked to the ERP. */
	organizationExternalId: string;
	personId: number | null;
	personExternalId: string;
	lines: OrderLine[];
	warnings: string[];
}

/** A list costs as much as ten single reads. */
const MOST_SINGLE_READS = 5;

/**
 * A deal with everything an order needs: 1 token for the deal, 10 for its lines, 1 each for organization and person,
 * and 1 for each product (10 for each hundred where there are more than five).
 * @param externalIdField name or key of the custom field that holds the ERP's id
 * @throws CoreError `notFound` where the deal does not exist, or is deleted
 */
export async function readDeal(
	environment: Environment,
	dealId: number,
	externalIdField: string,
): Promise<ReadDeal> {
	const { api, call } = environment;
	const warnings: string[] = [];
	const deal = await api.get('deal', dealId);
	if (deal.is_deleted === true) {
		throw new CoreError('notFound', `Deal ${dealId} is deleted in Pipedrive.`);
	}
	const external = externalIds(environment, externalIdField, warnings);
	const found = asSeen((await readLines(call, [dealId])).get(dealId) ?? []);
	const lines = await orderLines(environment, found, external, warnings);
	const [organizationId, personId] = [idOf(deal.org_id), idOf(deal.person_id)];
	const [organization] = await readAll(environment, 'organization', organizationId);
	const [person] = await readAll(environment, 'person', personId);
	const organizationExternalId = await external('organization', organization);
	if (organizationExternalId === '') {
		warnings.push(unlinked(organizationId.length > 0, organization));
	}
	return {
		deal: namedRow(withoutAlias(deal), await fieldsOf(environment, 'deal')),
		organizationId: organizationId[0] ?? null,
		organizationName: String(organization?.name ?? ''),
		organizationExternalId,
		personId: personId[0] ?? null,
		personExternalId: await external('person', person),
		lines,
		warnings,
	};
}

function unlinked(isNamed: boolean, organization: PipedriveRow | undefined): string {
	if (!isNamed) return 'The deal has no organization.';
	if (!organization) return 'The organization of the deal cannot be read.';
	return `The organization "${String(organization.name)}" has no external ID that can be used.`;
}

/** `name` is the package's own word for a deal's title. */
function withoutAlias(deal: PipedriveRow): Record<string, unknown> {
	return Object.fromEntries(Object.entries(deal).filter(([key]) => key !== 'name'));
}

type ExternalIdOf = (entity: EntityName, row: PipedriveRow | undefined) => Promise<string>;

async function orderLines(
	environment: Environment,
	dealLines: readonly DealLine[],
	external: ExternalIdOf,
	warnings: string[],
): Promise<OrderLine[]> {
	for (const { name } of dealLines.filter(({ isEnabled }) => !isEnabled)) {
		warnings.push(`The line "${name}" is switched off in Pipedrive and left out.`);
	}
	const enabled = dealLines.filter(({ isEnabled }) => isEnabled);
	const ids = [...new Set(enabled.map(({ productId }) => productId))];
	const products = await readAll(environment, 'product', ids);
	const productById = new Map(products.map((row) => [row.id, row]));
	const lines: OrderLine[] = [];
	for (const line of enabled) {
		const { name } = line;
		const product = productById.get(line.productId);
		const productExternalId = await external('product', product);
		if (!product) {
			warnings.push(`The product ${line.productId} of the line "${name}" cannot be read.`);
		} else if (productExternalId === '') {
			warnings.push(`The product of the line "${name}" has no external ID that can be used.`);
		}
		const productCode = typeof product?.code === 'string' ? product.code.trim() : '';
		lines.push(orderLineOf(line, { productExternalId, productCode }));
	}
	return lines;
}

/** The one ERP id of a record. Several are told: nobody knows which of them the order is for. */
function externalIds(environment: Environment, field: string, warnings: string[]): ExternalIdOf {
	return async (entity, row) => {
		if (!row) return '';
		const key = (await fieldsOf(environment, entity)).find(field)?.key;
		if (key === undefined) {
			const missing = `Pipedrive has no ${entity} field "${field}".`;
			if (!warnings.includes(missing)) warnings.push(missing);
			return '';
		}
		const ids = externalIdsOf(row, key);
		if (ids.length < 2) return ids[0] ?? '';
		warnings.push(
			`The ${entity} "${String(row.name)}" stands for ${ids.length} ERP records (${ids.join(', ')}): none is taken.`,
		);
		return '';
	};
}

async function fieldsOf({ memory, company, api, ports }: Environment, entity: EntityName) {
	return await memory.fields.get(company.credentialKey, entity, api, ports.now());
}

/** Those that exist and are not deleted, the cheaper way. */
async function readAll(
	{ api }: Environment,
	entity: EntityName,
	ids: readonly number[],
): Promise<PipedriveRow[]> {
	const rows: PipedriveRow[] = [];
	if (ids.length <= MOST_SINGLE_READS) {
		for (const id of ids) {
			const row = await api.get(entity, id).catch((error: unknown) => {
				const core = asCoreError(error);
				if (core.kind === 'notFound') return undefined;
				throw core;
			});
			if (row) rows.push(row);
		}
	} else {
		for (let at = 0; at < ids.length; at += MOST_IDS) {
			rows.push(...(await api.list(entity, { ids: ids.slice(at, at + MOST_IDS) })).rows);
		}
	}
	return rows.filter((row) => row.is_deleted !== true);
}

function idOf(value: unknown): number[] {
	return typeof value === 'number' && value > 0 ? [value] : [];
}
