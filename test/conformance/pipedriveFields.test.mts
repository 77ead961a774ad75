/** Two processes that create the same fields: their requests and the sandbox's answers against Pipedrive's OpenAPI. */
import type { Transport } from '../../core/http/ports';
import { ENTITIES } from '../../nodes/Pipedrive/entities';
import { ensureFields } from '../../nodes/Pipedrive/ensureFields';
import { TEMPLATE_FIELDS } from '../../nodes/Pipedrive/templateFields';
import { createProcessMemory } from '../../nodes/Pipedrive/memory';
import { TWIN_ENDPOINTS } from '../../nodes/Pipedrive/twinFields';
import { openBench, type Bench } from '../nodes/pipedrive/support.mts';
import { createPipedriveValidator } from './openapi.mts';
import { documentsPresent, skipReason } from './openapiDocuments.mts';

let bench: Bench;
afterEach(async () => await bench?.close());

(documentsPresent ? it : it.skip)(
	`every exchange fits the documents, down to the field that is taken back${documentsPresent ? '' : ` (${skipReason})`}`,
	async () => {
		bench = await openBench({ withoutFields: true, record: true });
		const wanted = ENTITIES.flatMap((entity) =>
			TEMPLATE_FIELDS[entity].map((field) => ({ entity, ...field })),
		);
		let arrived = 0;
		let open: () => void = () => undefined;
		const both = new Promise<void>((resolve) => (open = resolve));
		const together =
			(wire: Transport): Transport =>
			async (request) => {
				if (request.method === 'POST' && ++arrived <= 2) {
					if (arrived === 2) open();
					await both;
				}
				return await wire(request);
			};
		const processes = [1, 2].map(() =>
			bench.environment({ memory: createProcessMemory(), transport: together }),
		);
		await Promise.all(processes.map((one) => ensureFields(one, wanted, false)));
		const { entries, exchanges } = bench.sandbox.log;
		const { check } = createPipedriveValidator();
		expect(exchanges.flatMap((exchange) => check(exchange as never))).toEqual([]);
		const done = new Set(entries.map(({ method, operation }) => `${method} ${operation}`));
		for (const { remove } of Object.values(TWIN_ENDPOINTS)) {
			expect(done).toContain(`${remove.method} ${remove.path}`);
		}
		expect(entries.some(({ path }) => path === '/api/v1/organizationFields')).toBe(true);
		for (const entity of ENTITIES) {
			const names = bench.sandbox.store.customFieldsOf(entity).map(({ name }) => name);
			expect(names.sort()).toEqual(TEMPLATE_FIELDS[entity].map(({ name }) => name).sort());
		}
		process.stdout.write(`Pipedrive: ${exchanges.length} exchanges about fields checked\n`);
	},
);
