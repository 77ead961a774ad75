/** What Pipedrive should hold of an ERP's goods, orders and documents, whichever ERP it is. */

export interface ExpectedProduct {
	code: string;
	name: string;
	isActive: boolean;
	/** `EUR 12.5`, where the ERP has prices. */
	prices: string[];
	/** One text per warehouse: what is there, promised and left. */
	stock: string[];
}

export interface ExpectedDeal {
	number: string;
	status: 'open' | 'won' | 'lost';
	/** External id of the customer. */
	customer: string;
	/** To the cent, as the ERP adds it up. */
	total: number;
	/** `<product code> <quantity> x <price>`, sorted; the price to the cent. */
	lines: string[];
}

export interface ExpectedDocument {
	/** External id of the customer. */
	customer: string;
	/** `Invoice 4711` */
	title: string;
	date: string;
	total: number;
	open: number;
	state: 'open' | 'partly paid' | 'paid' | 'cancelled';
}

/** As it must not lose a cent on the way through binary fractions. */
export function cents(amount: number): number {
	return Math.round((amount + Number.EPSILON) * 100) / 100;
}
