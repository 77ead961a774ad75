/** Every address the SAP S/4HANA node sends, held against the vendor's own metadata. */
import { NAVIGATIONS } from '../../nodes/SapS4Hana/parts';
import { changesSince, DAY, NOW, scanAll, startSystem } from '../nodes/sapS4Hana/system.mts';
import { checkODataUrl, vendorEdmx } from './edmx.mts';

const edmx = vendorEdmx();
const withEdmx = edmx ? describe : describe.skip;

withEdmx('the SAP S/4HANA node and API_BUSINESS_PARTNER.edmx', () => {
	it('sends no property, navigation, key or literal that the service does not have', async () => {
		const system = await startSystem({ pageSize: 3 });
		const { store, log } = system.sandbox;
		const old = NOW - 5 * DAY;
		for (let i = 0; i < 8; i++) {
			const key = store.createPartner({
				name: `Firma ${i}`,
				customer: {},
				supplier: {},
				createdAt: old,
			});
			const { person } = store.addContact(key, { lastName: `Person ${i}`, createdAt: old });
			if (i % 2) store.changePartner(person, { FirstName: 'Neu' });
		}
		const other = store.createPartner({ name: 'Lager', customer: { accountGroup: '0002' } });
		const salesAreas = [{ SalesOrganization: '1010', shipTo: [other] }];
		store.createPartner({ name: 'Mit Lager', customer: { salesAreas } });
		const filters = [
			{},
			{ exclude: [], filters: { kinds: ['neither', 'customer'], groupings: "BP02, O'X" } },
			{ parts: ['customer', 'roles'], filters: { roles: 'FLCU01', accountGroups: '0001' } },
		];
		for (const parameters of filters) {
			const source = system.source(parameters, { pageSize: 4, keysPerRequest: 3 });
			await source.load(await changesSince(source, '2026-11-01'));
			await scanAll(source);
			await scanAll(source, '0001000003');
			await source.confirmMissing(['0001000001', 'GONE']);
		}
		await system.close();
		const urls = log.urls();
		const violations = urls.flatMap((url) =>
			checkODataUrl(edmx!, url).map((it) => `${it}: ${url}`),
		);
		expect(violations).toEqual([]);
		expect(urls.length).toBeGreaterThan(50);
		expect(Math.max(...urls.map((url) => url.length))).toBeLessThan(8000);
		process.stdout.write(`checked ${urls.length} addresses against the EDMX\n`);
	});

	it('reads each navigation of its table at the place where the service has it', () => {
		for (const { path, select } of NAVIGATIONS) {
			const names = select.map((name) => `${path}/${name}`).join(',');
			const url = `/API_BUSINESS_PARTNER/A_BusinessPartner?$expand=${path}&$select=${names}`;
			expect(checkODataUrl(edmx!, url)).toEqual([]);
		}
	});

	it('notices a property that does not exist', () => {
		const url = '/API_BUSINESS_PARTNER/A_BusinessPartner?$select=LastChangeDateTime';
		expect(checkODataUrl(edmx!, url)).toHaveLength(1);
	});
});
