import { answerControl, type Operations } from '../control.mts';
import type { Answer, Exchange } from '../http.mts';
import type { Fault, Faults } from './faults.mts';
import type { RequestLog } from './log.mts';
import type { Row } from './schema.mts';
import type { InvoiceInput, ReceiptInput, Sage300Store } from './store.mts';

export interface Controlled {
	store: Sage300Store;
	log: RequestLog;
	faults: Faults;
	forbidden: Set<string>;
}

interface Arguments {
	customer: string;
	location: string;
	number: string;
	amount: number;
	resource: string;
	key: Row;
	fields: Row;
	day?: string;
}

const OPERATIONS: Operations<Controlled, Arguments> = {
	putCustomer: ({ store }, { customer, fields, day }) => store.putCustomer(customer, fields, day),
	touchCustomer: ({ store }, { customer, fields }) => store.touchCustomer(customer, fields),
	putShipTo: ({ store }, { customer, location, fields }) =>
		store.putShipTo(customer, location, fields),
	postInvoice: ({ store }, body) => ({ posting: store.postInvoice(body as InvoiceInput) }),
	applyPayment: ({ store }, { customer, number, amount, day }) =>
		store.applyPayment(customer, number, amount, day),
	postReceipt: ({ store }, body) => store.postReceipt(body as ReceiptInput),
	remove: ({ store }, { resource, key }) => store.remove(resource, key),
	forbid: ({ forbidden }, { resource }) => void forbidden.add(resource),
	allow: ({ forbidden }, { resource }) => void forbidden.delete(resource),
	addFault: ({ faults }, body) => faults.add(body as unknown as Fault),
	clearFaults: ({ faults }) => faults.clear(),
	down: ({ faults }) => faults.down(),
	up: ({ faults }) => faults.up(),
	log: ({ log }) => ({ requests: log.requests, writes: log.writes, mostAtOnce: log.mostAtOnce }),
	clearLog: ({ log }) => log.clear(),
};

export const OPERATION_NAMES = Object.keys(OPERATIONS);

export function controlled(system: Controlled, exchange: Exchange): Answer {
	return answerControl(OPERATIONS, system, exchange);
}
