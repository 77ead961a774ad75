import type { HttpResponse } from '../../../core/http/ports';
import { propertiesIn } from '../../../core/odata/entityProperties';
import { entitySetNamesIn } from '../../../core/odata/entitySetNames';

const answer = (body: unknown, type = 'application/json'): HttpResponse => ({
	status: 200,
	headers: { 'content-type': type },
	body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const names = (body: unknown, type?: string) =>
	entitySetNamesIn(answer(body, type), 'the list', 'Type it.');

const ATOM = `<?xml version="1.0" encoding="utf-8"?>
<app:service xml:base="http://host/sap/opu/odata/sap/Z_SRV/" xmlns:app="http://www.w3.org/2007/app"
	xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sap="http://www.sap.com/Protocols/SAPData">
	<app:workspace><atom:title type="text">Data</atom:title>
		<app:collection sap:creatable="false" href="OrderSet"><atom:title>OrderSet</atom:title></app:collection>
		<app:collection href="https://host/Z_SRV/CustomerSet/"><atom:title>Customers</atom:title></app:collection>
	</app:workspace>
</app:service>`;

const EDMX = `\uFEFF<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
	<edmx:DataServices><Schema Namespace="S" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
		<EntityType Name="Item"><Property Name="Sku" Type="Edm.String"/></EntityType>
		<EntityType Name="Order"><Key><PropertyRef Name="No"/></Key>
			<Property Name="No" Type="Edm.String"/><Property Name="ChangedAt" Type="Edm.DateTime"/></EntityType>
		<EntityContainer Name="C"><EntitySet Name="Orders" EntityType="S.Order"/>
			<EntitySet Name="Items" EntityType="S.Item"/><FunctionImport Name="Close" EntitySet="Orders"/>
		</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`;

describe('names of the entity sets of a service, sorted', () => {
	it.each([
		['JSON of V2', { d: { EntitySets: ['B', 'A'] } }, undefined, ['A', 'B']],
		[
			'JSON of V3',
			{ 'odata.metadata': 'x', value: [{ name: 'B', url: 'B' }, { name: 'A' }] },
			undefined,
			['A', 'B'],
		],
		[
			'JSON of V4, without singletons and functions',
			{
				value: [
					{ name: 'B', kind: 'EntitySet', url: 'B' },
					{ name: 'Me', kind: 'Singleton' },
					{ name: 'Now', kind: 'FunctionImport' },
					{ name: 'A', url: 'A' },
				],
			},
			undefined,
			['A', 'B'],
		],
		['Atom', ATOM, 'application/atomsvc+xml', ['CustomerSet', 'OrderSet']],
		['$metadata', EDMX, 'application/xml', ['Items', 'Orders']],
	])('%s', (_form, body, type, expected) => {
		expect(names(body, type)).toEqual(expected);
	});

	it('a service without any is told from an answer that is no list', () => {
		expect(names({ d: { EntitySets: [] } })).toEqual([]);
		for (const [body, type] of [
			[{ error: { message: 'no' } }, 'application/json'],
			['<error><message>no</message></error>', 'application/xml'],
		]) {
			expect(() => names(body, type as string)).toThrow('has no list of entity sets');
		}
		expect(() => names('<html><body>Log on</body></html>', 'text/html')).toThrow(
			'A web page came back instead of the list',
		);
	});
});

describe('properties of an entity set', () => {
	it('come from $metadata with their types', () => {
		expect(propertiesIn(EDMX, 'Orders', '"Set"')).toEqual([
			{ name: 'No', type: 'Edm.String' },
			{ name: 'ChangedAt', type: 'Edm.DateTime' },
		]);
	});

	const schemas = (...inner: string[]) =>
		`<edmx:Edmx xmlns:edmx="e"><edmx:DataServices>${inner.join('')}</edmx:DataServices></edmx:Edmx>`;
	const namesOf = (metadata: string, set: string) =>
		propertiesIn(metadata, set, '"Set"').map(({ name }) => name);

	it('are those of its own type, where another schema has one of the same name', () => {
		const metadata = schemas(
			'<Schema Namespace="A"><EntityType Name="Order"><Property Name="Foreign"/></EntityType></Schema>',
			'<Schema Namespace="B.C" Alias="X"><EntityType Name="Order"><Property Name="Own"/></EntityType>',
			'<EntityContainer><EntitySet Name="Orders" EntityType="B.C.Order"/>',
			'<EntitySet Name="Aliased" EntityType="X.Order"/></EntityContainer></Schema>',
		);
		expect(namesOf(metadata, 'Orders')).toEqual(['Own']);
		expect(namesOf(metadata, 'Aliased')).toEqual(['Own']);
	});

	it('begin with those that its type inherits, and end where types inherit in a circle', () => {
		const metadata = schemas(
			'<Schema Namespace="S"><EntityType Name="Base" BaseType="S.Order"><Property Name="ChangedAt"/></EntityType>',
			'<EntityType Name="Order" BaseType="S.Base"><Property Name="No"/></EntityType>',
			'<EntityContainer><EntitySet Name="Orders" EntityType="S.Order"/></EntityContainer></Schema>',
		);
		expect(namesOf(metadata, 'Orders')).toEqual(['ChangedAt', 'No']);
	});

	it('of an unknown one among thousands are refused in a sentence that fits a panel', () => {
		const sets = Array.from({ length: 5_000 }, (_, at) => `<EntitySet Name="Set${at}"/>`);
		const metadata = schemas(
			`<Schema Namespace="S"><EntityContainer>${sets.join('')}</EntityContainer></Schema>`,
		);
		expect(() => namesOf(metadata, 'Order')).toThrow(
			expect.objectContaining({ remedy: expect.stringMatching(/^.{1,600} and 4960 more\.$/) }),
		);
	});

	it('of an unknown one are refused with the names that exist', () => {
		const asked = () => propertiesIn(EDMX, 'Order', '"Set"');
		expect(asked).toThrow(
			expect.objectContaining({
				message: 'The service has no entity set Order.',
				remedy: 'Correct "Set"; there is Orders, Items.',
			}),
		);
	});
});
