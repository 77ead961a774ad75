/** Holds one HTTP exchange against Pipedrive's own OpenAPI documents. */
import {
	createCompiler,
	describeError,
	findOperation,
	loadOperations,
	type ApiOperation,
	type ApiVersion,
	type Json,
} from './openapiDocuments.mts';

export { documentsPresent, skipReason } from './openapiDocuments.mts';

/** As the sandbox records it; a recorded exchange can be passed as it is. */
export interface CheckedExchange {
	method: string;
	/** `/api/v2/organizations/7`; also `/api/v1/…` and `/v1/…`. */
	path: string;
	query: string | URLSearchParams;
	requestBody: unknown;
	status: number;
	responseBody: unknown;
}

export interface PipedriveValidator {
	/** In words, empty when the exchange keeps to the documents. */
	check(exchange: CheckedExchange): string[];
	/** The operation an exchange belongs to. */
	operationOf(exchange: { method: string; path: string }): ApiOperation | undefined;
}

interface Gap {
	where: 'request' | 'response';
	/** Position of the value: `data/3/address`, `data/address/formatted_address`. */
	at: RegExp;
	what: 'null' | 'undeclared key' | 'type';
	reason: string;
}

/** Where the documents are known to say less than the service does. */
export const toleratedGaps: readonly Gap[] = [
	{
		where: 'response',
		at: /(^|\/)additional_data\/next_cursor$/,
		what: 'null',
		reason: 'v2 declares a string; the last page has none, and v2 fields lists declare null',
	},
	{
		where: 'response',
		at: /^data\/(\d+\/)?(postal_address|address|location|org_id|person_id|picture_id|first_name|last_name|notes|birthday|job_title|won_time|lost_time|close_time|expected_close_date|deal_id|lead_id|project_id|due_date|due_time|duration|marked_as_done_time|conference_meeting_(client|url|id)|public_description|priority|note|code|description|unit|cost|pipeline_id|stage_change_time|next_activity_id|last_activity_id|comments)$/,
		what: 'null',
		reason: 'v2 entity schemas declare hardly any null; unset values cannot be anything else',
	},
	{
		where: 'response',
		at: /^data\/(\d+\/)?(postal_address|address|location)\/[a-z_0-9]+$/,
		what: 'null',
		reason: 'address parts that were not given become null (migration guide)',
	},
	{
		where: 'response',
		at: /\/(postal_address|address|location)\/formatted_address$/,
		what: 'undeclared key',
		reason: "the fields example lists it as a subfield of Address, the entity schema doesn't",
	},
	{
		where: 'response',
		at: /\/(item|items\/\d+\/item)\/(organization\/)?address$/,
		what: 'null',
		reason: "the search example shows null for an organization's missing address",
	},
	{
		where: 'response',
		at: /\/item\/organization\/address$/,
		what: 'undeclared key',
		reason: 'the search example has it, the schema of a hit leaves it out',
	},
	{
		where: 'response',
		at: /\/item\/(organization|person)$/,
		what: 'null',
		reason: 'a person without organization; the schema declares null for deals only',
	},
	{
		where: 'response',
		at: /^data\/items\/\d+\/item\/(value|code)$/,
		what: 'type',
		reason: 'hits declare value and product code as integer, examples show "product-code"',
	},
	{
		where: 'response',
		at: /^data\/(\d+\/)?[a-z_]+(_count|_activity_id|_mail_time|bcc_email|_status|_won_time|_lead_id)$/,
		what: 'undeclared key',
		reason: 'what include_fields asks for is named in the parameter, not in the schema',
	},
	{
		where: 'response',
		at: /^data\/(\d+\/)?labels$/,
		what: 'undeclared key',
		reason: 'what include_labels asks for is not in the schema',
	},
	{
		where: 'response',
		at: /^data\/(\d+\/)?(prices\/\d+\/)?(cost|direct_cost|notes|tax|category)$/,
		what: 'null',
		reason: 'unset parts of a price',
	},
	{
		where: 'response',
		at: /^data\/(\d+\/)?(deal_id|lead_id|person_id|org_id|project_id|task_id|deal|organization|person|project|task)$/,
		what: 'null',
		reason: 'a note has one parent; the ids of the others are null',
	},
	{
		where: 'response',
		at: /^data\/\d+\/(add|update)_time$/,
		what: 'type',
		reason: 'v1 lists declare date-time; v1 answers carry "YYYY-MM-DD HH:MM:SS" without zone',
	},
];

export function createPipedriveValidator(): PipedriveValidator {
	const operations = loadOperations();
	const compile = createCompiler();
	const operationOf = ({ method, path }: { method: string; path: string }) => {
		const match = /^(?:\/api\/(v[12])|\/(v1))(\/.*)$/.exec(path);
		const version = (match?.[1] ?? match?.[2]) as ApiVersion | undefined;
		return version && findOperation(operations, version, method, match?.[3] ?? '');
	};
	const faults = (where: Gap['where'], schema: Json, value: unknown): string[] => {
		const validate = compile(schema);
		if (validate(value)) return [];
		return (validate.errors ?? [])
			.map(describeError)
			.filter((fault) => !isTolerated(where, fault))
			.map(({ at, what }) => `${where} ${at}: ${what}`);
	};
	return {
		operationOf,
		check(exchange) {
			const operation = operationOf(exchange);
			const name = `${exchange.method} ${exchange.path}`;
			if (!operation) return [`${name}: no such operation in the documents`];
			const found = queryFaults(operation, new URLSearchParams(exchange.query));
			if (exchange.requestBody !== null && exchange.requestBody !== undefined) {
				if (operation.body) found.push(...faults('request', operation.body, exchange.requestBody));
				else found.push('request: takes no body');
			}
			if (exchange.status >= 200 && exchange.status < 300) {
				if (!(exchange.status in operation.responses)) {
					found.push(`response: status ${exchange.status} is not declared`);
				}
				const schema = operation.responses[exchange.status];
				if (schema) found.push(...faults('response', schema, exchange.responseBody));
			}
			return found.map((fault) => `${name} (${operation.path}): ${fault}`);
		},
	};
}

function isTolerated(where: Gap['where'], fault: ReturnType<typeof describeError>): boolean {
	return toleratedGaps.some((gap) => {
		if (gap.where !== where || !gap.at.test(fault.at)) return false;
		if (gap.what === 'undeclared key') return fault.what === 'undeclared key';
		if (gap.what === 'null') return fault.value === null;
		return /^must (be|match format) /.test(fault.what);
	});
}

function queryFaults(operation: ApiOperation, query: URLSearchParams): string[] {
	const declared = new Map(
		operation.parameters.filter((p) => p.in === 'query').map((p) => [p.name, p]),
	);
	const found: string[] = [];
	for (const [key, value] of query) {
		const parameter = declared.get(key);
		if (!parameter) found.push(`query ${key}: undeclared`);
		else found.push(...valueFaults(key, value, parameter.schema));
	}
	for (const [key, parameter] of declared) {
		if (parameter.required && !query.has(key)) found.push(`query ${key}: missing`);
	}
	return found;
}

/** Enumerated strings of these documents are comma-separated lists in disguise. */
function valueFaults(key: string, value: string, schema: Json): string[] {
	const fault = (why: string) => [`query ${key}: '${value}' ${why}`];
	if (schema.type === 'integer' && !/^-?\d+$/.test(value)) return fault('is no integer');
	if (schema.type === 'boolean' && !/^(true|false)$/.test(value)) return fault('is no boolean');
	if (!Array.isArray(schema.enum)) return [];
	const allowed = (schema.enum as unknown[]).map(String);
	if (allowed.includes(value)) return [];
	return value.split(',').every((part) => allowed.includes(part))
		? []
		: fault('is not in the list');
}
