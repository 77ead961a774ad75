import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { operations } from '../sandbox/pipedrive/operations.mts';
import type { Schema } from '../sandbox/pipedrive/schema.mts';
import { documentsPresent, loadOperations, skipReason, type Json } from './openapiDocuments.mts';
import { createPipedriveValidator, type PipedriveValidator } from './openapi.mts';
import { walkEverything } from './pipedriveWalk.mts';

const name = (o: { method: string; version: string; path: string }) =>
	`${o.method} ${o.version} ${o.path}`;

(documentsPresent ? describe : describe.skip)(
	`Pipedrive sandbox against the vendor's OpenAPI${documentsPresent ? '' : ` (${skipReason})`}`,
	() => {
		let validator: PipedriveValidator;
		let sandbox: PipedriveSandbox;
		const declared = new Map(
			documentsPresent ? loadOperations().map((operation) => [name(operation), operation]) : [],
		);

		beforeAll(async () => {
			validator = createPipedriveValidator();
			sandbox = await startPipedriveSandbox({
				record: true,
				plan: 'ultimate',
				contactSync: true,
				searchLagSeconds: 0,
				geocoding: 'full',
			});
			await walkEverything(sandbox);
		}, 60_000);

		afterAll(() => sandbox.close());

		it('answers only operations that the vendor documents', () => {
			expect(operations.map(name).filter((each) => !declared.has(each))).toEqual([]);
		});

		it('charges what x-token-cost says, for every operation', () => {
			const charged = operations.map((o) => [name(o), o.cost]);
			expect(charged).toEqual(operations.map((o) => [name(o), declared.get(name(o))?.cost]));
		});

		it('takes exactly the declared query parameters, with their types', () => {
			const theirs = operations.map((o) => [name(o), queryOf(declared.get(name(o))?.parameters)]);
			expect(operations.map((o) => [name(o), ownQuery(o)])).toEqual(theirs);
		});

		it('takes exactly the declared body keys, with their types', () => {
			const differences = operations.flatMap((o) => {
				const theirs = declared.get(name(o))?.body;
				return compareBody(name(o), o.body, theirs);
			});
			expect(differences).toEqual([]);
		});

		it('keeps every exchange within the documents', () => {
			const { exchanges } = sandbox.log;
			const good = exchanges.filter(({ status }) => status >= 200 && status < 300);
			const checked = new Set(good.map((e) => name(validator.operationOf(e) ?? never(e.path))));
			expect(operations.map(name).filter((each) => !checked.has(each))).toEqual([]);
			expect(good.flatMap((exchange) => validator.check(exchange))).toEqual([]);
			process.stdout.write(
				`Pipedrive: ${good.length} exchanges of ${checked.size} operations checked\n`,
			);
		});

		describe('the check itself', () => {
			const exchange = () =>
				structuredClone(
					sandbox.log.exchanges.find(
						({ method, path, status }) =>
							method === 'POST' && path === '/api/v2/organizations' && status === 200,
					) ?? never('POST organizations'),
				);

			it('sees an undeclared key in an answer', () => {
				const bad = exchange();
				Object.assign((bad.responseBody as { data: Json }).data, { org_id: 7 });
				expect(validator.check(bad).join()).toContain('data/org_id: undeclared key');
			});

			it('sees a wrong type in an answer', () => {
				const bad = exchange();
				Object.assign((bad.responseBody as { data: Json }).data, { id: '7' });
				expect(validator.check(bad).join()).toContain('data/id: must be integer');
			});

			it('sees an undeclared key in a nested part of a request', () => {
				const bad = exchange();
				bad.requestBody = { name: 'x', address: { value: 'y', town: 'z' } };
				expect(validator.check(bad).join()).toContain('address/town: undeclared key');
			});

			it('sees a missing body key, an undeclared query key, path and status', () => {
				expect(validator.check({ ...exchange(), requestBody: {} }).join()).toContain('name');
				expect(validator.check({ ...exchange(), query: 'start=0' }).join()).toContain('start');
				expect(validator.check({ ...exchange(), status: 201 }).join()).toContain('201');
				const elsewhere = { ...exchange(), path: '/api/v2/companies' };
				expect(validator.check(elsewhere).join()).toContain('no such operation');
			});

			it('sees a null where the document declares none', () => {
				const bad = exchange();
				bad.requestBody = { name: null };
				expect(validator.check(bad).join()).toContain('request name: must be string');
			});
		});
	},
);

function never(what: string): never {
	throw new Error(`not recorded: ${what}`);
}

const queryTypes: Record<string, string> = {
	integer: 'integer',
	boolean: 'boolean',
	flag: 'number',
	string: 'string',
	moment: 'string',
	list: 'string',
	integers: 'string',
};

function ownQuery(operation: (typeof operations)[number]) {
	const entries = Object.entries(operation.query ?? {}).map(([key, parameter]) => [
		key,
		key === 'deal_ids' ? 'array' : queryTypes[parameter.type],
		parameter.required === true,
		[...(parameter.enum ?? [])].sort(),
	]);
	return entries.sort();
}

function queryOf(parameters: ReturnType<typeof loadOperations>[number]['parameters'] = []) {
	return parameters
		.filter((parameter) => parameter.in === 'query')
		.map(({ name: key, required, schema }) => {
			const values = ((schema.enum as unknown[] | undefined) ?? []).map(String);
			const isFlag = values.join() === '0,1';
			const single = values.filter((value) => !value.includes(','));
			return [key, schema.type, required === true, isFlag ? [] : single.sort()];
		})
		.sort();
}

/** Stricter than the document on purpose. */
const stricter = [
	'POST v2 /persons: required name',
	'POST v2 /products.prices[]: ',
	'PATCH v2 /products/{id}.prices[]: ',
];

function compareBody(at: string, own: Schema | undefined, theirs: Json | undefined): string[] {
	if (!own || !theirs) return own || theirs ? [`${at}: only one side has a body`] : [];
	const found: string[] = [];
	const types = [theirs.type].flat() as unknown[];
	if (!types.includes(own.type)) found.push(`${at}: ${own.type} against ${String(types)}`);
	if (types.includes('null') !== (own.nullable === true)) found.push(`${at}: null`);
	if (own.type === 'array') {
		found.push(...compareBody(`${at}[]`, own.items, theirs.items as Json));
	}
	if (own.type === 'object') {
		const theirKeys = Object.keys((theirs.properties as Json | undefined) ?? {}).sort();
		const ownKeys = Object.keys(own.properties ?? {}).sort();
		if (ownKeys.join() !== theirKeys.join()) {
			found.push(`${at}: keys ${ownKeys.join()} against ${theirKeys.join()}`);
		}
		for (const key of ownKeys.filter((each) => theirKeys.includes(each))) {
			const theirSchema = (theirs.properties as Record<string, Json>)[key];
			found.push(...compareBody(`${at}.${key}`, own.properties?.[key], theirSchema));
		}
		const demanded = new Set((theirs.required as string[] | undefined) ?? []);
		for (const key of own.required ?? [])
			if (!demanded.delete(key)) found.push(`${at}: required ${key}`);
		for (const key of demanded) found.push(`${at}: not required ${key}`);
	}
	return found.filter((each) => !stricter.some((known) => each.startsWith(known)));
}
