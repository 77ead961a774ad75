/** Business partner: general data, roles, tax numbers, industries, identifications. */
import { entitySet, toMany, toOne } from '../edm.mts';

export const businessPartner = entitySet({
	name: 'A_BusinessPartner',
	properties: `
		BusinessPartner! 10, Customer 10, Supplier 10, AcademicTitle 4, AuthorizationGroup 4,
		BusinessPartnerCategory 1, BusinessPartnerFullName 81, BusinessPartnerGrouping 4,
		BusinessPartnerName 81, BusinessPartnerUUID guid, CorrespondenceLanguage 2,
		CreatedByUser 12, CreationDate date, CreationTime time, FirstName 40,
		FormOfAddress 4, Industry 10, InternationalLocationNumber1 7,
		InternationalLocationNumber2 5, IsFemale bool, IsMale bool, IsNaturalPerson 1,
		IsSexUnknown bool, GenderCodeName 1, Language 2, LastChangeDate date,
		LastChangeTime time, LastChangedByUser 12, LastName 40, LegalForm 2,
		OrganizationBPName1 40, OrganizationBPName2 40, OrganizationBPName3 40,
		OrganizationBPName4 40, OrganizationFoundationDate date,
		OrganizationLiquidationDate date, SearchTerm1 20, SearchTerm2 20,
		AdditionalLastName 40, BirthDate date, BusinessPartnerDeathDate date,
		BusinessPartnerIsBlocked bool, BusinessPartnerType 4, ETag 26,
		GroupBusinessPartnerName1 40, GroupBusinessPartnerName2 40, IndependentAddressID 10,
		InternationalLocationNumber3 1, MiddleName 40, NameCountry 3, NameFormat 2,
		PersonFullName 80, PersonNumber 10, IsMarkedForArchiving bool,
		BusinessPartnerIDByExtSystem 20, TradingPartner 6`,
	navigations: [
		toMany('to_BusinessPartnerAddress', 'A_BusinessPartnerAddress', 'BusinessPartner'),
		toMany('to_BusinessPartnerRole', 'A_BusinessPartnerRole', 'BusinessPartner'),
		toMany('to_BusinessPartnerTax', 'A_BusinessPartnerTaxNumber', 'BusinessPartner'),
		toMany('to_BuPaIndustry', 'A_BuPaIndustry', 'BusinessPartner'),
		toMany('to_BuPaIdentification', 'A_BuPaIdentification', 'BusinessPartner'),
		toMany(
			'to_BusinessPartnerContact',
			'A_BusinessPartnerContact',
			'BusinessPartner=BusinessPartnerCompany',
		),
		toMany('to_BPRelationship', 'A_BPRelationship', 'BusinessPartner=BusinessPartner1'),
		toOne('to_Customer', 'A_Customer', 'Customer'),
		toOne('to_Supplier', 'A_Supplier', 'Supplier'),
		toMany('to_AddressIndependentEmail', 'A_BPAddressIndependentEmail', 'BusinessPartner'),
		toMany('to_AddressIndependentPhone', 'A_BPAddressIndependentPhone', 'BusinessPartner'),
		toMany('to_AddressIndependentMobile', 'A_BPAddressIndependentMobile', 'BusinessPartner'),
		toMany('to_AddressIndependentWebsite', 'A_BPAddressIndependentWebsite', 'BusinessPartner'),
	],
});

export const businessPartnerRole = entitySet({
	name: 'A_BusinessPartnerRole',
	properties: `
		BusinessPartner! 10, BusinessPartnerRole! 6, ValidFrom offset, ValidTo offset,
		AuthorizationGroup 4`,
});

export const businessPartnerTaxNumber = entitySet({
	name: 'A_BusinessPartnerTaxNumber',
	properties: `
		BusinessPartner! 10, BPTaxType! 4, BPTaxNumber 20, BPTaxLongNumber 60,
		AuthorizationGroup 4`,
});

export const industry = entitySet({
	name: 'A_BuPaIndustry',
	properties: `
		IndustrySector! 10, IndustrySystemType! 4, BusinessPartner! 10, IsStandardIndustry 1,
		IndustryKeyDescription 100`,
});

export const identification = entitySet({
	name: 'A_BuPaIdentification',
	properties: `
		BusinessPartner! 10, BPIdentificationType! 6, BPIdentificationNumber! 60,
		BPIdnNmbrIssuingInstitute 40, BPIdentificationEntryDate date, Country 3, Region 3,
		ValidityStartDate date, ValidityEndDate date, AuthorizationGroup 4`,
});
