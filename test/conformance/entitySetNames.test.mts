/** Names of entity sets, read from the vendors' own `$metadata`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entitySetNamesIn } from '../../core/odata/entitySetNames';
import { NAME_TABLES, WAREHOUSES } from '../../nodes/SapBusinessOne/entities';

const FOLDER = join(process.cwd(), '../shared/reference');
const B1_SETS = [...Object.values(NAME_TABLES), WAREHOUSES].map(({ entitySet }) => entitySet);

describe('the list of entity sets in the panel', () => {
	it.each([
		['sap-b1/metadata-v3.edmx.xml', 282, [...B1_SETS, 'SalesOpportunities']],
		['sage300/ar-service-v3.edmx', 29, ['Customers', 'PostedReceipts']],
		['sap/API_BUSINESS_PARTNER.edmx', undefined, ['A_BusinessPartner', 'A_Customer']],
	])('holds what %s names', (file, count, expected) => {
		const path = join(FOLDER, file);
		if (!existsSync(path)) {
			process.stdout.write(`entity sets of ${file}: skipped, the file is absent\n`);
			return;
		}
		const body = readFileSync(path);
		const names = entitySetNamesIn({ status: 200, headers: {}, body }, file, '');
		const written = body.toString('utf8').match(/<EntitySet\s/g)?.length;
		expect(names).toHaveLength(count ?? written ?? 0);
		expect(written).toBe(names.length);
		expect(names).toEqual(expect.arrayContaining(expected));
		process.stdout.write(`entity sets of ${file}: ${names.length}\n`);
	});
});
