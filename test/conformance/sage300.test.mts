/** The Sage 300 source and its sandbox against the vendor's own metadata, payloads and demo requests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CUSTOMER_GROUPS, PAYMENT_TERMS } from '../../nodes/Sage300/descriptions';
import { customerFields, OPTIONAL_FIELD_FIELDS, SHIP_TO_FIELDS } from '../../nodes/Sage300/mapping';
import { ALL_PARTS } from '../../nodes/Sage300/parameters';
import { POSTED } from '../../nodes/Sage300/posted';
import { KIND_OF_CODE } from '../../nodes/Sage300/refusal';
import { recordsSince, scanAll, startSystem } from '../nodes/sage300/system.mts';
import { seedCustomers } from '../sandbox/sage300/seed.mts';
import { OPTIONAL_FIELD, RESOURCES, type PropertyType } from '../sandbox/sage300/schema.mts';

const FOLDER = join(process.cwd(), '../shared/reference/sage300');
const isThere = existsSync(join(FOLDER, 'ar-service-v3.edmx'));
const where = isThere ? '' : ' (skipped: ../shared/reference/sage300 is absent)';

interface VendorType {
	key: string[];
	properties: Map<string, string>;
}

/** Entity and complex types of the metadata document, by name. */
function vendorTypes(): Map<string, VendorType> {
	const xml = readFileSync(join(FOLDER, 'ar-service-v3.edmx'), 'utf8');
	const types = new Map<string, VendorType>();
	for (const [, name, body] of xml.matchAll(
		/<(?:Entity|Complex)Type Name="(\w+)"[^>]*>([\s\S]*?)<\/(?:Entity|Complex)Type>/g,
	)) {
		const key = [...body.matchAll(/<PropertyRef Name="(\w+)"/g)].map((match) => match[1]);
		const found = body.matchAll(/<Property Name="(\w+)" Type="([^"]+)"/g);
		types.set(name, { key, properties: new Map([...found].map((m) => [m[1], m[2]])) });
	}
	return types;
}

/** The resource of the live API and the type it has in the metadata, whose sets carry no module prefix. */
const TYPE_OF: Readonly<Record<string, string>> = {
	ARCustomers: 'Customer',
	ARShipToLocations: 'ShipToLocation',
	ARPostedDocuments: 'PostedDocument',
	ARPostedReceipts: 'PostedReceipt',
	ARCustomerGroups: 'CustomerGroup',
	ARTerms: 'TermsCode',
};

/** Named by the fact sheet or a payload, not by the metadata. */
const NOT_IN_METADATA: Readonly<Record<string, string>> = {
	'ARTerms.TermsCode': 'payloads/ARTerms.txt; the metadata calls it TermsCodeKey',
};

const EDM: Readonly<Record<PropertyType, RegExp>> = {
	string: /^Edm\.String$/,
	date: /^Edm\.DateTime$/,
	number: /^Edm\.(Decimal|Int32|Int64)$/,
	rows: /^Collection\(/,
};

(isThere ? describe : describe.skip)(`Sage 300 against the vendor's files${where}`, () => {
	const types = isThere ? vendorTypes() : new Map<string, VendorType>();
	const checked: string[] = [];
	const uncovered = new Set<string>();

	afterAll(() => {
		const list = [...uncovered].join('; ') || 'nothing';
		process.stdout.write(`Sage 300: checked ${checked.join(', ')}. Not in the metadata: ${list}\n`);
	});

	function missing(resource: string, names: readonly string[]): string[] {
		const type = types.get(TYPE_OF[resource] ?? resource);
		if (!type) return [`${resource} has no type`];
		return names.filter((name) => {
			const reason = NOT_IN_METADATA[`${resource}.${name}`];
			if (reason !== undefined) uncovered.add(`${resource}.${name} (${reason})`);
			return reason === undefined && !type.properties.has(name);
		});
	}

	const inNode: Array<[resource: string, fields: readonly string[]]> = [
		[
			'ARCustomers',
			customerFields({
				scope: '',
				parts: new Set(ALL_PARTS),
				optionalFields: ['ANY'],
				moreFields: ['DateOfLastActivity'],
				groups: [],
				currencies: { company: '', iso: new Map() },
				taxNumber: 5,
				withRaw: false,
			}),
		],
		['ARShipToLocations', SHIP_TO_FIELDS],
		['CustomerOptionalFieldValue', OPTIONAL_FIELD_FIELDS],
		...Object.values(POSTED).map(
			({ resource, key, dates, sequence, fields }): [string, string[]] => [
				resource.replace('AR/', ''),
				[...fields, ...dates, sequence, ...key.map(({ property }) => property)],
			],
		),
		...[CUSTOMER_GROUPS, PAYMENT_TERMS].map(({ resource, keys }): [string, string[]] => [
			resource.replace('AR/', ''),
			[...keys, 'Description'],
		]),
	];

	it('reads only properties that the vendor has', () => {
		expect(inNode.map(([resource, fields]) => [resource, missing(resource, fields)])).toEqual(
			inNode.map(([resource]) => [resource, []]),
		);
		const count = inNode.reduce((sum, [, fields]) => sum + new Set(fields).size, 0);
		checked.push(`${inNode.length} types`, `${count} properties of the source`);
	});

	it('knows the whole key of every posted document, in the vendor’s order', () => {
		for (const { resource, key } of Object.values(POSTED)) {
			const type = types.get(TYPE_OF[resource.replace('AR/', '')]);
			expect(key.map(({ property }) => property)).toEqual(type?.key);
		}
	});

	it('serves in its sandbox only properties of the vendor, under the vendor’s types and keys', () => {
		let count = 0;
		for (const { name, key, properties } of RESOURCES.values()) {
			expect(missing(name, [...properties.keys()])).toEqual([]);
			const type = types.get(TYPE_OF[name]);
			if (name !== 'ARTerms') expect(key).toEqual(type?.key);
			for (const [property, kind] of properties) {
				if (NOT_IN_METADATA[`${name}.${property}`]) continue;
				expect(`${name}.${property} ${type?.properties.get(property)}`).toMatch(
					new RegExp(EDM[kind].source.replace('^', ' ')),
				);
				count++;
			}
		}
		expect(missing('CustomerOptionalFieldValue', OPTIONAL_FIELD)).toEqual([]);
		checked.push(`${count} properties of the sandbox`);
	});

	it('writes texts in the sandbox’s enumerations as the vendor’s payloads do', () => {
		const payload = (name: string) =>
			JSON.parse(readFileSync(join(FOLDER, `payloads/${name}.txt`), 'utf8')) as Record<
				string,
				unknown
			>;
		const customer = payload('ARCustomers');
		expect([customer.Status, customer.OnHold]).toEqual(['Active', 'No']);
		expect(payload('ARShipToLocations').PrimaryShipToIndicator).toBe('No');
		expect(missing('ARCustomers', Object.keys(customer))).toEqual([]);
		checked.push(`${readdirSync(join(FOLDER, 'payloads')).length} payloads at hand`);
	});

	it('names only resources and error codes of a payload or of the reference table', () => {
		const table = readFileSync(join(FOLDER, '../sap-b1-syspro-sage300.md'), 'utf8');
		const used = inNode.map(([resource]) => resource).filter((name) => name.startsWith('AR'));
		for (const name of used) {
			expect(table).toMatch(new RegExp(`\\b${name}\\b`));
			const hasPayload = existsSync(join(FOLDER, `payloads/${name}.txt`));
			if (!hasPayload) uncovered.add(`the name ${name} (reference table)`);
		}
		for (const code of Object.keys(KIND_OF_CODE))
			expect(table).toMatch(new RegExp(`\\b${code}\\b`));
		const terms = readFileSync(join(FOLDER, 'payloads/ARTerms.txt'), 'utf8');
		expect(terms).toContain('"TermsCode"');
		uncovered.add('$orderby with "Sort by Key" (reference table: third-party documents only)');
		checked.push(`${used.length} resources`, `${Object.keys(KIND_OF_CODE).length} error codes`);
	});

	it('asks in the forms of the vendor’s demo requests', async () => {
		const demo = readFileSync(join(FOLDER, 'postman_collection.json'), 'utf8');
		const urls = [...demo.matchAll(/"url": "http:\/\/localhost([^"]+)"/g)].map(([, url]) => url);
		const addresses = new Set(urls.map((url) => url.split(/[?(]/)[0]));
		expect(addresses).toContain('/Sage300WebApi/v1.0/-/SAMLTD/AR/ARCustomers');
		const options = new Set(urls.flatMap((url) => url.match(/\$\w+(?==)/g) ?? []));

		const system = await startSystem({ pageSize: 5 });
		seedCustomers(system.sandbox.store, { count: 25 });
		system.sandbox.store.postInvoice({ customer: '1200', number: 'IN1', amount: 1 });
		system.sandbox.store.postReceipt({ customer: '1200', number: '1', amount: 1 });
		await recordsSince(system.customers(), '2020-01-01');
		await scanAll(system.customers());
		await recordsSince(system.posted('invoice'), '2020-01-01');
		await scanAll(system.posted('invoice'));
		await recordsSince(system.posted('receipt'), '2020-01-01');
		await system.close();

		const { requests } = system.sandbox.log;
		expect(requests.filter(({ status }) => status !== 200)).toEqual([]);
		const used = new Set(requests.flatMap(({ url }) => url.match(/\$\w+(?==)/g) ?? []));
		expect([...used].filter((option) => !options.has(option))).toEqual([]);
		const paths = requests.map(({ url }) => url.split('?')[0]);
		const wrong = paths.filter(
			(path) => !/^\/Sage300WebApi\/v1\.0\/-\/SAMLTD\/AR\/\w+$/.test(path),
		);
		expect(wrong).toEqual([]);
		expect(requests.every(({ url }) => url.includes('$select='))).toBe(true);
		checked.push(`${requests.length} requests`);
	});
});
