import { answerControl, type Operations } from '../control.mts';
import type { Answer, Exchange } from '../http.mts';
import type { Enet } from './enet.mts';
import type { Fault, Faults } from './faults.mts';
import type { CallLog } from './log.mts';
import type { Row, SysproStore } from './store.mts';

export interface Controlled {
	/** Company A. */
	store: SysproStore;
	enet: Enet;
	log: CallLog;
	faults: Faults;
}

interface Arguments {
	table: string;
	/** Key values in the table's order. */
	key: string[];
	fields: Row;
}

const OPERATIONS: Operations<Controlled, Arguments> = {
	put: ({ store }, { table, fields }) => store.put(table, fields),
	patch: ({ store }, { table, key, fields }) => store.patch(table, key, fields),
	remove: ({ store }, { table, key }) => store.remove(table, key),
	endSessions: ({ enet }) => enet.endSessions(),
	addFault: ({ faults }, body) => faults.add(body as unknown as Fault),
	clearFaults: ({ faults }) => faults.clear(),
	log: ({ log }) => ({
		calls: log.calls,
		unknownElements: log.unknownElements,
		overlaps: log.overlaps,
		displaced: log.displaced,
		writesRefused: log.writesRefused,
	}),
	clearLog: ({ log }) => log.clear(),
};

export const OPERATION_NAMES = Object.keys(OPERATIONS);

export function controlled(system: Controlled, exchange: Exchange): Answer {
	return answerControl(OPERATIONS, system, exchange);
}
