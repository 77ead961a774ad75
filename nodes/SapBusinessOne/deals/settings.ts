import type { OrderKind } from '../documentKinds';
import type { Row } from '../rows';

/** What the panel says about documents that are made of deals. */
export interface DealSettings {
	/** Which document; by the deal's stage where this is a table. */
	document: OrderKind | readonly StageRule[];
	reference: string;
	referenceField: string;
	/** ISO date. */
	dueDate: string;
	/** Purchase orders only. */
	vendor: string;
	/** Orders are made of deals that are won when they are read. */
	onlyWon: boolean;
	priceSource: 'deal' | 'erp';
	/** Item code for lines without one, and for deals without lines; '' sets them aside. */
	placeholderItem: string;
	/** Prefix of the codes of leads that are created for customers who are missing; '' sets the deal aside. */
	leadPrefix: string;
	/** ISO code to the code of the ERP. */
	currencies: ReadonlyMap<string, string>;
	warehouse: string;
	taxCode: string;
	vatGroup: string;
	/** Further fields of the document as the Service Layer takes them. */
	header: Row;
}

export interface StageRule {
	stage: string;
	document: OrderKind | 'nothing';
}
