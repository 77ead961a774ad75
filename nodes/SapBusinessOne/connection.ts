import { DateTime } from 'luxon';
import { CoreError } from '../../core/http/errors';
import { hideSecret } from '../../core/http/redact';

/** A credential, checked. */
export interface Connection {
	/** Root of the Service Layer with its version and without a slash at the end: `https://host:50000/b1s/v2`. */
	root: string;
	version: 'v1' | 'v2';
	companyDb: string;
	user: string;
	password: string;
	/** IANA zone of the server's dates and times. */
	zone: string;
	/** Middle part of external ids. */
	scope: string;
	skipTlsVerification: boolean;
	/** Whether an AI agent that uses the node as a tool may create and cancel documents. */
	mayWriteAsTool: boolean;
}

/** Reads what n8n decrypted. Each wrong value is a `configuration` error that names its field. */
export function connectionFrom(credential: Readonly<Record<string, unknown>>): Connection {
	const read = (name: string) => String(credential[name] ?? '').trim();
	hideSecret(String(credential.password ?? ''));
	const version = read('version') === 'v1' ? 'v1' : 'v2';
	const zone = read('zone') || 'UTC';
	if (!DateTime.local().setZone(zone).isValid) {
		throw wrong('ERP Time Zone', zone, 'use a name such as Europe/Berlin or UTC');
	}
	const companyDb = required(read('companyDb'), 'Company Database');
	return {
		root: `${baseUrlOf(read('baseUrl'))}/b1s/${version}`,
		version,
		companyDb,
		user: required(read('user'), 'User'),
		password: String(credential.password ?? ''),
		zone,
		scope: read('systemAlias') || companyDb,
		skipTlsVerification: credential.ignoreSSLIssues === true,
		mayWriteAsTool: credential.allowWritingAsTool === true,
	};
}

/** http is accepted for systems inside the own network and for sandboxes: the user typed it. */
function baseUrlOf(value: string): string {
	const parsed = URL.canParse(value) ? new URL(value) : undefined;
	if (!parsed || !/^https?:$/.test(parsed.protocol)) {
		throw wrong('Base URL', value, 'it begins with https:// and a host name');
	}
	if (parsed.username !== '' || parsed.password !== '') {
		throw wrong('Base URL', parsed.host, 'user and password belong into their own fields');
	}
	if (parsed.search !== '' || parsed.hash !== '') {
		throw wrong('Base URL', value, 'leave out everything from the question mark on');
	}
	return parsed.origin + parsed.pathname.replace(/\/b1s(\/v\d)?\/?$/i, '').replace(/\/+$/, '');
}

function required(value: string, setting: string): string {
	if (value !== '') return value;
	throw new CoreError(
		'configuration',
		`"${setting}" is empty in the SAP Business One credential.`,
		{
			remedy: `Fill in "${setting}".`,
		},
	);
}

function wrong(setting: string, value: string, hint: string): CoreError {
	return new CoreError(
		'configuration',
		`"${setting}" in the SAP Business One credential is "${value}".`,
		{ remedy: `Correct "${setting}": ${hint}.` },
	);
}
