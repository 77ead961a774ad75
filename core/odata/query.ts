import type { ODataDialect, ODataShape } from './dialect';

export interface ODataQuery {
	shape?: ODataShape;
	/** Written with the dialect's literals. */
	filter?: string;
	orderBy?: readonly string[];
	top?: number;
	skip?: number;
	count?: boolean;
	/** Options of the server itself, for example `sap-client`. */
	extra?: Readonly<Record<string, string>>;
}

/** The absolute, encoded address of a read. `resource` is an entity set, or one entity with its key predicate. */
export function odataUrl(
	dialect: ODataDialect,
	serviceUrl: string,
	resource: string,
	query: ODataQuery = {},
): string {
	const options: Array<readonly [string, string | undefined]> = [];
	if (query.shape) {
		const { select, expand } = dialect.projection(query.shape);
		options.push(['$select', select], ['$expand', expand]);
	}
	options.push(['$filter', query.filter], ['$orderby', query.orderBy?.join(',')]);
	options.push(['$top', query.top?.toString()], ['$skip', query.skip?.toString()]);
	if (query.count) options.push(dialect.countOption);
	options.push(...Object.entries(query.extra ?? {}));
	const text = options
		.filter((option): option is readonly [string, string] => Boolean(option[1]))
		.map(([name, value]) => `${name}=${encoded(value)}`)
		.join('&');
	const path = `${serviceUrl.replace(/\/+$/, '')}/${encodedResource(resource)}`;
	return text === '' ? path : `${path}?${text}`;
}

/** `A_Customer('100')` or `A_Set(A='1',B='2')`; the values are literals already. */
export function entityPath(entitySet: string, keys: Readonly<Record<string, string>>): string {
	const pairs = Object.entries(keys);
	const predicate =
		pairs.length === 1 ? pairs[0][1] : pairs.map(([name, value]) => `${name}=${value}`).join(',');
	return `${entitySet}(${predicate})`;
}

/** `(a eq '1' or a eq '2')`: the widest form of "one of these" that every OData server knows. */
export function anyOf(field: string, literals: readonly string[]): string {
	const terms = literals.map((literal) => `${field} eq ${literal}`);
	return terms.length === 1 ? terms[0] : `(${terms.join(' or ')})`;
}

export function allOf(...terms: Array<string | undefined>): string | undefined {
	const present = terms.filter((term): term is string => Boolean(term));
	return present.length === 0 ? undefined : present.join(' and ');
}

/** Percent-encoding with `%20` for blanks; separators that OData uses itself stay readable and keep the URL short. */
function encoded(value: string): string {
	return encodeURIComponent(value)
		.replace(/%2C/g, ',')
		.replace(/%2F/g, '/')
		.replace(/%3A/g, ':')
		.replace(/%24/g, '$')
		.replace(/%3D/g, '=')
		.replace(/%3B/g, ';');
}

function encodedResource(resource: string): string {
	return encodeURIComponent(resource)
		.replace(/%2C/g, ',')
		.replace(/%3D/g, '=')
		.replace(/%24/g, '$');
}
