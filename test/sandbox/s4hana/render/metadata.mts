/** The service's own `$metadata`, made from the tables. */
import type { EntitySet, Property } from '../edm.mts';
import type { Schema } from '../schema.mts';

export function metadataDocument(schema: Schema): string {
	const sets = [...schema.values()];
	const namespace = sets[0].namespace;
	return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:sap="http://www.sap.com/Protocols/SAPData">
<edmx:DataServices m:DataServiceVersion="2.0">
<Schema Namespace="${namespace}" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">
${sets.map(entityType).join('\n')}
${sets.flatMap(associations).join('\n')}
<EntityContainer Name="${namespace}_Entities" m:IsDefaultEntityContainer="true">
${sets.map((set) => `<EntitySet Name="${set.name}" EntityType="${namespace}.${set.name}Type"/>`).join('\n')}
${sets.flatMap(associationSets).join('\n')}
</EntityContainer>
</Schema>
</edmx:DataServices>
</edmx:Edmx>`;
}

function entityType(set: EntitySet): string {
	const key = set.key.map((name) => `<PropertyRef Name="${name}"/>`).join('');
	const navigations = [...set.navigations.keys()].map(
		(name) =>
			`<NavigationProperty Name="${name}" Relationship="${set.namespace}.${associationName(set, name)}" FromRole="From" ToRole="To"/>`,
	);
	const properties = [...set.properties.values()].map(propertyElement);
	return `<EntityType Name="${set.name}Type"><Key>${key}</Key>${properties.join('')}${navigations.join('')}</EntityType>`;
}

function propertyElement(property: Property): string {
	const facets = [
		property.nullable ? '' : ' Nullable="false"',
		property.maxLength ? ` MaxLength="${property.maxLength}"` : '',
		property.precision ? ` Precision="${property.precision}" Scale="${property.scale}"` : '',
	];
	return `<Property Name="${property.name}" Type="Edm.${property.type}"${facets.join('')}/>`;
}

function associationName(set: EntitySet, navigation: string): string {
	return `assoc_${set.name}_${navigation}`;
}

function associations(set: EntitySet): string[] {
	return [...set.navigations.values()].map(
		(navigation) =>
			`<Association Name="${associationName(set, navigation.name)}"><End Type="${set.namespace}.${set.name}Type" Multiplicity="1" Role="From"/><End Type="${set.namespace}.${navigation.target}Type" Multiplicity="${navigation.many ? '*' : '0..1'}" Role="To"/></Association>`,
	);
}

function associationSets(set: EntitySet): string[] {
	return [...set.navigations.values()].map(
		(navigation) =>
			`<AssociationSet Name="${associationName(set, navigation.name)}_set" Association="${set.namespace}.${associationName(set, navigation.name)}"><End EntitySet="${set.name}" Role="From"/><End EntitySet="${navigation.target}" Role="To"/></AssociationSet>`,
	);
}
