import { isHtml, jsonOf, parseJson, textOf } from '../../core/http/body';
import { CoreError } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';
import type { FunctionValue } from './functionCall';
import { functionError, type CallSettings } from './refusal';

/** Set by the bridge when the function raised an ABAP exception; the status is 200 all the same. */
export const EXCEPTION_HEADER = 'x-saprfc-exception';

/**
 * The flat object that the published bridge (abap_fm_json) answers with: EXPORT, CHANGING and TABLES
 * parameters. Numbers come unquoted and become text; NUMC and CHAR are quoted already.
 *
 * @throws CoreError for an ABAP exception and for anything that is no such object
 */
export function jsonValues(
	response: HttpResponse,
	name: string,
	settings: CallSettings,
): Record<string, FunctionValue> {
	const body = jsonOf(response, `the answer of ${name}`);
	if (typeof body !== 'object' || body === null || Array.isArray(body)) {
		throw new CoreError('protocol', `The answer of ${name} is no JSON object.`, {
			remedy: 'Check "Bridge Path" in the credential.',
		});
	}
	const refused = refusalIn(body as Record<string, unknown>);
	const exception = response.headers[EXCEPTION_HEADER] ?? refused?.type;
	if (exception !== undefined) {
		const message = refused?.message ?? '';
		throw functionError(exception, message, response.status, name, settings);
	}
	return Object.fromEntries(
		Object.entries(body).map(([key, value]) => [key.toUpperCase(), valueOf(value)]),
	);
}

/** What the bridge says about a call that it did not carry out. */
export function bridgeRefusal(
	response: HttpResponse,
): { type: string; message: string } | undefined {
	if (isHtml(response)) return undefined;
	const body = parseJson(textOf(response));
	return typeof body === 'object' && body !== null && !Array.isArray(body)
		? refusalIn(body as Record<string, unknown>)
		: undefined;
}

function refusalIn(body: Record<string, unknown>): { type: string; message: string } | undefined {
	const text = (name: string) => {
		const found = Object.entries(body).find(([key]) => key.toUpperCase() === name)?.[1];
		return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
	};
	const exception = text('EXCEPTION');
	const message = text('ERROR_MESSAGE');
	if (exception === undefined && message === undefined) return undefined;
	return { type: exception ?? '', message: message ?? '' };
}

function valueOf(value: unknown): FunctionValue {
	if (value === null || value === undefined) return '';
	if (Array.isArray(value)) return value.map(valueOf);
	if (typeof value !== 'object') return String(value);
	return Object.fromEntries(
		Object.entries(value).map(([key, field]) => [key.toUpperCase(), valueOf(field)]),
	);
}
