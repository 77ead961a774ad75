import { contentsOf, withSplitTypes } from '../package/tree.mts';
import { SYSTEM_PACKAGES, WHOLE_PACKAGE } from '../package/systems.mts';
import { filesUnder, textOf } from './sources.mts';

const templates = filesUnder('workflows').filter((file) => file.endsWith('.json'));
const packages = SYSTEM_PACKAGES.map((system) => ({
	system,
	files: contentsOf(system).workflows,
}));
const packagesOf = (file: string) =>
	packages.filter(({ files }) => files.includes(file)).map(({ system }) => system.folder);

describe('templates in the single packages', () => {
	it('none is left out', () => {
		expect(templates.length).toBeGreaterThan(15);
		expect(templates.filter((file) => packagesOf(file).length === 0)).toEqual([]);
	});

	it.each(templates)('%s names no node of the whole package there', (file) => {
		expect(withSplitTypes(textOf(file))).not.toContain(`"${WHOLE_PACKAGE}.`);
	});

	it('the first load comes with the ERP whose node it shows, the other upkeep with Pipedrive', () => {
		expect(packagesOf('workflows/initial-load.json')).toEqual(['SapS4Hana']);
		expect(withSplitTypes(textOf('workflows/initial-load.json'))).toContain(
			'"n8n-nodes-erp-sap-s4hana.sapS4Hana"',
		);
		for (const name of ['retry-set-aside', 'erase-person', 'budget-alert']) {
			expect(packagesOf(`workflows/${name}.json`)).toEqual(['Pipedrive']);
		}
	});
});
