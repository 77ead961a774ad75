/** Words that plausible companies and people are made of, and a repeatable way to draw from them. */

/** The same seed gives the same companies (mulberry32). */
export class Draw {
	private state: number;

	constructor(seed: number) {
		this.state = seed >>> 0;
	}

	/** In [0, 1). */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	}

	below(count: number): number {
		return Math.floor(this.next() * count);
	}

	from<T>(items: readonly T[]): T {
		return items[this.below(items.length)];
	}

	chance(part: number): boolean {
		return this.next() < part;
	}

	digits(count: number): string {
		return Array.from({ length: count }, () => this.below(10)).join('');
	}
}

export const FAMILY_NAMES =
	`Müller Schröder Weiß Köhler Jäger Groß Böhm Krämer Hübner Fuchs Vogt Winter Brandt Lindner
	Seidel Kuhn Pohl Engel Busch Bergmann Thiele Sauer Franke Albrecht Reuter Wolff Ostermann
	Petersen Hansen Nowak Kowalski Dubois Rossi Bianchi Jansen de-Vries Svensson O'Brien`
		.split(/\s+/)
		.map((name) => name.replace('-', ' '));

export const FIRST_NAMES =
	`Anna Jörg Sabine Thomas Käthe Michael Petra Stefan Ulrike Björn Claudia Andreas Birgit Martin
	Heike Frank Susanne Jürgen Monika Ralf Gabriele Uwe Karin René Zoë Matthias Ingrid Oliver`.split(
		/\s+/,
	);

export const TRADES = [
	'Maschinenbau',
	'Werkzeuge',
	'Antriebstechnik',
	'Kunststofftechnik',
	'Medizintechnik',
	'Elektrohandel',
	'Baustoffe',
	'Logistik',
	'Verpackungen',
	'Lebensmittel',
	'Büromöbel',
	'Gebäudetechnik',
	'Sensorik',
	'Druckguss',
	'Textil',
	'Getränke',
];

export const LEGAL_FORMS = ['GmbH', 'GmbH & Co. KG', 'AG', 'KG', 'SE', 'e.K.', 'OHG'];

export interface Place {
	city: string;
	postalCode: string;
	region: string;
	country: string;
	areaCode: string;
}

const place = (line: string): Place => {
	const [city, postalCode, region, country, areaCode] = line.split('|');
	return { city, postalCode, region, country, areaCode };
};

export const PLACES: Place[] = [
	'Köln|50667|NW|DE|+49 221',
	'München|80331|BY|DE|+49 89',
	'Hamburg|20095|HH|DE|+49 40',
	'Stuttgart|70173|BW|DE|+49 711',
	'Düsseldorf|40213|NW|DE|+49 211',
	'Nürnberg|90402|BY|DE|+49 911',
	'Leipzig|04109|SN|DE|+49 341',
	'Bremen|28195|HB|DE|+49 421',
	'Frankfurt am Main|60311|HE|DE|+49 69',
	'Wien|1010||AT|+43 1',
	'Zürich|8001|ZH|CH|+41 44',
	'Amsterdam|1012|NH|NL|+31 20',
	'Lyon|69002||FR|+33 4',
].map(place);

export const STREETS = [
	'Industriestraße',
	'Hauptstraße',
	'Am Gewerbepark',
	'Bahnhofstraße',
	'Lindenweg',
	'Werkstraße',
	'Hafenallee',
	'Zeppelinring',
	'An der Mühle',
];

export const FUNCTIONS = ['Einkauf', 'Geschäftsführung', 'Vertrieb', 'Buchhaltung', 'Technik'];

/** Letters that a domain or mailbox may hold. */
export function plain(text: string): string {
	const spelled = text.toLowerCase().replace(/[äöüß]/g, (letter) => SPELLED[letter]);
	return spelled
		.normalize('NFD')
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '');
}

const SPELLED: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };
