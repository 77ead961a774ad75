/** The part of the ABAP dictionary that the sandbox has: tables with their fields, types and lengths. */

export interface DictionaryField {
	name: string;
	/** C character, N digits, D date, T time, P packed. */
	type: 'C' | 'N' | 'D' | 'T' | 'P';
	length: number;
	isKey: boolean;
}

export interface DictionaryTable {
	name: string;
	fields: Map<string, DictionaryField>;
	key: string[];
}

/** `KUNNR! 10`: the mark is a key; a letter behind the length is the type, `8D`. */
function table(name: string, fields: string): [string, DictionaryTable] {
	const described = fields.split(/,\s+/).map((text): DictionaryField => {
		const match = /^(\w+)(!?) (\d+)([NDTP]?)$/.exec(text.trim());
		if (!match) throw new Error(`'${text}' is no field like 'KUNNR! 10'`);
		const [, field, mark, length, type] = match;
		return {
			name: field,
			isKey: mark === '!',
			length: Number(length),
			type: (type || 'C') as DictionaryField['type'],
		};
	});
	const key = described.filter(({ isKey }) => isKey).map((field) => field.name);
	return [name, { name, fields: new Map(described.map((field) => [field.name, field])), key }];
}

const MASTER = `NAME1 35, NAME2 35, LAND1 3, ORT01 35, PSTLZ 10, REGIO 3, STRAS 35, TELF1 16, TELFX 31,
	ADRNR 10, ANRED 15, SORTL 10, STCEG 20, STCD1 16, STCD2 11, ERDAT 8D, ERNAM 12, LOEVM 1, SPERR 1,
	SPRAS 1, XCPDK 1, CONFS 1, UPDAT 8D, UPTIM 6T`;

export const DICTIONARY: ReadonlyMap<string, DictionaryTable> = new Map([
	table(
		'KNA1',
		`MANDT! 3, KUNNR! 10, ${MASTER}, KTOKD 4, LIFNR 10, NODEL 1, AUFSD 2, LIFSD 2, FAKSD 2, ZZSEGMENT 20`,
	),
	table('LFA1', `MANDT! 3, LIFNR! 10, ${MASTER}, KTOKK 4, KUNNR 10, SPERM 1`),
	table(
		'KNB1',
		`MANDT! 3, KUNNR! 10, BUKRS! 4, AKONT 10, ZTERM 4, KNRZE 10, KNRZB 10, ERDAT 8D, LOEVM 1, SPERR 1`,
	),
	table('LFB1', `MANDT! 3, LIFNR! 10, BUKRS! 4, AKONT 10, ZTERM 4, ERDAT 8D, LOEVM 1, SPERR 1`),
	table(
		'KNVV',
		`MANDT! 3, KUNNR! 10, VKORG! 4, VTWEG! 2, SPART! 2, KDGRP 2, KONDA 2, WAERS 5, VKBUR 4, VKGRP 3, BZIRK 6, ZTERM 4, AUFSD 2, LOEVM 1`,
	),
	table(
		'KNVP',
		`MANDT! 3, KUNNR! 10, VKORG! 4, VTWEG! 2, SPART! 2, PARVW! 2, PARZA! 3N, KUNN2 10, PARNR 10N`,
	),
	table(
		'KNVK',
		`MANDT! 3, PARNR! 10N, KUNNR 10, NAMEV 35, NAME1 35, ANRED 30, PAFKT 2, ABTNR 4, ABTPA 12, TELF1 16, PARLA 1, PAVIP 1, GBDAT 8D, ADRND 10, ADRNP 10, PRSNR 10`,
	),
	table(
		'ADRC',
		`CLIENT! 3, ADDRNUMBER! 10, DATE_FROM! 8D, NATION! 1, NAME1 40, NAME2 40, STREET 60, HOUSE_NUM1 10, POST_CODE1 10, CITY1 40, CITY2 40, REGION 3, COUNTRY 3, TEL_NUMBER 30, REMARK 512`,
	),
	table(
		'ADR2',
		`CLIENT! 3, ADDRNUMBER! 10, PERSNUMBER! 10, DATE_FROM! 8D, CONSNUMBER! 3N, TEL_NUMBER 30, R3_USER 1, FLGDEFAULT 1`,
	),
	table(
		'ADR6',
		`CLIENT! 3, ADDRNUMBER! 10, PERSNUMBER! 10, DATE_FROM! 8D, CONSNUMBER! 3N, SMTP_ADDR 241, SMTP_SRCH 20, FLGDEFAULT 1`,
	),
	table(
		'CDHDR',
		`MANDANT! 3, OBJECTCLAS! 15, OBJECTID! 90, CHANGENR! 10, USERNAME 12, UDATE 8D, UTIME 6T, TCODE 20, CHANGE_IND 1`,
	),
	table('USR02', `MANDT! 3, BNAME! 12, BCODE 16, PWDSALTEDHASH 255`),
	table('ZCUSTNOTES', `MANDT! 3, KUNNR! 10, LINE! 3N, TEXT1 200, TEXT2 200, TEXT3 200`),
]);

/** What ABAP holds in a field that nobody filled. */
export function initialValue({ type, length }: DictionaryField): string {
	return type === 'N' || type === 'D' || type === 'T' ? '0'.repeat(length) : '';
}
