import type { CreditSettings } from './creditStatus';
import type { Currencies } from './currencies';
import type { ProductSettings } from './product';

export interface MappingSettings {
	/** Middle part of external ids. */
	scope: string;
	credit: CreditSettings;
	currencies: Currencies;
	product: ProductSettings;
	/** User-defined fields (`U_*`) that are handed on by name. */
	extensions: readonly string[];
	/** Adds the row to the record. */
	withRaw: boolean;
}
