/** From the ERP's currency codes to ISO codes. */
export interface Currencies {
	/** ISO code of the company's own currency; '' when not known. */
	company: string;
	/** ERP code to ISO code, for companies that write `$` or `CAN`. */
	iso: ReadonlyMap<string, string>;
}

/**
 * ISO code of a currency as the ERP writes it: blank is the company's own, `##` means all currencies and gives none.
 */
export function currencyOf(code: string, { company, iso }: Currencies): string {
	if (code === '##') return '';
	if (code === '') return company;
	return iso.get(code) ?? code;
}

/** Reads `$=USD, CAN=CAD`. */
export function currencyMap(text: string): Map<string, string> {
	const pairs = text
		.split(/[,\n;]/)
		.map((pair) => pair.split('=').map((part) => part.trim()))
		.filter(([from, to]) => Boolean(from) && Boolean(to));
	return new Map(pairs.map(([from, to]) => [from, to.toUpperCase()] as const));
}
