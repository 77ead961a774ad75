import type {
	IDataObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodePropertyOptions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';
import { listError } from '../../core/n8n/nameList';
import { folded } from '../../core/record/matchKeys';
import { columnsOf, type Column } from './columns';
import { ENTITIES, isEntityName, type EntityName } from './entities';
import { openEnvironment } from './environment';
import { DEFAULT_MAP } from './fieldMap';
import type { WantedField } from './fieldReport';
import type { FieldSet } from './fields';
import { EXTERNAL_ID_FIELD, TEMPLATE_FIELDS } from './templateFields';

/** Live lists for the editor: fields by name, columns of the mapper. */
export async function fieldOptions(
	context: ILoadOptionsFunctions,
	entity: EntityName,
): Promise<INodePropertyOptions[]> {
	const fields = await liveFields(context, entity);
	const columns = columnNames(fields);
	// The currency of an amount is a column of its own name there, and a field of the default map here.
	const mapped = DEFAULT_MAP[entity]
		.map(({ pipedriveField }) => pipedriveField)
		.filter((name) => fields.find(name) && !columns.includes(name));
	const names = [...columns, ...new Set(mapped)];
	const absent = TEMPLATE_FIELDS[entity]
		.filter(({ name }) => !names.some((known) => folded(known) === folded(name)))
		.map(({ name }) => ({
			name: `${name} (Not in Pipedrive Yet: Ensure Fields Creates It)`,
			value: name,
		}));
	return [...names.map((name) => ({ name, value: name })), ...absent].sort((a, b) =>
		a.name.localeCompare(b.name),
	);
}

export async function columnSchema(context: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const resource = context.getNodeParameter('resource', 'organization') as string;
	const entity: EntityName = isEntityName(resource) ? resource : 'organization';
	const fields = await liveFields(context, entity);
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const named = String(options.externalIdField ?? '') || EXTERNAL_ID_FIELD;
	return { fields: columnsOf(fields, fields.find(named)?.key ?? '').map(mapperField) };
}

async function liveFields(context: ILoadOptionsFunctions, entity: EntityName): Promise<FieldSet> {
	try {
		const authentication = context.getNodeParameter('authentication', 'apiToken') as string;
		const { memory, company, api, ports } = await openEnvironment(context, authentication);
		return await memory.fields.get(company.credentialKey, entity, api, ports.now());
	} catch (error) {
		throw listError(context, error);
	}
}

function columnNames(fields: FieldSet): string[] {
	return columnsOf(fields, '')
		.filter(({ part }) => part !== 'currency')
		.map(({ id, part }) => (part ? id.replace(/: Amount$/, '') : id));
}

const MAPPER_TYPES: Record<string, ResourceMapperField['type']> = {
	boolean: 'boolean',
	date: 'dateTime',
	double: 'number',
	int: 'number',
};

const STATUSES = ['open', 'won', 'lost'].map((label) => ({ label }));

function mapperField({ id, field, part, isRequired }: Column): ResourceMapperField {
	const isChoice = ['enum', 'pipeline', 'stage', 'status'].includes(field.type);
	const choices = field.type === 'status' ? STATUSES : field.options;
	const hasOptions = isChoice && choices.length > 0;
	const type = hasOptions ? 'options' : part || isChoice ? 'string' : MAPPER_TYPES[field.type];
	return {
		id,
		displayName: id === field.key && field.isCustom ? `${field.name} (${field.key})` : id,
		required: isRequired,
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		type: type ?? 'string',
		...(hasOptions ? { options: choices.map(({ label }) => ({ name: label, value: label })) } : {}),
	};
}

/** What Ensure Fields is asked for. */
export function wantedFieldsOf(context: IExecuteFunctions): WantedField[] {
	const choice = context.getNodeParameter('fieldsToEnsure', 0, 'template') as string;
	const wanted: WantedField[] = [];
	if (choice !== 'listed') {
		const chosen = context.getNodeParameter('ensureFor', 0, ['organization', 'person']) as string[];
		for (const entity of ENTITIES.filter((one) => chosen.includes(one))) {
			wanted.push(...TEMPLATE_FIELDS[entity].map((field) => ({ entity, ...field })));
		}
	}
	if (choice !== 'template') {
		const listed = context.getNodeParameter('listedFields', 0, {}) as { rows?: IDataObject[] };
		for (const row of listed.rows ?? []) {
			if (String(row.name ?? '').trim() === '') continue;
			const labels = String(row.options ?? '')
				.split(',')
				.map((label) => label.trim())
				.filter(Boolean);
			wanted.push({
				entity: isEntityName(row.entity) ? row.entity : 'organization',
				name: String(row.name).trim(),
				type: String(row.type ?? 'varchar'),
				...(labels.length > 0 ? { options: labels } : {}),
			});
		}
	}
	return wanted;
}
