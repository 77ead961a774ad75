import { startS4HanaSandbox, type S4HanaSandbox } from '../sandbox/s4hana/server.mts';
import { businessPartnerSchema } from '../sandbox/s4hana/schema.mts';
import { seedBusinessPartners } from '../sandbox/seed.mts';
import { checkODataUrl, parseEdmx, vendorEdmx, type Edmx } from './edmx.mts';
import { readAsClientsDo } from './s4hanaReads.mts';

const edmx = vendorEdmx();
const where = edmx ? '' : ' (skipped: ../shared/reference/sap/API_BUSINESS_PARTNER.edmx is absent)';

(edmx ? describe : describe.skip)(`S/4HANA sandbox against SAP's metadata${where}`, () => {
	const vendor = edmx as Edmx;
	const served = [...businessPartnerSchema().values()];
	const checked: string[] = [];

	afterAll(() => void process.stdout.write(`S/4HANA: checked ${checked.join(', ')}\n`));

	it('serves only entity sets that SAP has, under the same type names and keys', () => {
		const theirs = served.map(({ name }) => {
			const set = vendor.entitySets.get(name);
			return [name, set?.typeName, set?.key];
		});
		expect(served.map((set) => [set.name, `${set.name}Type`, set.key])).toEqual(theirs);
		checked.push(
			`${served.length} entity sets, ${served.flatMap((set) => set.key).length} key fields`,
		);
	});

	it('gives every property the type, length and nullability it has at SAP', () => {
		let count = 0;
		for (const set of served) {
			for (const property of set.properties.values()) {
				const theirs = vendor.entitySets.get(set.name)?.properties.get(property.name);
				const { name, type, maxLength, nullable } = property;
				const ours = { name, type: `Edm.${type}`, maxLength, nullable };
				expect({ set: set.name, ...ours }).toEqual({
					set: set.name,
					name,
					type: theirs?.type,
					maxLength: theirs?.maxLength,
					nullable: theirs?.nullable,
				});
				if (type === 'Decimal') {
					const { precision, scale } = property;
					expect([precision, scale]).toEqual([theirs?.precision, theirs?.scale ?? 0]);
				}
				count++;
			}
		}
		checked.push(`${count} properties`);
	});

	it('leads every navigation to the set and multiplicity it has at SAP', () => {
		let count = 0;
		for (const set of served) {
			for (const { name, target, many } of set.navigations.values()) {
				const theirs = vendor.entitySets.get(set.name)?.navigations.get(name);
				const ours = { set: set.name, name, target, many };
				const isMany = theirs?.multiplicity === '*';
				expect(ours).toEqual({ set: set.name, name, target: theirs?.target, many: isMany });
				count++;
			}
		}
		checked.push(`${count} navigations`);
	});

	it('joins navigations by properties that both ends have', () => {
		const names = new Map(served.map((set) => [set.name, set]));
		const missing = served.flatMap((set) =>
			[...set.navigations.values()].flatMap(({ name, on, target }) =>
				on
					.filter(
						([own, other]) => !set.properties.has(own) || !names.get(target)?.properties.has(other),
					)
					.map(([own, other]) => `${set.name}.${name}: ${own}=${other}`),
			),
		);
		expect(missing).toEqual([]);
	});

	describe('while it is read', () => {
		let sandbox: S4HanaSandbox;

		beforeAll(async () => {
			sandbox = await startS4HanaSandbox({ pageSize: 10 });
			seedBusinessPartners(sandbox.store, { count: 40 });
			await readAsClientsDo(sandbox);
		});

		afterAll(() => sandbox.close());

		it('answers no request that SAP would not understand', () => {
			const good = sandbox.log.requests.filter(({ status }) => status === 200);
			const violations = good.flatMap(({ url }) => checkODataUrl(vendor, url));
			expect(violations).toEqual([]);
			expect(good.length).toBeGreaterThan(30);
			checked.push(`${good.length} requests`);
		});

		it('refuses what the metadata forbids', () => {
			const refused = sandbox.log.requests.filter(({ status }) => status === 400);
			const unnoticed = refused.filter(({ url }) => checkODataUrl(vendor, url).length === 0);
			expect(unnoticed.map(({ url }) => decodeURIComponent(url))).toEqual([]);
			expect(refused.length).toBeGreaterThan(10);
		});

		it('describes itself in its own $metadata as it serves', async () => {
			const response = await fetch(`${sandbox.url}${sandbox.servicePath}/$metadata`, {
				headers: { authorization: sandbox.login.basic },
			});
			const own = parseEdmx(await response.text());
			expect([...own.entitySets.keys()]).toEqual(served.map(({ name }) => name));
			for (const set of served) {
				const theirs = own.entitySets.get(set.name);
				expect(theirs?.key).toEqual(set.key);
				expect([...(theirs?.properties.keys() ?? [])]).toEqual([...set.properties.keys()]);
				expect([...(theirs?.navigations.values() ?? [])].map(({ target }) => target)).toEqual(
					[...set.navigations.values()].map(({ target }) => target),
				);
			}
		});
	});
});

(edmx ? describe : describe.skip)(`A request held against SAP's metadata${where}`, () => {
	const violations = (resource: string) =>
		checkODataUrl(
			edmx as Edmx,
			`https://my.example/sap/opu/odata/sap/API_BUSINESS_PARTNER/${resource}`,
		);

	it.each([
		['an entity set', 'A_Partner'],
		['a navigation', "A_BusinessPartner('1')/to_Orders"],
		['a selected property', 'A_BusinessPartner?$select=BusinessPartner,LastChangeDateTime'],
		['an expanded navigation', 'A_BusinessPartner?$expand=to_Customer/to_Companies'],
		[
			'a property below a navigation',
			'A_BusinessPartner?$expand=to_Customer&$select=to_Customer/Name',
		],
		[
			'a selected navigation that is not expanded',
			'A_BusinessPartner?$select=to_Customer/Customer',
		],
		['an order', 'A_BusinessPartner?$orderby=LastChangeDateTime'],
		['a filtered property', "A_BusinessPartner?$filter=Name eq 'x'"],
		[
			'a literal for a date',
			"A_BusinessPartner?$filter=LastChangeDate ge datetimeoffset'2026-11-20T00:00:00Z'",
		],
		['a literal for a time', "A_BusinessPartner?$filter=LastChangeTime ge time'23:59:59'"],
		[
			'the prefix of a date literal',
			"A_BusinessPartner?$filter=LastChangeDate ge '2026-11-20T00:00:00'",
		],
		['a text where a flag stands', "A_BusinessPartner?$filter=IsMarkedForArchiving eq 'X'"],
		['a number where a text stands', 'A_BusinessPartner?$filter=BusinessPartner eq 1000001'],
		['a V4 function', "A_BusinessPartner?$filter=contains(LastName,'x')"],
		['a key', "A_BusinessPartnerAddress('1')"],
		['a key field', "A_BusinessPartnerAddress(BusinessPartner='1',Address='2')"],
		['an option', 'A_BusinessPartner?$count=true'],
		['an unfilterable property', "A_CustomerText?$filter=LongText eq 'x'"],
		['a parenthesis', "A_BusinessPartner?$filter=(Customer ne ''"],
	])('is caught when it gets %s wrong', (_what, resource) => {
		expect(violations(resource)).toHaveLength(1);
	});

	it('passes when every name and literal is right', () => {
		const resource =
			"A_BusinessPartner?$filter=(LastChangeDate ge datetime'2026-11-20T00:00:00' or CreationDate ge datetime'2026-11-20T00:00:00') and LastChangeTime gt time'PT10H12M30S' and BusinessPartnerName ne 'O''Neil' and IsMarkedForArchiving eq false and substringof('x',LastName)" +
			'&$select=BusinessPartner,to_Customer/to_CustomerCompany/PaymentTerms&$expand=to_Customer/to_CustomerCompany&$orderby=LastChangeDate desc,BusinessPartner&$top=5&$inlinecount=allpages&sap-client=100';
		expect(violations(resource)).toEqual([]);
	});
});
