/** What Pipedrive Upsert sends and gets, held against Pipedrive's own OpenAPI files. */
import { COMPANY_ENDPOINTS, ENTITY_ENDPOINTS } from '../../nodes/Pipedrive/api';
import type { Endpoint } from '../../nodes/Pipedrive/call';
import { DEFAULT_DEAL_SETTINGS } from '../../nodes/Pipedrive/deals/dealSettings';
import { ENTITIES } from '../../nodes/Pipedrive/entities';
import { ensureFields } from '../../nodes/Pipedrive/ensureFields';
import { encode, WRITABLE_TYPES } from '../../nodes/Pipedrive/fieldValues';
import { fieldSetOf } from '../../nodes/Pipedrive/fields';
import { createProcessMemory } from '../../nodes/Pipedrive/memory';
import { userIdOf } from '../../nodes/Pipedrive/users';
import { document, item, order } from '../nodes/pipedrive/orders.mts';
import { contact, openBench, partner, type Bench } from '../nodes/pipedrive/support.mts';
import { createPipedriveValidator } from './openapi.mts';
import { documentsPresent, loadOperations, skipReason } from './openapiDocuments.mts';

if (!documentsPresent) console.warn(skipReason);
const describeWith = documentsPresent ? describe : describe.skip;

const endpoints: Endpoint[] = [
	...Object.values(ENTITY_ENDPOINTS).flatMap((entity) => Object.values(entity)),
	...Object.values(COMPANY_ENDPOINTS),
];

describeWith('the endpoint table', () => {
	const operations = documentsPresent ? loadOperations() : [];

	it.each(
		endpoints.map((endpoint) => [
			`${endpoint.method} v${endpoint.version}${endpoint.path}`,
			endpoint,
		]),
	)('%s exists and costs what the document says', (_, endpoint) => {
		const { method, path, version, cost } = endpoint as Endpoint;
		const operation = operations.find(
			(one) => one.method === method && one.path === path && one.version === `v${version}`,
		);
		expect(operation?.cost).toBe(cost);
	});
});

describeWith('every exchange of the upsert', () => {
	let bench: Bench;
	afterEach(async () => await bench.close());

	it('fits the documents: fields, lists, creates, updates, searches, reads', async () => {
		bench = await openBench({ record: true });
		bench.sandbox.seed({ organizations: 600, persons: 600 });
		const many = Array.from({ length: 20 }, (_, n) => partner(n));
		await bench.run(many);
		bench.clock.advance(60_000);
		await bench.run(
			many.map((_, n) =>
				partner(n, {
					organization: {
						taxNumber: '',
						website: '',
						type: n % 2 === 0 ? ['Customer', 'Supplier'] : [],
						billingAddress:
							n % 3 === 0
								? { street: '', houseNumber: '', postalCode: '', city: '', region: '', country: '' }
								: undefined,
						shippingAddress: {
							street: 'Kai',
							houseNumber: '1',
							postalCode: '20457',
							city: 'Hamburg',
							region: 'HH',
							country: 'DE',
						},
					},
					persons: [contact(n, { mobile: '+49 170 1', email: '' })],
				}),
			),
			{ settings: { stopAbovePercent: 0 } },
		);
		const settings = { maxIndexRows: 0 };
		await bench.run([partner(1), partner(500)], { memory: createProcessMemory(), settings });
		const environment = bench.environment();
		await userIdOf(environment, 'anna.weber@example.com');
		await ensureFields(
			environment,
			[{ entity: 'organization', name: 'ERP Type', type: 'set', options: ['Partner'] }],
			false,
		);
		report(bench);
	});

	it('fits the documents for products, deals with lines, stages, archived deals and summary notes', async () => {
		bench = await openBench({ record: true });
		const options = { entities: [...ENTITIES] };
		const customer = partner(1);
		const host = customer.erp.externalId;
		const line = (n: number, quantity = '2') => ({
			productCode: n === 9 ? '' : item(n).product.code,
			description: `Pump ${n}`,
			quantity,
			unitPrice: '9.99',
			discount: '10',
			tax: '19',
			unit: 'pcs',
		});
		const lines = Array.from({ length: 10 }, (_, n) => line(n));
		const items = Array.from({ length: 9 }, (_, n) => item(n));
		const stage = [...bench.sandbox.store.collections.stages.all()][1];
		const settings = {
			stopAbovePercent: 0,
			deal: {
				...DEFAULT_DEAL_SETTINGS,
				removesLines: true,
				stages: [{ erpStatus: 'Shipping', stage: String(stage.name) }],
			},
		};
		await bench.run([customer, ...items, order(1, host, { lines }), document(1, host)], options);
		await bench.run(
			[
				item(1, { isActive: false, unit: '', prices: [{ currency: 'USD', price: '1.005' }] }),
				order(1, host, { lines: [line(0, '7'), line(1)], status: 'Shipping', dueDate: '' }),
				order(2, host, { state: 'completed', lastInvoiceDate: '2026-11-19' }),
				document(1, host, { open: '0' }),
			],
			{ ...options, settings },
		);
		await bench.run([order(1, host, { state: 'cancelled', status: 'Cancelled' })], options);
		const searched = { maxIndexRows: 0 };
		const memory = createProcessMemory();
		await bench.run([item(1), item(50), order(9, host, { lines })], {
			...options,
			memory,
			settings: searched,
		});
		report(bench);
	});

	it('fits the documents for every type of custom field', async () => {
		bench = await openBench({ record: true });
		const environment = bench.environment();
		const types = WRITABLE_TYPES.filter((type) => type !== 'int');
		const made = await ensureFields(
			environment,
			types.map((type) => ({
				entity: 'organization' as const,
				name: `Field ${type}`,
				type,
				...(type === 'enum' || type === 'set' ? { options: ['A', 'B'] } : {}),
			})),
			false,
		);
		expect(made.created).toHaveLength(16);
		const person = await environment.api.create('person', { name: 'Somebody' });
		const host = await environment.api.create('organization', { name: 'Host' });
		const samples: Record<string, unknown> = {
			varchar: 'a',
			varchar_auto: 'a',
			text: 'a',
			phone: '+49 40 1',
			double: '12.5',
			monetary: '1200.505 EUR',
			enum: 'B',
			set: 'A, B',
			user: 1,
			org: host.id,
			people: person.id,
			date: '2026-11-20T10:00:00',
			daterange: '2026-11-01/2026-11-30',
			time: '09:00',
			timerange: '09:00/17:30',
			address: {
				street: 'Kai',
				houseNumber: '1',
				postalCode: '20457',
				city: 'Hamburg',
				region: '',
				country: 'DE',
			},
		};
		const fields = fieldSetOf('organization', await environment.api.fields('organization'));
		const valuesOf = (input: (type: string) => unknown) =>
			Object.fromEntries(
				types.map((type) => {
					const field = fields.resolve(`Field ${type}`);
					const encoded = encode(field, input(type));
					if ('reason' in encoded) throw new Error(encoded.reason);
					return [field.key, encoded.value];
				}),
			);
		const row = await environment.api.create('organization', {
			name: 'All types',
			custom_fields: valuesOf((type) => samples[type]),
		});
		await environment.api.update('organization', row.id, { custom_fields: valuesOf(() => '') });
		const [stored] = bench.sandbox.records('organizations').filter(({ id }) => id === row.id);
		expect(Object.values(stored.custom_fields ?? {}).filter((value) => value !== null)).toEqual([]);
		report(bench);
	});
});

function report(bench: Bench): void {
	const validator = createPipedriveValidator();
	const { exchanges } = bench.sandbox.log;
	const faults = exchanges.flatMap((exchange) => validator.check(exchange as never));
	console.info(`${exchanges.length} exchanges held against the documents, ${faults.length} faults`);
	expect([...new Set(faults)].slice(0, 10)).toEqual([]);
	expect(exchanges.length).toBeGreaterThan(20);
}
