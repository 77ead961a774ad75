/** `POST /__control/<operation>` with JSON arguments: what tests do in process, for everyone else. */
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

type Operation = (system: Controlled, body: Arguments & Record<string, unknown>) => unknown;

const OPERATIONS: Record<string, Operation> = {
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

export function answerControl(system: Controlled, exchange: Exchange): Answer {
	const name = exchange.path.slice('/__control/'.length);
	const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
	if (!operation || exchange.method !== 'POST') {
		return { status: 404, body: { error: `POST to one of: ${OPERATION_NAMES.join(', ')}` } };
	}
	try {
		const body = JSON.parse(exchange.bodyText || '{}') as Arguments & Record<string, unknown>;
		return { status: 200, body: (operation(system, body) as object | undefined) ?? { ok: true } };
	} catch (error) {
		return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
	}
}
