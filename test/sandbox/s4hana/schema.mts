/** All entity sets of the business-partner service, as one system serves them. */
import type { EntitySet } from './edm.mts';
import * as address from './tables/address.mts';
import * as contact from './tables/contact.mts';
import * as customer from './tables/customer.mts';
import * as partner from './tables/partner.mts';
import * as supplier from './tables/supplier.mts';

export type Schema = Map<string, EntitySet>;

export interface SchemaOptions {
	/** Leaves out the sets and navigations that older systems lack. */
	isOlderSystem?: boolean;
	/** Entity set -> names of extension fields (`YY1_Segment_bus`), each an Edm.String(40). */
	extensionFields?: Record<string, string[]>;
}

const ALL: EntitySet[] = [partner, address, contact, customer, supplier].flatMap((group) =>
	Object.values(group),
);

export function businessPartnerSchema(options: SchemaOptions = {}): Schema {
	const served = options.isOlderSystem ? ALL.filter((set) => !set.isNewer) : ALL;
	const names = new Set(served.map((set) => set.name));
	return new Map(
		served.map((set) => {
			const navigations = [...set.navigations].filter(([, item]) => names.has(item.target));
			const properties = new Map(set.properties);
			if (options.isOlderSystem && set.name === 'A_BPContactToAddress') {
				properties.delete('PersonNumber');
			}
			for (const name of options.extensionFields?.[set.name] ?? []) {
				properties.set(name, { name, type: 'String', maxLength: 40, nullable: true, alpha: false });
			}
			return [set.name, { ...set, properties, navigations: new Map(navigations) }];
		}),
	);
}
