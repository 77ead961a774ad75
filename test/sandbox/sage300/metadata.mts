/** `$metadata` of a module, as far as a client reads it: the sets and the types behind them. */
import type { PropertyType, Resource } from './schema.mts';

const EDM: Readonly<Record<PropertyType, string>> = {
	string: 'Edm.String',
	date: 'Edm.DateTimeOffset',
	number: 'Edm.Decimal',
	rows: 'Collection(Edm.ComplexType)',
};

export function metadataDocument(resources: Iterable<Resource>): string {
	const all = [...resources];
	const sets = all.map(({ name }) => `<EntitySet Name="${name}" EntityType="Sage.${name}Row"/>`);
	return (
		'<?xml version="1.0" encoding="utf-8"?>' +
		'<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">' +
		'<edmx:DataServices><Schema Namespace="Sage" xmlns="http://docs.oasis-open.org/odata/ns/edm">' +
		all.map(typeOf).join('') +
		`<EntityContainer Name="Container">${sets.join('')}</EntityContainer>` +
		'</Schema></edmx:DataServices></edmx:Edmx>'
	);
}

function typeOf({ name, key, properties }: Resource): string {
	const keys = key.map((property) => `<PropertyRef Name="${property}"/>`).join('');
	const own = [...properties].map(([property, type]) => {
		return `<Property Name="${property}" Type="${EDM[type]}"/>`;
	});
	return `<EntityType Name="${name}Row"><Key>${keys}</Key>${own.join('')}</EntityType>`;
}
