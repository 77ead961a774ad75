/** `POST /__control/<operation>` with JSON arguments: what tests do in process, for everyone else. */
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

type Operation = (system: Controlled, body: Arguments) => unknown;

const OPERATIONS: Record<string, Operation> = {
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

export function answerControl(system: Controlled, exchange: Exchange): Answer {
	const name = exchange.path.slice('/__control/'.length);
	const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
	if (!operation || exchange.method !== 'POST') {
		return { status: 404, body: { error: `POST to one of: ${OPERATION_NAMES.join(', ')}` } };
	}
	try {
		const body = JSON.parse(exchange.bodyText || '{}') as Arguments;
		return { status: 200, body: (operation(system, body) as object | undefined) ?? { ok: true } };
	} catch (error) {
		return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
	}
}
