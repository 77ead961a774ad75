/** Addresses, their usages, and what is reached through them. */
import { entitySet, toMany } from '../edm.mts';
import { communication } from './communication.mts';

export const businessPartnerAddress = entitySet({
	name: 'A_BusinessPartnerAddress',
	properties: `
		BusinessPartner! 10, AddressID! 10, ValidityStartDate offset, ValidityEndDate offset,
		AuthorizationGroup 4, AddressUUID guid, AdditionalStreetPrefixName 40,
		AdditionalStreetSuffixName 40, AddressTimeZone 6, CareOfName 40, CityCode 12,
		CityName 40, CompanyPostalCode 10, Country 3, County 40, District 40,
		FormOfAddress 4, FullName 80, HomeCityName 40, HouseNumber 10,
		HouseNumberSupplementText 10, Language 2, POBox 10, POBoxIsWithoutNumber bool,
		POBoxLobbyName 40, POBoxPostalCode 10, Person 10, PostalCode 10,
		PrfrdCommMediumType 3, Region 3, StreetName 60, StreetPrefixName 40,
		StreetSuffixName 40, AddressIDByExternalSystem 20`,
	navigations: [
		toMany('to_AddressUsage', 'A_BuPaAddressUsage', 'BusinessPartner AddressID'),
		...communication,
	],
});

export const addressUsage = entitySet({
	name: 'A_BuPaAddressUsage',
	properties: `
		BusinessPartner! 10, ValidityEndDate! offset, AddressUsage! 10, AddressID! 10,
		ValidityStartDate offset, StandardUsage bool, AuthorizationGroup 4`,
});

export const addressEmailAddress = entitySet({
	name: 'A_AddressEmailAddress',
	properties: `
		AddressID! 10, Person! 10, OrdinalNumber! 3, IsDefaultEmailAddress bool,
		EmailAddress 241, SearchEmailAddress 20, AddressCommunicationRemarkText 50`,
});

export const addressPhoneNumber = entitySet({
	name: 'A_AddressPhoneNumber',
	properties: `
		AddressID! 10, Person! 10, OrdinalNumber! 3, DestinationLocationCountry 3,
		IsDefaultPhoneNumber bool, PhoneNumber 30, PhoneNumberExtension 10,
		InternationalPhoneNumber 30, PhoneNumberType 1, AddressCommunicationRemarkText 50`,
});

export const addressFaxNumber = entitySet({
	name: 'A_AddressFaxNumber',
	properties: `
		AddressID! 10, Person! 10, OrdinalNumber! 3, IsDefaultFaxNumber bool, FaxCountry 3,
		FaxNumber 30, FaxNumberExtension 10, InternationalFaxNumber 30,
		AddressCommunicationRemarkText 50`,
});

export const addressHomePageURL = entitySet({
	name: 'A_AddressHomePageURL',
	properties: `
		AddressID! 10, Person! 10, OrdinalNumber! 3, ValidityStartDate! date,
		IsDefaultURLAddress! bool, SearchURLAddress 50, AddressCommunicationRemarkText 50,
		URLFieldLength int16, WebsiteURL 2048`,
});

export const independentEmail = entitySet({
	name: 'A_BPAddressIndependentEmail',
	properties: `
		BusinessPartner! 10, AddressID! 10, Person! 10, OrdinalNumber! 3, EmailAddress 241,
		IsDefaultEmailAddress bool, ValidityStartDate date, ValidityEndDate date`,
	isNewer: true,
});

export const independentPhone = entitySet({
	name: 'A_BPAddressIndependentPhone',
	properties: `
		BusinessPartner! 10, AddressID! 10, Person! 10, OrdinalNumber! 3,
		DestinationLocationCountry 3, InternationalPhoneNumber 30, IsDefaultPhoneNumber bool,
		PhoneNumber 30, PhoneNumberExtension 10, PhoneNumberType 1, ValidityStartDate date,
		ValidityEndDate date`,
	isNewer: true,
});

export const independentMobile = entitySet({
	name: 'A_BPAddressIndependentMobile',
	properties: `
		BusinessPartner! 10, AddressID! 10, Person! 10, OrdinalNumber! 3,
		InternationalPhoneNumber 30, IsDefaultPhoneNumber bool, MobilePhoneCountry 3,
		MobilePhoneNumber 30, PhoneNumberExtension 10, PhoneNumberType 1,
		ValidityStartDate date, ValidityEndDate date`,
	isNewer: true,
});

export const independentWebsite = entitySet({
	name: 'A_BPAddressIndependentWebsite',
	properties: `
		BusinessPartner! 10, AddressID! 10, Person! 10, OrdinalNumber! 3,
		IsDefaultURLAddress bool, URLFieldLength int32, WebsiteURL 2048`,
	isNewer: true,
});
