/** Tables that this source reads, with the lengths that every release has at least. */
export interface TableFields {
	name: string;
	/** In the order of the table's key, without the client, which SAP fills in. */
	key: readonly string[];
	/** Field name -> characters. */
	fields: Readonly<Record<string, number>>;
}

function table(name: string, key: string, fields: string): TableFields {
	const parsed = fields
		.trim()
		.split(/[\s,]+/)
		.map((field) => field.split(':'));
	return {
		name,
		key: key.split(' '),
		fields: Object.fromEntries(parsed.map(([field, length]) => [field, Number(length)])),
	};
}

export const KNA1 = table(
	'KNA1',
	'KUNNR',
	`KUNNR:10 NAME1:35 NAME2:35 LAND1:3 ORT01:35 PSTLZ:10 REGIO:3 STRAS:35 TELF1:16 ADRNR:10 KTOKD:4
	STCEG:20 LIFNR:10 ERDAT:8 LOEVM:1 SPERR:1 AUFSD:2 XCPDK:1`,
);
export const LFA1 = table(
	'LFA1',
	'LIFNR',
	`LIFNR:10 NAME1:35 NAME2:35 LAND1:3 ORT01:35 PSTLZ:10 REGIO:3 STRAS:35 TELF1:16 ADRNR:10 KTOKK:4
	STCEG:20 KUNNR:10 ERDAT:8 LOEVM:1 SPERR:1 SPERM:1 XCPDK:1`,
);
export const KNB1 = table('KNB1', 'KUNNR BUKRS', 'KUNNR:10 BUKRS:4 ZTERM:4 LOEVM:1');
export const LFB1 = table('LFB1', 'LIFNR BUKRS', 'LIFNR:10 BUKRS:4 ZTERM:4 LOEVM:1');
export const KNVV = table(
	'KNVV',
	'KUNNR VKORG VTWEG SPART',
	'KUNNR:10 VKORG:4 VTWEG:2 SPART:2 KDGRP:2 KONDA:2 WAERS:5 LOEVM:1',
);
export const KNVP = table(
	'KNVP',
	'KUNNR VKORG VTWEG SPART PARVW PARZA',
	'KUNNR:10 VKORG:4 VTWEG:2 SPART:2 PARVW:2 PARZA:3 KUNN2:10',
);
/** The birth date (GBDAT) stays in SAP. */
export const KNVK = table(
	'KNVK',
	'PARNR',
	'PARNR:10 KUNNR:10 NAMEV:35 NAME1:35 PAFKT:2 ABTNR:4 ABTPA:12 TELF1:16 ADRND:10 PRSNR:10',
);
export const ADRC = table(
	'ADRC',
	'ADDRNUMBER DATE_FROM NATION',
	`ADDRNUMBER:10 DATE_FROM:8 NATION:1 NAME1:40 NAME2:40 STREET:60 HOUSE_NUM1:10 POST_CODE1:10
	CITY1:40 REGION:3 COUNTRY:3 TEL_NUMBER:30`,
);
export const ADR2 = table(
	'ADR2',
	'ADDRNUMBER PERSNUMBER DATE_FROM CONSNUMBER',
	'ADDRNUMBER:10 PERSNUMBER:10 DATE_FROM:8 CONSNUMBER:3 TEL_NUMBER:30 R3_USER:1 FLGDEFAULT:1',
);
export const ADR6 = table(
	'ADR6',
	'ADDRNUMBER PERSNUMBER DATE_FROM CONSNUMBER',
	'ADDRNUMBER:10 PERSNUMBER:10 DATE_FROM:8 CONSNUMBER:3 SMTP_ADDR:241 FLGDEFAULT:1',
);
export const CDHDR = table(
	'CDHDR',
	'OBJECTCLAS OBJECTID CHANGENR',
	'OBJECTCLAS:15 OBJECTID:90 CHANGENR:10 UDATE:8 UTIME:6',
);

export const ALL_TABLES = [KNA1, LFA1, KNB1, LFB1, KNVV, KNVP, KNVK, ADRC, ADR2, ADR6, CDHDR];
