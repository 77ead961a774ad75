/** The navigations that addresses of companies and of contact persons share. */
import { toMany, type Row } from '../edm.mts';

/** `2` and `3` are mobile numbers, `1` and blank are fixed lines. */
const isMobile = (row: Row) => row.PhoneNumberType === '2' || row.PhoneNumberType === '3';
const isFixedLine = (row: Row) => !isMobile(row);
const BY_ADDRESS = 'AddressID Person';

export const communication = [
	toMany('to_EmailAddress', 'A_AddressEmailAddress', BY_ADDRESS),
	toMany('to_PhoneNumber', 'A_AddressPhoneNumber', BY_ADDRESS, isFixedLine),
	toMany('to_MobilePhoneNumber', 'A_AddressPhoneNumber', BY_ADDRESS, isMobile),
	toMany('to_FaxNumber', 'A_AddressFaxNumber', BY_ADDRESS),
	toMany('to_URLAddress', 'A_AddressHomePageURL', BY_ADDRESS),
];
