/** The vendor's OpenAPI documents, parsed once, and exchanges held against them. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

export type Json = Record<string, unknown>;
export type ApiVersion = 'v1' | 'v2';

export interface ApiParameter {
	in: string;
	name: string;
	required?: boolean;
	schema: Json;
}

export interface ApiOperation {
	version: ApiVersion;
	method: string;
	path: string;
	cost: number;
	/** OAuth2 scopes; one of them is enough. */
	scopes: string[];
	parameters: ApiParameter[];
	/** JSON body; references resolved. */
	body?: Json;
	responses: Record<string, Json | undefined>;
}

const folder = join(process.cwd(), '..', 'shared', 'reference', 'pipedrive');

/** False where the vendor's documents are not at hand: tests then skip. */
export const documentsPresent =
	existsSync(join(folder, 'openapi-v1.yaml')) && existsSync(join(folder, 'openapi-v2.yaml'));

export const skipReason = `SKIPPED: Pipedrive's openapi-v1.yaml and openapi-v2.yaml are not in ${folder}`;

/** Every operation of both documents. */
export function loadOperations(): ApiOperation[] {
	return (['v1', 'v2'] as const).flatMap((version) => operationsOf(version, load(version)));
}

/** Parsing YAML of this size takes seconds: the result is kept by the file's hash. */
function load(version: ApiVersion): Json {
	const text = readFileSync(join(folder, `openapi-${version}.yaml`), 'utf8');
	const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
	const cache = join(process.cwd(), 'node_modules', '.cache', 'pipedrive-openapi');
	const file = join(cache, `${version}-${hash}.json`);
	if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Json;
	const document = parse(text, { maxAliasCount: -1 }) as Json;
	mkdirSync(cache, { recursive: true });
	writeFileSync(file, JSON.stringify(document));
	return document;
}

function operationsOf(version: ApiVersion, document: Json): ApiOperation[] {
	const found: ApiOperation[] = [];
	for (const [path, methods] of Object.entries(document.paths as Record<string, Json>)) {
		for (const [method, value] of Object.entries(methods)) {
			const operation = value as Json;
			if (!operation.responses) continue;
			const responses = Object.entries(operation.responses as Record<string, Json>);
			found.push({
				version,
				method: method.toUpperCase(),
				path,
				cost: operation['x-token-cost'] as number,
				scopes: ((operation.security as Array<Record<string, string[]>> | undefined) ?? []).flatMap(
					({ oauth2 }) => oauth2 ?? [],
				),
				parameters: ((operation.parameters as Json[] | undefined) ?? []).map(
					(parameter) => resolve(document, parameter) as unknown as ApiParameter,
				),
				body: jsonSchema(document, operation.requestBody as Json | undefined),
				responses: Object.fromEntries(
					responses.map(([status, response]) => [status, jsonSchema(document, response)]),
				),
			});
		}
	}
	return found;
}

function jsonSchema(document: Json, holder: Json | undefined): Json | undefined {
	const content = holder && (resolve(document, holder).content as Record<string, Json> | undefined);
	const schema = content?.['application/json']?.schema as Json | undefined;
	return schema && (expand(document, schema) as Json);
}

function resolve(document: Json, node: Json): Json {
	if (typeof node.$ref !== 'string') return node;
	const parts = node.$ref.split('/').slice(1);
	let found: unknown = document;
	for (const part of parts) found = (found as Json)[part];
	return resolve(document, found as Json);
}

/** References inlined, OpenAPI 3.0's `nullable` turned into JSON Schema, `allOf` flattened. */
function expand(document: Json, value: unknown): unknown {
	if (Array.isArray(value)) return value.map((entry) => expand(document, entry));
	if (typeof value !== 'object' || value === null) return value;
	const node = resolve(document, value as Json);
	const out: Json = {};
	for (const [key, entry] of Object.entries(node)) {
		if (key === 'properties') {
			out.properties = Object.fromEntries(
				Object.entries(entry as Json).map(([name, schema]) => [name, expand(document, schema)]),
			);
		} else if (['items', 'allOf', 'oneOf', 'anyOf', 'additionalProperties'].includes(key)) {
			out[key] = expand(document, entry);
		} else if (['type', 'required', 'enum', 'format', 'nullable'].includes(key)) {
			out[key] = entry;
		} else if (/^(min|max)(Items|Length)?$|^(min|max)imum$/.test(key)) {
			out[key] = entry;
		}
	}
	return nullable(flatten(out));
}

/** One object schema instead of `allOf`, so that undeclared keys can be told. */
function flatten(schema: Json): Json {
	if (!Array.isArray(schema.allOf)) return schema;
	const { allOf, ...own } = schema;
	let merged: Json = own;
	for (const part of allOf as Json[]) {
		merged = {
			...merged,
			...part,
			...(merged.properties || part.properties
				? { properties: { ...(merged.properties as Json), ...(part.properties as Json) } }
				: {}),
			...(merged.required || part.required
				? { required: [...new Set([...list(merged.required), ...list(part.required)])] }
				: {}),
		};
	}
	return merged;
}

function nullable(schema: Json): Json {
	const { nullable: isNullable, ...rest } = schema;
	if (!isNullable) return rest;
	if (typeof rest.type === 'string') rest.type = [rest.type, 'null'];
	if (Array.isArray(rest.enum)) rest.enum = [...(rest.enum as unknown[]), null];
	return rest;
}

function list(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

/** The template that fits a path; fixed segments win over placeholders. */
export function findOperation(
	operations: readonly ApiOperation[],
	version: ApiVersion,
	method: string,
	path: string,
): ApiOperation | undefined {
	const segments = path.split('/');
	const fits = (template: string) => {
		const parts = template.split('/');
		return (
			parts.length === segments.length &&
			parts.every((part, index) => part.startsWith('{') || part === segments[index])
		);
	};
	const open = ({ path: template }: ApiOperation) => template.split('{').length;
	return operations
		.filter((o) => o.version === version && o.method === method && fits(o.path))
		.sort((a, b) => open(a) - open(b))[0];
}

/** A compiler of schemas that refuses undeclared keys wherever properties are listed. */
export function createCompiler(): (schema: Json) => ValidateFunction {
	const ajv = new Ajv({ strict: false, allErrors: true, verbose: true });
	addFormats(ajv);
	const compiled = new WeakMap<Json, ValidateFunction>();
	return (schema) => {
		let validate = compiled.get(schema);
		if (!validate) {
			validate = ajv.compile(closed(schema) as Json);
			compiled.set(schema, validate);
		}
		return validate;
	};
}

/** `additionalProperties: false` wherever properties are listed and nothing else is said. */
function closed(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(closed);
	if (typeof value !== 'object' || value === null) return value;
	const out: Json = {};
	for (const [key, entry] of Object.entries(value)) {
		if (key === 'properties') {
			out.properties = Object.fromEntries(
				Object.entries(entry as Json).map(([name, schema]) => [name, closed(schema)]),
			);
		} else out[key] = closed(entry);
	}
	if (out.properties && out.additionalProperties === undefined) out.additionalProperties = false;
	return out;
}

/** "data/0/address: undeclared key 'formatted_address'" */
export function describeError(error: ErrorObject): { at: string; what: string; value: unknown } {
	const at = error.instancePath.slice(1);
	if (error.keyword === 'additionalProperties') {
		const key = (error.params as { additionalProperty: string }).additionalProperty;
		return { at: at === '' ? key : `${at}/${key}`, what: 'undeclared key', value: undefined };
	}
	return { at, what: error.message ?? error.keyword, value: error.data };
}
