import { answerControl, type Operations } from '../control.mts';
import type { Answer, Exchange } from '../http.mts';
import type { Fault, Faults } from './faults.mts';
import type { Row } from './filter.mts';
import type { RequestLog } from './log.mts';
import type { Sessions } from './sessions.mts';
import type { B1Store } from './store.mts';

export interface Controlled {
	store: B1Store;
	sessions: Sessions;
	log: RequestLog;
	faults: Faults;
	rules: { forbidden: Set<string> };
}

interface Arguments {
	/** Card code, item code or document entry. */
	key: string;
	entitySet: string;
	entitySets: string[];
	fields: Row;
	/** False where the ERP changes something without touching the record's change stamp. */
	bump?: boolean;
}

const OPERATIONS: Operations<Controlled, Arguments> = {
	changePartner: ({ store }, { key, fields, bump }) => store.partner(key, fields, { bump }),
	addContact: ({ store }, { key, fields, bump }) => ({
		internalCode: store.addContact(key, fields, { bump }),
	}),
	changeItem: ({ store }, { key, fields, bump }) => store.item(key, fields, { bump }),
	putDocument: ({ store }, { entitySet, fields, key, bump }) =>
		store.document(entitySet, fields, key === undefined ? undefined : Number(key), { bump }),
	postPayment: ({ store }, { fields }) => store.payment(fields),
	put: ({ store }, { entitySet, key, fields }) => store.put(entitySet, key, fields),
	remove: ({ store }, { entitySet, key }) => {
		if (!store.get(entitySet, key)) throw new Error(`${entitySet} holds no ${key}`);
		store.remove(entitySet, key);
	},
	endSessions: ({ sessions }) => sessions.loseAll(),
	forbid: ({ rules }, { entitySets }) => entitySets.forEach((name) => rules.forbidden.add(name)),
	allow: ({ rules }, { entitySets }) => entitySets.forEach((name) => rules.forbidden.delete(name)),
	addFault: ({ faults }, body) => faults.add(body as unknown as Fault),
	clearFaults: ({ faults }) => faults.clear(),
	down: ({ faults }) => faults.down(),
	up: ({ faults }) => faults.up(),
	log: ({ log, sessions }) => ({
		requests: log.requests,
		writes: log.writes,
		logins: sessions.logins,
		logouts: sessions.logouts,
		openSessions: sessions.count,
	}),
	clearLog: ({ log }) => log.clear(),
};

export const OPERATION_NAMES = Object.keys(OPERATIONS);

export function controlled(system: Controlled, exchange: Exchange): Answer {
	return answerControl(OPERATIONS, system, exchange);
}
