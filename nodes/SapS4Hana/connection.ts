import { DateTime } from 'luxon';
import type { ClientCredentials } from '../../core/http/clientCredentials';
import { CoreError } from '../../core/http/errors';
import { plainPath } from '../../core/http/plainPath';
import { hideSecret } from '../../core/http/redact';

export const BUSINESS_PARTNER_PATH = '/sap/opu/odata/sap/API_BUSINESS_PARTNER';

/** A credential, checked. */
export interface Connection {
	/** Without a slash at the end; may have a path, as behind a gateway. */
	baseUrl: string;
	/** Path of the business-partner service, with a slash at the beginning and none at the end. */
	servicePath: string;
	/** `''` where the system has one client only, as in the public cloud. */
	sapClient: string;
	language: string;
	/** IANA zone of the system's dates. */
	zone: string;
	/** Middle part of external ids. */
	scope: string;
	skipTlsVerification: boolean;
	login: BasicLogin | OAuth2Login;
}

export interface BasicLogin {
	kind: 'basic';
	user: string;
	password: string;
}

export interface OAuth2Login extends ClientCredentials {
	kind: 'oAuth2';
}

/** Reads what n8n decrypted. Each wrong value is a `configuration` error that names its field. */
export function connectionFrom(
	credential: Readonly<Record<string, unknown>>,
	kind: 'basic' | 'oAuth2',
): Connection {
	const read = (name: string) => String(credential[name] ?? '').trim();
	const baseUrl = checkedUrl(read('baseUrl'), 'Base URL');
	const sapClient = read('sapClient');
	if (sapClient !== '' && !/^\d{3}$/.test(sapClient)) {
		throw wrong('SAP Client', sapClient, 'it consists of three digits, for example 100');
	}
	const zone = read('zone') || 'UTC';
	if (!DateTime.local().setZone(zone).isValid) {
		throw wrong('ERP Time Zone', zone, 'use a name such as Europe/Berlin or UTC');
	}
	return {
		baseUrl,
		servicePath: servicePathOf(read('servicePath') || BUSINESS_PARTNER_PATH),
		sapClient,
		language: read('language').toUpperCase(),
		zone,
		scope: read('systemAlias') || sapClient || hostLabel(new URL(baseUrl).hostname),
		skipTlsVerification: credential.ignoreSSLIssues === true,
		login: kind === 'basic' ? basicLogin(credential, read) : oAuth2Login(credential, read),
	};
}

/** The first label of a host name; an IP address as it is. */
function hostLabel(hostname: string): string {
	return /^[\d.]+$|^\[/.test(hostname) ? hostname : hostname.split('.')[0];
}

function basicLogin(credential: Readonly<Record<string, unknown>>, read: Reader): BasicLogin {
	hideSecret(String(credential.password ?? ''));
	return {
		kind: 'basic',
		user: required(read('user'), 'User'),
		password: String(credential.password ?? ''),
	};
}

function oAuth2Login(credential: Readonly<Record<string, unknown>>, read: Reader): OAuth2Login {
	hideSecret(String(credential.clientSecret ?? ''));
	return {
		kind: 'oAuth2',
		tokenUrl: checkedUrl(read('tokenUrl'), 'Token URL', false),
		clientId: required(read('clientId'), 'Client ID'),
		clientSecret: String(credential.clientSecret ?? ''),
		scope: read('scope'),
		clientAuthentication: read('clientAuthentication') === 'body' ? 'body' : 'header',
	};
}

type Reader = (name: string) => string;

/** @throws CoreError `configuration` for anything but plain names between slashes */
export function servicePathOf(value: string): string {
	return plainPath(value, 'Service Path', BUSINESS_PARTNER_PATH);
}

/** http is accepted for systems inside the own network and for sandboxes: the user typed it. */
function checkedUrl(value: string, setting: string, trimsPath = true): string {
	const parsed = URL.canParse(value) ? new URL(value) : undefined;
	if (!parsed || !/^https?:$/.test(parsed.protocol)) {
		throw wrong(setting, value, 'it begins with https:// and a host name');
	}
	if (parsed.username !== '' || parsed.password !== '') {
		throw wrong(setting, parsed.host, 'user and password belong into their own fields');
	}
	if (!trimsPath) return value;
	if (parsed.search !== '' || parsed.hash !== '') {
		throw wrong(setting, value, 'leave out everything from the question mark on');
	}
	return parsed.origin + parsed.pathname.replace(/\/+$/, '');
}

function required(value: string, setting: string): string {
	if (value !== '') return value;
	throw new CoreError('configuration', `"${setting}" is empty in the SAP S/4HANA credential.`, {
		remedy: `Fill in "${setting}".`,
	});
}

function wrong(setting: string, value: string, hint: string): CoreError {
	return new CoreError(
		'configuration',
		`"${setting}" in the SAP S/4HANA credential is "${value}".`,
		{ remedy: `Correct "${setting}": ${hint}.` },
	);
}
