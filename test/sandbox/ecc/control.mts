import { answerControl, type Operations } from '../control.mts';
import type { Answer, Exchange } from '../http.mts';
import type { Fault, Faults } from '../s4hana/faults.mts';
import type { Row } from './condition.mts';
import type { RequestLog } from './log.mts';
import type { ContactInput, CustomerInput, EccStore } from './store.mts';

export interface Controlled {
	store: EccStore;
	log: RequestLog;
	faults: Faults;
	forbiddenFunctions: Set<string>;
	forbiddenTables: Set<string>;
}

interface Arguments {
	key: string;
	number: string;
	companyCode: string;
	email: string;
	table: string;
	match: Row;
	fields: Row;
	names: string[];
}

const OPERATIONS: Operations<Controlled, Arguments & Record<string, unknown>> = {
	createCustomer: ({ store }, body) => ({
		key: store.createCustomer(body as unknown as CustomerInput),
	}),
	createSupplier: ({ store }, body) => ({
		key: store.createSupplier(body as unknown as CustomerInput),
	}),
	changeCustomer: ({ store }, { key, fields }) => store.changeCustomer(key, fields),
	changeSupplier: ({ store }, { key, fields }) => store.changeSupplier(key, fields),
	changeCompany: ({ store }, { key, companyCode, fields }) =>
		store.changeCompany(key, companyCode, fields),
	changeAddress: ({ store }, { key, fields }) => store.changeAddress(key, fields),
	changeEmail: ({ store }, { key, email }) => store.changeEmail(key, email),
	addContact: ({ store }, { key, ...contact }) => ({
		number: store.addContact(key, contact as ContactInput),
	}),
	changeContact: ({ store }, { number, fields }) => store.changeContact(number, fields),
	changeContactEmail: ({ store }, { number, email }) => store.changeContactEmail(number, email),
	removeContact: ({ store }, { number }) => store.removeContact(number),
	updateUnlogged: ({ store }, { table, match, fields }) =>
		store.updateUnlogged(table, match, fields),
	remove: ({ store }, { key }) => store.remove(key),
	forbidTables: ({ forbiddenTables }, { names }) =>
		names.forEach((name) => forbiddenTables.add(name)),
	forbidFunctions: ({ forbiddenFunctions }, { names }) =>
		names.forEach((name) => forbiddenFunctions.add(name)),
	addFault: ({ faults }, body) => faults.add(body as unknown as Fault),
	clearFaults: ({ faults }) => faults.clear(),
	down: ({ faults }) => faults.down(),
	up: ({ faults }) => faults.up(),
	log: ({ log }) => ({ requests: log.requests }),
	clearLog: ({ log }) => log.clear(),
};

export const OPERATION_NAMES = Object.keys(OPERATIONS);

export function controlled(system: Controlled, exchange: Exchange): Answer {
	return answerControl(OPERATIONS, system, exchange);
}
