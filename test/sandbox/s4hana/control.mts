import { answerControl, type Operations } from '../control.mts';
import type { Answer, Exchange } from '../http.mts';
import type { ContactInput } from './contacts.mts';
import type { Row } from './edm.mts';
import type { Fault, Faults } from './faults.mts';
import type { Login } from './login.mts';
import type { RequestLog } from './log.mts';
import type { Paging } from './paging.mts';
import type { PartnerInput } from './partners.mts';
import type { SalesOrders } from './salesOrders.mts';
import type { S4Store } from './store.mts';

export interface Controlled {
	store: S4Store;
	orders: SalesOrders;
	log: RequestLog;
	faults: Faults;
	login: Login;
	paging: Paging;
	forbidden: Set<string>;
}

interface Arguments {
	key: string;
	fields: Row;
	companyCode: string;
	phone: string;
	email: string;
	relationship: string;
	bump?: boolean;
	entitySets: string[];
}

const OPERATIONS: Operations<Controlled, Arguments & Record<string, unknown>> = {
	createPartner: ({ store }, body) => ({ key: store.createPartner(body as PartnerInput) }),
	changePartner: ({ store }, { key, fields }) => store.changePartner(key, fields),
	changeAddress: ({ store }, { key, fields, bump }) => store.changeAddress(key, fields, { bump }),
	changePhone: ({ store }, { key, phone, bump }) => store.changePhone(key, phone, { bump }),
	changeEmail: ({ store }, { key, email, bump }) => store.changeEmail(key, email, { bump }),
	changeCustomer: ({ store }, { key, fields }) => store.changeCustomer(key, fields),
	changeCustomerCompany: ({ store }, { key, companyCode, fields }) =>
		store.changeCustomerCompany(key, companyCode, fields),
	addContact: ({ store }, { key, ...contact }) => store.addContact(key, contact as ContactInput),
	endRelationship: ({ store }, { relationship }) => store.endRelationship(relationship),
	archive: ({ store }, { key }) => store.archive(key),
	block: ({ store }, { key }) => store.block(key),
	remove: ({ store }, { key }) => store.remove(key),
	putSalesOrder: ({ orders }, { key, fields }) => orders.put(key, fields),
	removeSalesOrder: ({ orders }, { key }) => orders.remove(key),
	expireDeltaLinks: ({ orders }) => orders.expireDeltaLinks(),
	expireSkipTokens: ({ paging }) => paging.expireTokens(),
	revokeTokens: ({ login }) => login.revokeTokens(),
	forbid: ({ forbidden }, { entitySets }) => entitySets.forEach((name) => forbidden.add(name)),
	allow: ({ forbidden }, { entitySets }) => entitySets.forEach((name) => forbidden.delete(name)),
	holdCommits: ({ store }) => store.holdCommits(),
	releaseCommits: ({ store }) => store.releaseCommits(),
	addFault: ({ faults }, body) => faults.add(body as unknown as Fault),
	clearFaults: ({ faults }) => faults.clear(),
	down: ({ faults }) => faults.down(),
	up: ({ faults }) => faults.up(),
	log: ({ log }) => ({
		requests: log.requests,
		writes: log.writes,
		logins: log.logins,
		byEntitySet: log.byEntitySet(),
	}),
	clearLog: ({ log }) => log.clear(),
};

export const OPERATION_NAMES = Object.keys(OPERATIONS);

export function controlled(system: Controlled, exchange: Exchange): Answer {
	return answerControl(OPERATIONS, system, exchange);
}
