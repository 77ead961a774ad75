/** Reads of every form: those a client needs, and those a gateway turns down. */
import type { S4HanaSandbox } from '../sandbox/s4hana/server.mts';

/** Each set, each navigation, filters, orders, keys, counts; then requests that must fail. */
export async function readAsClientsDo(sandbox: S4HanaSandbox): Promise<void> {
	const read = (resource: string) =>
		fetch(`${sandbox.url}${sandbox.servicePath}/${resource}`, {
			headers: { authorization: sandbox.login.basic, accept: 'application/json' },
		});
	for (const resource of [...GOOD, ...everySetOf(sandbox)]) {
		const response = await read(resource);
		if (response.status !== 200) throw new Error(`${response.status} for ${resource}`);
	}
	for (const resource of BAD) {
		const response = await read(resource);
		if (response.status !== 400) throw new Error(`${response.status} for ${resource}`);
	}
}

function everySetOf({ store }: S4HanaSandbox): string[] {
	const resources: string[] = [];
	for (const { set } of store.everyTable()) {
		resources.push(`${set.name}?$top=2&$orderby=${set.key.join(',')}`, `${set.name}/$count`);
		for (const name of set.navigations.keys()) {
			resources.push(`${set.name}?$top=1&$expand=${name}&$select=${set.key[0]},${name}`);
		}
	}
	return resources;
}

const GOOD = [
	"A_BusinessPartner('1000001')?$expand=to_BusinessPartnerAddress/to_EmailAddress,to_BusinessPartnerAddress/to_AddressUsage,to_Customer/to_CustomerSalesArea/to_PartnerFunction",
	"A_BusinessPartner('1000001')/to_BusinessPartnerAddress?$filter=Country eq 'DE'",
	"A_BusinessPartner?$filter=(LastChangeDate ge datetime'2026-01-01T00:00:00' or CreationDate ge datetime'2026-01-01T00:00:00') and Customer ne ''&$orderby=BusinessPartner&$inlinecount=allpages",
	"A_BusinessPartner?$filter=LastChangeDate eq null and startswith(BusinessPartner,'1')",
	"A_BusinessPartner?$filter=LastChangeTime gt time'PT10H00M00S' and not (IsMarkedForArchiving eq true)",
	"A_BusinessPartner?$filter=substringof('O''Neil',BusinessPartnerName) or endswith(BusinessPartnerName,'AG')",
	"A_BusinessPartnerRole?$filter=BusinessPartnerRole eq 'FLCU00' and ValidTo ge datetimeoffset'2026-11-20T00:00:00Z'",
	"A_BusinessPartner?$filter=BusinessPartnerUUID eq guid'00163e0c-7a2d-1ee9-a5b1-303030303031'",
	'A_BusinessPartner?$orderby=LastChangeDate desc,LastChangeTime desc&$top=3&$skip=2&$format=json',
	'A_BusinessPartnerContact?$expand=to_ContactAddress/to_EmailAddress,to_ContactRelationship',
];

const BAD = [
	"A_BusinessPartner?$filter=LastChangeTime gt time'23:59:59'",
	"A_BusinessPartner?$filter=LastChangeDate ge datetimeoffset'2026-11-20T00:00:00Z'",
	"A_BusinessPartner?$filter=LastChangeDate ge '2026-11-20'",
	"A_BusinessPartner?$filter=LastChangeDateTime ge datetimeoffset'2026-11-20T00:00:00Z'",
	"A_BusinessPartner?$filter=contains(LastName,'x')",
	"A_BusinessPartner?$filter=to_Customer/CustomerName eq 'x'",
	"A_BusinessPartner?$filter=(Customer ne ''",
	'A_BusinessPartner?$filter=BusinessPartner eq 1000001',
	'A_BusinessPartner?$select=Nonsense',
	'A_BusinessPartner?$expand=to_Nonsense',
	'A_BusinessPartner?$select=to_Customer/Customer',
	'A_BusinessPartner?$orderby=Nonsense',
	'A_BusinessPartner?$top=many',
	'A_BusinessPartner?$count=true',
	"A_BusinessPartnerAddress('1000001')",
];
