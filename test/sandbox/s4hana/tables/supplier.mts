/** Supplier: general data, company codes, purchasing organizations. */
import { entitySet, toMany, toOne } from '../edm.mts';

export const supplier = entitySet({
	name: 'A_Supplier',
	properties: `
		Supplier! 10, AlternativePayeeAccountNumber 10, AuthorizationGroup 4,
		CreatedByUser 12, CreationDate date, Customer 10, PaymentIsBlockedForSupplier bool,
		PostingIsBlocked bool, PurchasingIsBlocked bool, SupplierAccountGroup 4,
		SupplierFullName 220, SupplierName 80, VATRegistration 20, BirthDate date,
		DeletionIndicator bool, Industry 4, InternationalLocationNumber1 7,
		InternationalLocationNumber2 5, InternationalLocationNumber3 1, IsNaturalPerson 1,
		PaymentReason 4, SupplierCorporateGroup 10, SupplierProcurementBlock 2,
		TaxNumber1 16, TaxNumber2 11, TaxNumber3 18, TaxNumber4 18, TaxNumber5 60,
		TaxNumberResponsible 18, TaxNumberType 2`,
	navigations: [
		toMany('to_SupplierCompany', 'A_SupplierCompany', 'Supplier'),
		toMany('to_SupplierPurchasingOrg', 'A_SupplierPurchasingOrg', 'Supplier'),
	],
});

export const supplierCompany = entitySet({
	name: 'A_SupplierCompany',
	properties: `
		Supplier! 10, CompanyCode! 4, AuthorizationGroup 4, CompanyCodeName 25,
		PaymentBlockingReason 1, SupplierIsBlockedForPosting bool, AccountingClerk 2,
		AccountingClerkFaxNumber 31, AccountingClerkPhoneNumber 30, SupplierClerk 15,
		SupplierClerkURL 130, PaymentMethodsList 10, PaymentReason 4, PaymentTerms 4,
		ClearCustomerSupplier bool, IsToBeLocallyProcessed bool,
		ItemIsToBePaidSeparately bool, PaymentIsToBeSentByEDI bool, HouseBank 5, Currency 5,
		SupplierClerkIDBySupplier 12, ReconciliationAccount 10, SupplierHeadOffice 10,
		AlternativePayee 10, LayoutSortingRule 3, APARToleranceGroup 4,
		SupplierAccountNote 30, DeletionIndicator bool, IsToBeCheckedForDuplicates bool,
		SupplierAccountGroup 4`,
	navigations: [toOne('to_Supplier', 'A_Supplier', 'Supplier')],
});

export const supplierPurchasingOrg = entitySet({
	name: 'A_SupplierPurchasingOrg',
	properties: `
		Supplier! 10, PurchasingOrganization! 4, CalculationSchemaGroupCode 2,
		DeletionIndicator bool, IncotermsClassification 3, IncotermsVersion 4,
		IncotermsLocation1 70, IncotermsLocation2 70,
		MaterialPlannedDeliveryDurn decimal(3,0), MinimumOrderAmount decimal(14,3),
		PaymentTerms 4, ProductUnitGroup 4, PurOrdAutoGenerationIsAllowed bool,
		PurchaseOrderCurrency 5, PurchasingGroup 3, PurchasingIsBlockedForSupplier bool,
		ShippingCondition 2, SupplierABCClassificationCode 1, SupplierAccountNumber 12,
		SupplierIsReturnsSupplier bool, SupplierPhoneNumber 16,
		SupplierRespSalesPersonName 30, SupplierConfirmationControlKey 4,
		IsOrderAcknRqd bool, AuthorizationGroup 4, SupplierAccountGroup 4`,
});
