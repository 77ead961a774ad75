import { DateTime } from 'luxon';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { parseJson } from '../../../core/http/body';
import type { ErpDeal, ErpDealLine } from '../../../core/record/erpRecord';
import { columnIntent, columnsOf, namesUser, type Column } from '../columns';
import type { EntityName } from '../entities';
import type { WritePolicy } from '../fieldMap';
import type { Intent } from '../intents';
import type { Prepared } from '../prepare';
import type { Job } from '../report';
import type { Environment, UpsertSettings } from '../run';
import type { Suppression } from '../suppression';
import { usersOf } from '../users';
import { attemptOf, identityOf, NO_IDENTITY, referenceOf, suppressedJob, textOf } from './batch';
import type { Batch } from './batch';

/** Resources Organization, Person, Product and Deal: the user maps the fields. */
export function mappedRecords(
	context: IExecuteFunctions,
	environment: Environment,
	settings: UpsertSettings,
	entity: EntityName,
	suppression: Suppression,
): Batch {
	const items = context.getInputData();
	const hosts = items.map((_, item) => referenceOf(hostText(context, entity, item)));
	const needsHosts = hosts.some(({ externalId }) => externalId !== undefined);
	const isErased = (who: { externalId: string; emails?: string[] }) =>
		entity === 'person' && suppression.has(who);
	return {
		entities: needsHosts ? ['organization', entity] : [entity],
		waiting(item) {
			const externalId = textOf(context, 'externalId', item);
			if (isErased({ externalId })) return { erp: NO_IDENTITY, payload: {} };
			const payload = items[item].json;
			return { erp: identityOf(externalId, entity, payload, ''), payload };
		},
		async build(prepared) {
			const columns = columnsIn(prepared, settings, entity);
			const jobs: Job[] = [];
			for (const [item, input] of items.entries()) {
				const intent = await intentOf(context, environment, settings, entity, item, columns);
				if (isErased({ externalId: intent.externalId, emails: emailsOf(intent) })) {
					jobs.push(suppressedJob(item));
					continue;
				}
				const { pipedriveId, externalId } = hosts[item];
				if (pipedriveId !== undefined) intent.organizationId = pipedriveId;
				if (externalId !== undefined) intent.hostExternalId = externalId;
				jobs.push({
					item,
					erp: intent.erp,
					payload: input.json,
					intents: [intent],
					attempt: attemptOf(input),
				});
			}
			return jobs;
		},
	};
}

function emailsOf({ contacts, email }: Intent): string[] {
	const written = contacts.filter(({ kind }) => kind === 'emails').map(({ value }) => value);
	return email ? [email, ...written] : written;
}

function hostText(context: IExecuteFunctions, entity: EntityName, item: number): string {
	const belongs = entity === 'person' || entity === 'deal';
	return belongs ? textOf(context, 'hostExternalId', item) : '';
}

function columnsIn(prepared: Prepared, settings: UpsertSettings, entity: EntityName): Column[] {
	const fields = prepared.fields[entity]!;
	return columnsOf(fields, fields.resolve(settings.externalIdField[entity]).key);
}

async function intentOf(
	context: IExecuteFunctions,
	environment: Environment,
	settings: UpsertSettings,
	entity: EntityName,
	item: number,
	columns: readonly Column[],
): Promise<Intent> {
	const { values, isAutomatic } = valuesOf(context, item);
	const options = context.getNodeParameter('options', item, {}) as IDataObject;
	const intent = columnIntent(
		{
			item,
			entity,
			externalId: textOf(context, 'externalId', item),
			changedAt: String(options.changedAt ?? ''),
			values,
			policy: String(options.writePolicy ?? 'erpWins') as WritePolicy,
			misfitsHoldBack: settings.misfitsHoldBack,
			ignoreUnknown: isAutomatic,
			users: namesUser(values, columns) ? await usersByEmail(environment) : undefined,
		},
		columns,
	);
	if (entity === 'deal') addLines(context, item, intent);
	return intent;
}

/** What the columns of an item hold: mapped in the panel, or the item itself. */
function valuesOf(context: IExecuteFunctions, item: number) {
	const mode = context.getNodeParameter('columns.mappingMode', item, 'defineBelow');
	if (mode === 'autoMapInputData') {
		return { values: context.getInputData()[item].json, isAutomatic: true };
	}
	// n8n's own look at the values would end the whole node at the first that does not fit, reads 05.11.2026 as the 11th
	// of May, and makes 0 of an empty text: ours judges each item.
	const options = { skipValidation: true };
	const mapped = context.getNodeParameter('columns.value', item, {}, options) as IDataObject | null;
	const values = Object.entries(mapped ?? {}).map(([id, value]): [string, unknown] => {
		const isDate = (value as unknown) instanceof Date;
		return [id, isDate ? dayIn(value as unknown as Date, context.getTimezone()) : value];
	});
	return { values: Object.fromEntries(values), isAutomatic: false };
}

/** A date of JavaScript has no zone of its own: the workflow's says which day it is. */
function dayIn(date: Date, zone: string): string {
	return DateTime.fromJSDate(date, { zone }).toISO() ?? String(date);
}

/** Users may be named by e-mail. */
async function usersByEmail(environment: Environment): Promise<ReadonlyMap<string, number>> {
	const users = (await usersOf(environment)).filter(({ active }) => active);
	return new Map(users.map(({ email, id }) => [email.toLowerCase(), id]));
}

function addLines(context: IExecuteFunctions, item: number, intent: Intent): void {
	const given: unknown = context.getNodeParameter('lines', item, '');
	if (given === '' || given === null || given === undefined) return;
	const lines = linesIn(given);
	if (!lines) {
		intent.rejected ??=
			'"Lines" is no list of lines: give it a JSON list like [{ "productCode": "A-100", "quantity": "2", "unitPrice": "99.90" }]';
		return;
	}
	intent.deal = { ...NO_DEAL, title: intent.name, lines };
	// With lines Pipedrive computes the value.
	if (lines.length > 0) intent.values = intent.values.filter(({ field }) => field.key !== 'value');
}

function linesIn(given: unknown): ErpDealLine[] | undefined {
	const list = typeof given === 'string' ? parseJson(given) : given;
	if (!Array.isArray(list)) return undefined;
	const rows = list as Array<Record<string, unknown> | null>;
	if (rows.some((row) => row === null || typeof row !== 'object')) return undefined;
	return rows.map((row) => {
		const part = (name: string, fallback = '') => String(row![name] ?? fallback).trim();
		return {
			productCode: part('productCode'),
			description: part('description'),
			quantity: part('quantity', '1'),
			unitPrice: part('unitPrice', '0'),
			discount: part('discount', '0'),
			tax: part('tax'),
			...(row!.unit === undefined ? {} : { unit: part('unit') }),
			...(row!.discountType === 'amount' ? { discountType: 'amount' as const } : {}),
		};
	});
}

/** Only its lines count: everything else of the deal is mapped. */
const NO_DEAL: ErpDeal = {
	title: '',
	status: '',
	value: '',
	currency: '',
	orderDate: '',
	dueDate: '',
	organizationExternalId: '',
	lines: [],
};
