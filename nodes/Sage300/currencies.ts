/** From the ERP's currency codes to ISO codes. */
export interface Currencies {
	/** ISO code of the company's own currency; '' when not known. */
	company: string;
	/** ERP code to ISO code, for companies that write `CAN` or `US$`. */
	iso: ReadonlyMap<string, string>;
}

/** ISO code of a currency as the ERP writes it: blank is the company's own. */
export function currencyOf(code: string, { company, iso }: Currencies): string {
	return code === '' ? company : (iso.get(code) ?? code);
}

/** Reads `CAN=CAD, US$=USD`. */
export function currencyMap(text: string): Map<string, string> {
	const pairs = text
		.split(/[,\n;]/)
		.map((pair) => pair.split('=').map((part) => part.trim()))
		.filter(([from, to]) => Boolean(from) && Boolean(to));
	return new Map(pairs.map(([from, to]) => [from, to.toUpperCase()] as const));
}
