/** The resources of the AR module that the sandbox serves: a part of each, named and typed as the vendor does. */

export type PropertyType = 'string' | 'date' | 'number' | 'rows';

export interface Resource {
	name: string;
	/** In the order of the key, which is the order of every list. */
	key: readonly string[];
	properties: ReadonlyMap<string, PropertyType>;
}

export type Value = string | number | null | Row[];
/** Dates are `YYYY-MM-DD`. */
export interface Row {
	[property: string]: Value;
}

const CUSTOMER = {
	string: `CustomerNumber ShortName GroupCode NationalAccount Status OnHold CustomerName AddressLine1
		AddressLine2 AddressLine3 AddressLine4 City StateProvince ZipPostalCode Country ContactName
		PhoneNumber FaxNumber TerritoryCode AccountSet CurrencyCode AccountType Terms TaxGroup
		TaxRegistrationNumber1 TaxRegistrationNumber2 Salesperson1 CustomerPriceList ContactsEmail
		Email WebSite PrimaryShipToLocation ContactsPhone ContactsFax CheckCreditLimit
		BusinessRegistrationNumber CreditBureauNumber`,
	date: 'InactiveDate DateLastMaintained StartDate DateOfLastActivity DateOfLastInvoice',
	number: `CreditLimitCustomerCurrency BalanceDueInCustomerCurrency BalanceDueInFunctionalCurrency
		AmountPastDue NumberOfOpenDocuments NumberOfOptionalFields`,
	rows: 'CustomerOptionalFieldValues',
};

const SHIP_TO = {
	string: `CustomerNumber ShipToLocationKey Status Description AddressLine1 AddressLine2 AddressLine3
		AddressLine4 City StateProvince ZipPostalCode Country ContactName PhoneNumber
		PrimaryShipToIndicator`,
	date: 'DateLastMaintained',
	number: '',
	rows: '',
};

const POSTED_DOCUMENT = {
	string: `CustomerNumber DocumentNumber OrderNumber PONumber TransactionType DocumentType
		DocumentDescription CurrencyCode FullyPaid`,
	date: 'DueDate DocumentDate PostingDate LastActivityDate',
	number: `PostingSequenceNumber BatchNumber EntryNumber CustomerCurrencyInvoiceAmount
		CustomerCurrencyAmountDue CustomerCurrencyTaxAmount`,
	rows: '',
};

const POSTED_RECEIPT = {
	string: `BankCode CustomerNumber CheckReceiptNumber PaymentCode CurrencyCode Payer DocumentType
		DocumentNumber CardNumber`,
	date: 'ReceiptDate DateLastMaintained DateReturned PostingDate',
	number: `DepositSerialNumber DepositLineNumber CustomerReceiptAmount BatchNumber EntryNumber
		MiscellaneousReceiptFlag`,
	rows: '',
};

const GROUP = {
	string: 'GroupCode Description Status',
	date: 'DateLastMaintained',
	number: '',
	rows: '',
};

/** Newer builds call the key `TermsCode`, older ones `TermsCodeKey`: the rules say which one is there. */
const TERMS = { string: 'TermsCode TermsCodeKey Description', date: '', number: '', rows: '' };

function resource(name: string, key: string[], fields: Record<PropertyType, string>): Resource {
	const properties = new Map<string, PropertyType>();
	for (const type of ['string', 'date', 'number', 'rows'] as const) {
		for (const property of fields[type].split(/\s+/).filter(Boolean)) {
			properties.set(property, type);
		}
	}
	return { name, key, properties };
}

export const RESOURCES: ReadonlyMap<string, Resource> = new Map(
	[
		resource('ARCustomers', ['CustomerNumber'], CUSTOMER),
		resource('ARShipToLocations', ['CustomerNumber', 'ShipToLocationKey'], SHIP_TO),
		resource('ARPostedDocuments', ['CustomerNumber', 'DocumentNumber'], POSTED_DOCUMENT),
		resource(
			'ARPostedReceipts',
			[
				'BankCode',
				'CustomerNumber',
				'CheckReceiptNumber',
				'DepositSerialNumber',
				'DepositLineNumber',
				'ReceiptDate',
			],
			POSTED_RECEIPT,
		),
		resource('ARCustomerGroups', ['GroupCode'], GROUP),
		resource('ARTerms', ['TermsCode'], TERMS),
	].map((one) => [one.name, one]),
);

/** Properties of the rows inside `CustomerOptionalFieldValues`. */
export const OPTIONAL_FIELD = ['CustomerNumber', 'OptionalField', 'Value'] as const;
