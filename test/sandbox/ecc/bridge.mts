/** The published JSON bridge (abap_fm_json): one flat object in, one flat object out. */
import type { Answer } from '../http.mts';
import type { AbapException } from './condition.mts';
import type { FunctionModule, Parameters, Value } from './functions.mts';

/** @throws Error for what is no flat JSON object */
export function readBridge(text: string): Parameters {
	const body = JSON.parse(text || '{}') as unknown;
	if (typeof body !== 'object' || body === null || Array.isArray(body)) {
		throw new Error('the body is no object');
	}
	return Object.fromEntries(
		Object.entries(body).map(([name, value]) => [name.toUpperCase(), value as Value]),
	);
}

/** EXPORT, CHANGING and TABLES parameters; TABLES come back whether they were sent or not. */
export function bridgeAnswer(
	module: FunctionModule,
	parameters: Parameters,
	result: Parameters,
): Answer {
	const tables = Object.fromEntries(
		module.tables.map((name) => [name, result[name] ?? parameters[name] ?? []]),
	);
	return { status: 200, body: { ...result, ...tables } };
}

export function bridgeException({ type, message }: AbapException): Answer {
	const headers = { 'x-saprfc-exception': type };
	return { status: 200, headers, body: { EXCEPTION: type, ...(message && { TEXT: message }) } };
}

export function bridgeError(status: number, message: string): Answer {
	return {
		status,
		body: { ERROR_CODE: String(status), ERROR_MESSAGE: message, INFO_LINK: 'https://example.test' },
	};
}
