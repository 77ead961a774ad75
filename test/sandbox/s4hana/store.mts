/** What tests and the demo do to the system's data. Every change is stamped with the system's time. */
import {
	addContact,
	endRelationship,
	type ContactInput,
	type CreatedContact,
} from './contacts.mts';
import { defaultAddress, putEmail, putPhone } from './addresses.mts';
import { Database } from './database.mts';
import type { Row } from './edm.mts';
import { createPartner, markChanged, nameFields, putRole, type PartnerInput } from './partners.mts';

/** Whether the partner's own change date follows. SAP does not promise it for what hangs on a partner. */
export interface Bump {
	bump?: boolean;
}

export class S4Store extends Database {
	createPartner(input: PartnerInput): string {
		return createPartner(this, input);
	}

	partner(key: string): Row {
		const row = this.table('A_BusinessPartner').get({ BusinessPartner: key });
		if (!row) throw new Error(`There is no business partner ${key}`);
		return row;
	}

	changePartner(key: string, fields: Row): void {
		this.commit((stamp) => {
			const before = this.partner(key);
			const names = shownNames(before, fields);
			this.table('A_BusinessPartner').update(before, { ...names, ...fields });
			markChanged(this, key, stamp);
		});
	}

	archive(key: string): void {
		this.changePartner(key, { IsMarkedForArchiving: true });
	}

	block(key: string): void {
		this.changePartner(key, { BusinessPartnerIsBlocked: true });
	}

	changeAddress(key: string, fields: Row, options: Bump = {}): void {
		this.changeDependent(key, options, () => {
			this.table('A_BusinessPartnerAddress').update(this.addressOf(key), fields);
		});
	}

	changePhone(key: string, phone: string, options: Bump = {}): void {
		this.changeDependent(key, options, () => {
			const { AddressID, Person } = this.addressOf(key);
			putPhone(this, String(AddressID), String(Person ?? ''), phone, '1');
		});
	}

	changeEmail(key: string, email: string, options: Bump = {}): void {
		this.changeDependent(key, options, () => {
			const { AddressID, Person } = this.addressOf(key);
			putEmail(this, String(AddressID), String(Person ?? ''), email);
		});
	}

	addRole(key: string, role: string, options: Bump = {}): void {
		this.changeDependent(key, options, () => putRole(this, key, role, this.stamp()));
	}

	/** `fields` go to the row with this company code; it is created where missing. */
	changeCustomerCompany(key: string, companyCode: string, fields: Row): void {
		this.commit(() => {
			const Customer = this.partner(key).Customer;
			const row = { Customer, CompanyCode: companyCode };
			const table = this.table('A_CustomerCompany');
			table.put({ ...(table.get(row) ?? row), ...fields });
		});
	}

	changeCustomer(key: string, fields: Row): void {
		this.commit(() => {
			const table = this.table('A_Customer');
			const row = table.get({ Customer: this.partner(key).Customer });
			if (!row) throw new Error(`Business partner ${key} is no customer`);
			table.update(row, fields);
		});
	}

	addContact(company: string, input: ContactInput): CreatedContact {
		return addContact(this, company, input);
	}

	endRelationship(relationship: string, endsAt?: number): void {
		endRelationship(this, relationship, endsAt);
	}

	/** Gone without a trace, with everything that hangs on it: what a deletion program does. */
	remove(key: string): void {
		this.commit(() => {
			const { Customer, Supplier } = this.partner(key);
			for (const name of ['A_BusinessPartner', ...OF_PARTNER])
				this.removeWhere(name, 'BusinessPartner', key);
			for (const name of OF_CONTACT) {
				this.removeWhere(name, 'BusinessPartnerCompany', key);
				this.removeWhere(name, 'BusinessPartnerPerson', key);
			}
			this.removeWhere('A_BPRelationship', 'BusinessPartner1', key);
			this.removeWhere('A_BPRelationship', 'BusinessPartner2', key);
			if (Customer) for (const name of OF_CUSTOMER) this.removeWhere(name, 'Customer', Customer);
			if (Supplier) for (const name of OF_SUPPLIER) this.removeWhere(name, 'Supplier', Supplier);
		});
	}

	private changeDependent(key: string, options: Bump, change: () => void): void {
		this.commit((stamp) => {
			change();
			if (options.bump) markChanged(this, key, stamp);
		});
	}

	private addressOf(key: string): Row {
		const address = defaultAddress(this, key);
		if (!address) throw new Error(`Business partner ${key} has no address`);
		return address;
	}

	private removeWhere(name: string, property: string, value: Row[string]): void {
		if (!this.has(name)) return;
		const table = this.table(name);
		for (const row of table.find([property], { [property]: value })) table.remove(row);
	}
}

/** The names that follow from the name fields; nothing when those stay as they are. */
function shownNames(before: Row, fields: Row): Row {
	const isNameChange = NAME_FIELDS.some((name) => name in fields);
	if (!isNameChange) return {};
	const after = { ...before, ...fields };
	const part = (name: string) => String(after[name] ?? '');
	if (after.BusinessPartnerCategory === '1') {
		return nameFields({ firstName: part('FirstName'), lastName: part('LastName') });
	}
	const shown = [part('OrganizationBPName1'), part('OrganizationBPName2')]
		.filter(Boolean)
		.join(' ');
	return { BusinessPartnerFullName: shown, BusinessPartnerName: shown };
}

const NAME_FIELDS = ['OrganizationBPName1', 'OrganizationBPName2', 'FirstName', 'LastName'];
const OF_PARTNER = [
	'A_BusinessPartnerAddress',
	'A_BuPaAddressUsage',
	'A_BusinessPartnerRole',
	'A_BusinessPartnerTaxNumber',
	'A_BuPaIndustry',
	'A_BuPaIdentification',
];
const OF_CONTACT = ['A_BusinessPartnerContact', 'A_BPContactToFuncAndDept', 'A_BPContactToAddress'];
const OF_CUSTOMER = [
	'A_Customer',
	'A_CustomerCompany',
	'A_CustomerSalesArea',
	'A_CustSalesPartnerFunc',
];
const OF_SUPPLIER = ['A_Supplier', 'A_SupplierCompany', 'A_SupplierPurchasingOrg'];
