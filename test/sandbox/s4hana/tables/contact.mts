/** Relationships between partners, and the contact persons seen through them. */
import { entitySet, toMany, toOne } from '../edm.mts';
import { communication } from './communication.mts';

const CONTACT_KEY =
	'RelationshipNumber BusinessPartnerCompany BusinessPartnerPerson ValidityEndDate';
const ADDRESS_KEY = `${CONTACT_KEY} AddressID`;

export const relationship = entitySet({
	name: 'A_BPRelationship',
	properties: `
		RelationshipNumber! 12, BusinessPartner1! 10, BusinessPartner2! 10,
		ValidityEndDate! date, ValidityStartDate date, IsStandardRelationship bool,
		RelationshipCategory 6, BPRelationshipType 4, CreatedByUser 12, CreationDate date,
		CreationTime time, LastChangedByUser 12, LastChangeDate date, LastChangeTime time`,
});

export const businessPartnerContact = entitySet({
	name: 'A_BusinessPartnerContact',
	properties: `
		RelationshipNumber! 12, BusinessPartnerCompany! 10, BusinessPartnerPerson! 10,
		ValidityEndDate! date, ValidityStartDate date, IsStandardRelationship bool,
		RelationshipCategory 6`,
	navigations: [
		toOne('to_ContactRelationship', 'A_BPContactToFuncAndDept', CONTACT_KEY),
		toMany('to_ContactAddress', 'A_BPContactToAddress', CONTACT_KEY),
	],
});

export const contactToFuncAndDept = entitySet({
	name: 'A_BPContactToFuncAndDept',
	properties: `
		RelationshipNumber! 12, BusinessPartnerCompany! 10, BusinessPartnerPerson! 10,
		ValidityEndDate! date, ContactPersonAuthorityType 1, ContactPersonDepartment 4,
		ContactPersonDepartmentName 40, ContactPersonFunction 4,
		ContactPersonFunctionName 40, ContactPersonRemarkText 40, ContactPersonVIPType 1,
		EmailAddress 241, FaxNumber 30, FaxNumberExtension 10, PhoneNumber 30,
		PhoneNumberExtension 10, RelationshipCategory 6`,
});

export const contactToAddress = entitySet({
	name: 'A_BPContactToAddress',
	properties: `
		RelationshipNumber! 12, BusinessPartnerCompany! 10, BusinessPartnerPerson! 10,
		ValidityEndDate! date, AddressID! 10, AddressNumber 10,
		AdditionalStreetPrefixName 40, AdditionalStreetSuffixName 40, AddressTimeZone 6,
		CareOfName 40, CityCode 12, CityName 40, CompanyPostalCode 10, Country 3, County 40,
		District 40, FormOfAddress 4, FullName 80, HomeCityName 40, HouseNumber 10,
		HouseNumberSupplementText 10, Language 2, POBox 10, POBoxIsWithoutNumber bool,
		POBoxLobbyName 40, POBoxPostalCode 10, Person 10, PostalCode 10,
		PrfrdCommMediumType 3, Region 3, StreetName 60, StreetPrefixName 40,
		StreetSuffixName 40, AddressRepresentationCode 1, ContactPersonBuilding 10,
		ContactPersonPrfrdCommMedium 3, ContactRelationshipDepartment 40,
		ContactRelationshipFunction 40, CorrespondenceShortName 10, Floor 10, InhouseMail 10,
		IsDefaultAddress bool, RoomNumber 10, PersonNumber 10`,
	navigations: [
		...communication,
		toMany('to_BPRelshpCntctPersnEmailAddr', 'A_BPContactPersonEmlAddr', ADDRESS_KEY),
		toMany('to_BPRelshpCntctPersnTelNumber', 'A_BPContactPersonTelNmbr', ADDRESS_KEY),
		toMany('to_BPRelshpCntctPersnMblNumber', 'A_BPContactPersonMblNmbr', ADDRESS_KEY),
	],
});

export const contactPersonEmlAddr = entitySet({
	name: 'A_BPContactPersonEmlAddr',
	properties: `
		RelationshipNumber! 12, BusinessPartnerCompany! 10, BusinessPartnerPerson! 10,
		ValidityEndDate! date, AddressID! 10, OrdinalNumber! 3, IsDefaultEmailAddress bool,
		EmailAddress 241, SearchEmailAddress 20`,
	isNewer: true,
});

export const contactPersonTelNmbr = entitySet({
	name: 'A_BPContactPersonTelNmbr',
	properties: `
		RelationshipNumber! 12, BusinessPartnerCompany! 10, BusinessPartnerPerson! 10,
		ValidityEndDate! date, AddressID! 10, OrdinalNumber! 3, IsDefaultPhoneNumber bool,
		DestinationLocationCountry 3, PhoneNumber 30, PhoneNumberExtension 10,
		InternationalPhoneNumber 30, PhoneNumberType 1`,
	isNewer: true,
});

export const contactPersonMblNmbr = entitySet({
	name: 'A_BPContactPersonMblNmbr',
	properties: `
		RelationshipNumber! 12, BusinessPartnerCompany! 10, BusinessPartnerPerson! 10,
		ValidityEndDate! date, AddressID! 10, OrdinalNumber! 3, IsDefaultPhoneNumber bool,
		DestinationLocationCountry 3, MobilePhoneNumber 30, PhoneNumberExtension 10,
		InternationalPhoneNumber 30, PhoneNumberType 1`,
	isNewer: true,
});
