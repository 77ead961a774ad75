/**
 * Sage 300 keeps a country as free text: `USA`, `Canada`, `DE`. As ISO 3166-1 alpha-2 where it can be told,
 * else as it is: a person can read it, and nothing is lost.
 */
export function countryOf(text: string): string {
	const plain = text.trim();
	const letters = normalised(plain);
	if (letters === '') return '';
	const alias = ALIASES.get(letters);
	if (alias !== undefined) return alias;
	if (letters.length === 2) return nameOf(letters) === undefined ? plain : current(letters);
	return (codesByName ??= byName()).get(letters) ?? plain;
}

const ALIASES: ReadonlyMap<string, string> = new Map(
	Object.entries({
		USA: 'US',
		UNITEDSTATESOFAMERICA: 'US',
		UK: 'GB',
		GREATBRITAIN: 'GB',
		ENGLAND: 'GB',
		CAN: 'CA',
		DEU: 'DE',
		DEUTSCHLAND: 'DE',
		AUT: 'AT',
		CHE: 'CH',
		FRA: 'FR',
		GBR: 'GB',
		AUS: 'AU',
		MEX: 'MX',
		ZAF: 'ZA',
		UAE: 'AE',
		TURKEY: 'TR',
		TURKIYE: 'TR',
	}),
);

let codesByName: Map<string, string> | undefined;

const regionNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

function nameOf(code: string): string | undefined {
	return /^[A-Z]{2}$/.test(code) ? regionNames.of(code) : undefined;
}

function byName(): Map<string, string> {
	const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
	const codes = letters.flatMap((first) => letters.map((second) => first + second));
	const named = codes.flatMap((code): Array<[string, string]> => {
		const name = nameOf(code);
		// `DD` is called Germany too.
		return name === undefined || current(code) !== code ? [] : [[normalised(name), code]];
	});
	return new Map(named);
}

/** The code that took the place of a former one. */
function current(code: string): string {
	return new Intl.Locale(`und-${code}`).region ?? code;
}

function normalised(text: string): string {
	return text
		.normalize('NFD')
		.replace(/[^A-Za-z]/g, '')
		.toUpperCase();
}
