import type { Transport } from '../../core/http/ports';
import { codeOf } from './refusal';

/** Cookie header of each connection, for as long as the process lives. */
const known = new Map<string, string>();

/**
 * Sends back the cookies that the server set, so that it goes on with its session instead of opening one per call.
 * Forgets them when the server lost the session: every request carries the login anyway.
 */
export function withSessionCookies(
	transport: Transport,
	key: string,
	cookies: Map<string, string> = known,
): Transport {
	return async (request) => {
		const cookie = cookies.get(key);
		const headers = cookie === undefined ? request.headers : { ...request.headers, cookie };
		const response = await transport({ ...request, headers });
		const isLost = response.status === 401 || codeOf(response) === 'SessionError';
		if (isLost) cookies.delete(key);
		else remember(cookies, key, response.headers['set-cookie']);
		return response;
	};
}

function remember(cookies: Map<string, string>, key: string, setCookie: string | undefined): void {
	if (!setCookie) return;
	const jar = new Map(pairsOf(cookies.get(key) ?? '', /;\s*/));
	// Several cookies come joined by commas; a comma inside a date is not followed by a name and an equals sign.
	for (const [name, value] of pairsOf(setCookie, /,\s*(?=[^;,=\s]+=)/)) jar.set(name, value);
	cookies.set(key, [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
}

function pairsOf(text: string, separator: RegExp): Array<[name: string, value: string]> {
	return text
		.split(separator)
		.map((part) => /^\s*([^=;\s]+)=([^;]*)/.exec(part))
		.filter((match): match is RegExpExecArray => match !== null)
		.map(([, name, value]) => [name, value]);
}
