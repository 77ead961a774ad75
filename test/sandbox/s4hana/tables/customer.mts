/** Customer: general data, company codes, sales areas and their partner functions. */
import { entitySet, toMany } from '../edm.mts';

export const customer = entitySet({
	name: 'A_Customer',
	properties: `
		Customer! 10, AuthorizationGroup 4, BillingIsBlockedForCustomer 2, CreatedByUser 12,
		CreationDate date, CustomerAccountGroup 4, CustomerClassification 2,
		CustomerFullName 220, BPCustomerFullName 220, CustomerName 80, BPCustomerName 81,
		DeliveryIsBlocked 2, OrderIsBlockedForCustomer 2, PostingIsBlocked bool, Supplier 10,
		CustomerCorporateGroup 10, Industry 4, IndustryCode1 10, IndustryCode2 10,
		IndustryCode3 10, IndustryCode4 10, IndustryCode5 10, InternationalLocationNumber1 7,
		InternationalLocationNumber2 5, InternationalLocationNumber3 1, PaymentReason 4,
		TaxNumber1 16, TaxNumber2 11, TaxNumber3 18, TaxNumber4 18, TaxNumber5 60,
		TaxNumberType 2, VATRegistration 20, DeletionIndicator bool, CityCode 4, County 3`,
	navigations: [
		toMany('to_CustomerCompany', 'A_CustomerCompany', 'Customer'),
		toMany('to_CustomerSalesArea', 'A_CustomerSalesArea', 'Customer'),
	],
});

export const customerCompany = entitySet({
	name: 'A_CustomerCompany',
	properties: `
		Customer! 10, CompanyCode! 4, APARToleranceGroup 4, AccountByCustomer 12,
		AccountingClerk 2, AccountingClerkFaxNumber 31, AccountingClerkInternetAddress 130,
		AccountingClerkPhoneNumber 30, AlternativePayerAccount 10, AuthorizationGroup 4,
		CollectiveInvoiceVariant 1, CustomerAccountNote 30, CustomerHeadOffice 10,
		CustomerSupplierClearingIsUsed bool, HouseBank 5, IsToBeLocallyProcessed bool,
		ItemIsToBePaidSeparately bool, LayoutSortingRule 3, PaymentBlockingReason 1,
		PaymentMethodsList 10, PaymentReason 4, PaymentTerms 4, ReconciliationAccount 10,
		UserAtCustomer 15, DeletionIndicator bool, CustomerAccountGroup 4`,
});

export const customerSalesArea = entitySet({
	name: 'A_CustomerSalesArea',
	properties: `
		Customer! 10, SalesOrganization! 4, DistributionChannel! 2, Division! 2,
		AccountByCustomer 12, AuthorizationGroup 4, BillingIsBlockedForCustomer 2,
		CompleteDeliveryIsDefined bool, CreditControlArea 4, Currency 5,
		CustomerABCClassification 2, CustomerAccountAssignmentGroup 2, CustomerGroup 2,
		CustomerIsRebateRelevant bool, CustomerPaymentTerms 4, CustomerPriceGroup 2,
		CustomerPricingProcedure 2, CustomerStatisticsGroup 1, CustProdProposalProcedure 2,
		DeliveryIsBlockedForCustomer 2, DeliveryPriority 2, IncotermsClassification 3,
		IncotermsLocation2 70, IncotermsVersion 4, IncotermsLocation1 70,
		DeletionIndicator bool, InvoiceDate 2, OrderCombinationIsAllowed bool,
		OrderIsBlockedForCustomer 2, PartialDeliveryIsAllowed 1, PriceListType 2,
		ProductUnitGroup 4, SalesGroup 3, SalesItemProposal 10, SalesOffice 4,
		ShippingCondition 2, SupplyingPlant 4, SalesDistrict 6, AdditionalCustomerGroup1 3,
		AdditionalCustomerGroup2 3, AdditionalCustomerGroup3 3, AdditionalCustomerGroup4 3,
		AdditionalCustomerGroup5 3, CustomerAccountGroup 4`,
	navigations: [
		toMany(
			'to_PartnerFunction',
			'A_CustSalesPartnerFunc',
			'Customer SalesOrganization DistributionChannel Division',
		),
	],
});

export const custSalesPartnerFunc = entitySet({
	name: 'A_CustSalesPartnerFunc',
	properties: `
		Customer! 10, SalesOrganization! 4, DistributionChannel! 2, Division! 2,
		PartnerCounter! 3, PartnerFunction! 2, BPCustomerNumber 10,
		CustomerPartnerDescription 30, DefaultPartner bool, Supplier 10, PersonnelNumber 8,
		ContactPerson 10, AddressID 10, AuthorizationGroup 4`,
});
