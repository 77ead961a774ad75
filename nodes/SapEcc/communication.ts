import type { Master } from './masterReader';
import type { TableRow } from './readTable';

/** ADR2-R3_USER: 1 is the landline that counts, 2 a mobile, 3 the mobile that counts, blank any landline. */
const MOBILE = ['2', '3'];

/** E-mail of the company's own address; `undefined` when e-mails were not read. */
export function companyEmail({ row, emails }: Master): string | undefined {
	if (!emails) return undefined;
	return preferred(ofAddress(emails, row.ADRNR, ''))?.SMTP_ADDR ?? '';
}

/** Phone of the company's own address, else a mobile, else the copy in the master record. */
export function companyPhone({ row, phones, address }: Master): string {
	const own = ofAddress(phones ?? [], row.ADRNR, '');
	const number = landlineOf(own) || mobileOf(own);
	return number || address?.TEL_NUMBER || row.TELF1;
}

/** A contact's data stand at the company's address or at one of its own, under the number of the person. */
export function contactCommunication(
	{ row, emails, phones }: Master,
	contact: TableRow,
): { email?: string; phone: string; mobile?: string } {
	const { PRSNR, ADRND, TELF1 } = contact;
	const of = (rows: TableRow[] | undefined) => {
		if (!rows || PRSNR === '') return [];
		const own = ADRND === '' ? [] : ofAddress(rows, ADRND, PRSNR);
		return own.length > 0 ? own : ofAddress(rows, row.ADRNR, PRSNR);
	};
	const numbers = of(phones);
	return {
		...(emails && { email: preferred(of(emails))?.SMTP_ADDR ?? '' }),
		phone: landlineOf(numbers) || TELF1,
		...(phones && { mobile: mobileOf(numbers) }),
	};
}

function ofAddress(rows: readonly TableRow[], address: string, person: string): TableRow[] {
	return rows.filter((row) => row.ADDRNUMBER === address && row.PERSNUMBER === person);
}

function landlineOf(rows: readonly TableRow[]): string {
	return preferred(rows.filter((row) => !MOBILE.includes(row.R3_USER)))?.TEL_NUMBER ?? '';
}

function mobileOf(rows: readonly TableRow[]): string {
	const mobiles = rows.filter((row) => MOBILE.includes(row.R3_USER));
	const standard = mobiles.filter((row) => row.R3_USER === '3');
	return preferred(standard.length > 0 ? standard : mobiles)?.TEL_NUMBER ?? '';
}

/** The row marked as default, else the one with the lowest number. */
function preferred(rows: readonly TableRow[]): TableRow | undefined {
	const sorted = [...rows].sort((a, b) => (a.CONSNUMBER < b.CONSNUMBER ? -1 : 1));
	return sorted.find((row) => row.FLGDEFAULT === 'X') ?? sorted[0];
}
