import { DateTime } from 'luxon';
import { CoreError } from '../../core/http/errors';
import { hideSecret } from '../../core/http/redact';

/** A credential, checked. */
export interface Connection {
	/** `https://host/Sage300WebApi/v1.0/-/SAMLTD`, without a slash at the end. */
	companyUrl: string;
	/** Upper case, as Sage 300 knows it. */
	company: string;
	user: string;
	password: string;
	/** IANA zone of the company's dates. */
	zone: string;
	/** Middle part of external ids. */
	scope: string;
	skipTlsVerification: boolean;
	/** Sends the cookies of earlier answers, so that calls share one session at the server. */
	reusesSession: boolean;
}

const WEB_API_PATH = '/Sage300WebApi';
const DEFAULT_VERSION = 'v1.0';

/** Reads what n8n decrypted. Each wrong value is a `configuration` error that names its field. */
export function connectionFrom(credential: Readonly<Record<string, unknown>>): Connection {
	const read = (name: string) => String(credential[name] ?? '').trim();
	for (const secret of [read('password'), read('password').toUpperCase()]) hideSecret(secret);
	const company = read('company').toUpperCase();
	if (!/^[A-Z0-9_-]+$/.test(company)) {
		throw wrong('Company', company, 'it is the ID of the company database, for example SAMLTD');
	}
	const version = read('apiVersion') || DEFAULT_VERSION;
	if (!/^[\w.-]+$/.test(version)) {
		throw wrong('API Version', version, 'it is one part of the address, for example v1.0');
	}
	const zone = read('zone') || 'UTC';
	if (!DateTime.local().setZone(zone).isValid) {
		throw wrong('ERP Time Zone', zone, 'use a name such as America/Vancouver or UTC');
	}
	const user = read('user').toUpperCase();
	if (user === '') throw wrong('User', '', 'fill it in');
	const password = String(credential.password ?? '');
	return {
		companyUrl: `${webApiUrl(read('baseUrl'))}/${version}/-/${company}`,
		company,
		user,
		password: credential.sendCapitals === false ? password : password.toUpperCase(),
		zone,
		scope: read('systemAlias') || company,
		skipTlsVerification: credential.ignoreSSLIssues === true,
		reusesSession: credential.reuseSession !== false,
	};
}

/** http is accepted for servers inside the own network and for sandboxes: the user typed it. */
function webApiUrl(value: string): string {
	const parsed = URL.canParse(value) ? new URL(value) : undefined;
	if (!parsed || !/^https?:$/.test(parsed.protocol)) {
		throw wrong('Web API URL', value, 'it begins with https:// and a host name');
	}
	if (parsed.username !== '' || parsed.password !== '') {
		throw wrong('Web API URL', parsed.host, 'user and password belong into their own fields');
	}
	if (parsed.search !== '' || parsed.hash !== '') {
		throw wrong('Web API URL', value, 'leave out everything from the question mark on');
	}
	const path = parsed.pathname.replace(/\/+$/, '');
	return parsed.origin + (path === '' ? WEB_API_PATH : path);
}

function wrong(setting: string, value: string, hint: string): CoreError {
	return new CoreError('configuration', `"${setting}" in the Sage 300 credential is "${value}".`, {
		remedy: `Correct "${setting}": ${hint}.`,
	});
}
