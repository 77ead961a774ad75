/** What a fault does to an answer. */
import type { Answer } from '../http.mts';
import type { Fault } from './faults.mts';
import { blockPage } from './limits.mts';

/** Instead of the work, or undefined where the work is done. */
export function answerInstead(fault: Fault): Answer | undefined {
	switch (fault.kind) {
		case 'dropBefore':
			return { status: 0, drop: 'before' };
		case 'html403':
			return blockPage();
		case 'successFalse':
			return { status: 200, body: { success: false, error: 'Something went wrong', data: null } };
		case 'status': {
			const status = fault.status ?? 500;
			const body = fault.body ?? { success: false, error: `Fault ${status}`, errorCode: status };
			return { status, headers: fault.headers, body };
		}
		default:
			return undefined;
	}
}

/** After the work. */
export function spoil(answer: Answer, fault: Fault): Answer {
	switch (fault.kind) {
		case 'lostAnswer':
			return { ...answer, drop: 'after' };
		case 'emptyBody':
			return { ...answer, body: '' };
		case 'badJson': {
			const text = JSON.stringify(answer.body);
			const headers = { ...answer.headers, 'content-type': 'application/json; charset=utf-8' };
			return { ...answer, headers, body: text.slice(0, Math.ceil(text.length / 2)) };
		}
		default:
			return answer;
	}
}
