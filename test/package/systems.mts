/** n8n verifies packages of one service only: one package for each ERP and one for Pipedrive, all from this tree. */
export interface SystemPackage {
	/** Of the npm package; the prefix of its node types, too. */
	name: string;
	/** As people call the system. */
	title: string;
	/** Below `nodes/`. */
	folder: string;
	description: string;
	keywords: string[];
	/** Pages of `docs/` that make its README, in this order. */
	pages: string[];
}

export const WHOLE_PACKAGE = 'n8n-nodes-erp-pipedrive';

const erp = (
	slug: string,
	title: string,
	folder: string,
	page: string,
	keywords: string[],
): SystemPackage => ({
	name: `n8n-nodes-erp-${slug}`,
	title,
	folder,
	description: `${title} for n8n: a trigger that delivers the latest state of every changed record at least once, and a node that reads`,
	keywords: ['erp', 'sync', ...keywords],
	pages: [page],
});

export const SYSTEM_PACKAGES: readonly SystemPackage[] = [
	erp('sap-s4hana', 'SAP S/4HANA', 'SapS4Hana', 's4hana.md', ['sap', 's4hana', 'odata']),
	erp('sap-ecc', 'SAP ECC', 'SapEcc', 'ecc.md', ['sap', 'ecc', 'rfc']),
	erp('sap-business-one', 'SAP Business One', 'SapBusinessOne', 'b1.md', ['sap', 'business-one']),
	erp('syspro', 'SYSPRO', 'Syspro', 'syspro.md', ['syspro']),
	erp('sage300', 'Sage 300', 'Sage300', 'sage300.md', ['sage', 'sage300']),
	{
		name: 'n8n-nodes-erp-pipedrive-upsert',
		title: 'Pipedrive',
		folder: 'Pipedrive',
		description:
			'Pipedrive for n8n: an upsert that writes nothing twice, loses nothing and keeps within the API token budget, and a trigger for its events',
		keywords: ['pipedrive', 'crm', 'sync', 'upsert'],
		pages: ['pipedrive.md', 'pipedrive-events.md', 'audit.md'],
	},
];
