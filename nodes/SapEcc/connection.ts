import { DateTime } from 'luxon';
import { excerptOf } from '../../core/http/body';
import { asCoreError, CoreError } from '../../core/http/errors';
import { plainPath } from '../../core/http/plainPath';
import { hideSecret } from '../../core/http/redact';
import { permissionsFrom, type Permissions } from './permissions';

/** Path of the system's own SOAP endpoint for functions. */
export const SOAP_PATH = '/sap/bc/soap/rfc';
/** The bridge's path is the choice of whoever installed it; this one is its documentation's example. */
export const BRIDGE_PATH = '/fmcall';

/** How functions are called; `none` where the system offers OData services only. */
export type FunctionAccess = 'soap' | 'json' | 'none';

/** A credential, checked. */
export interface Connection {
	/** Without a slash at the end; may have a path, as behind a gateway. */
	baseUrl: string;
	user: string;
	password: string;
	/** Three digits, `''` where the system's default client is meant. */
	sapClient: string;
	/** Two letters, upper case; `''` for the user's own. */
	language: string;
	/** IANA zone of the system's dates and times. */
	zone: string;
	/** Middle part of external ids. */
	scope: string;
	access: FunctionAccess;
	/** Path of the JSON bridge, with a slash at the beginning and none at the end. */
	bridgePath: string;
	/** The function that reads tables; it has the parameters of RFC_READ_TABLE. */
	tableFunction: string;
	permissions: Permissions;
	skipTlsVerification: boolean;
}

/** Reads what n8n decrypted. Each wrong value is a `configuration` error that names its field. */
export function connectionFrom(credential: Readonly<Record<string, unknown>>): Connection {
	const read = (name: string) => String(credential[name] ?? '').trim();
	const password = String(credential.password ?? '');
	for (const secret of [password, basicLogin(read('user'), password)]) hideSecret(secret);
	const baseUrl = checkedUrl(read('baseUrl'));
	const sapClient = read('sapClient');
	if (sapClient !== '' && !/^\d{3}$/.test(sapClient)) {
		throw wrong('SAP Client', sapClient, 'it consists of three digits, for example 100');
	}
	const zone = read('zone') || 'UTC';
	if (!DateTime.local().setZone(zone).isValid) {
		throw wrong('ERP Time Zone', zone, 'use a name such as Europe/Berlin or UTC');
	}
	const user = read('user');
	if (user === '') {
		throw new CoreError('configuration', '"User" is empty in the SAP ECC credential.', {
			remedy: 'Fill in "User".',
		});
	}
	const tableFunction = (read('tableFunction') || 'RFC_READ_TABLE').toUpperCase();
	return {
		baseUrl,
		user,
		password,
		sapClient,
		language: read('language').toUpperCase(),
		zone,
		scope: read('systemAlias') || sapClient || new URL(baseUrl).hostname.split('.')[0],
		access: accessOf(read('access')),
		bridgePath: bridgePathOf(read('bridgePath') || BRIDGE_PATH, read('access')),
		tableFunction,
		permissions: permissionsFrom({
			functions: read('additionalFunctions'),
			tables: read('additionalTables'),
			tableFunction,
		}),
		skipTlsVerification: credential.ignoreSSLIssues === true,
	};
}

/** What is sent after `Basic`. */
function basicLogin(user: string, password: string): string {
	return Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
}

function accessOf(value: string): FunctionAccess {
	return value === 'json' ? 'json' : value === 'gateway' ? 'none' : 'soap';
}

/** One that the panel does not show cannot be corrected there, so it stops nothing. */
function bridgePathOf(value: string, access: string): string {
	try {
		return plainPath(value, 'Bridge Path', BRIDGE_PATH);
	} catch (error) {
		if (access !== 'json') return BRIDGE_PATH;
		throw asCoreError(error);
	}
}

/** @throws CoreError `configuration`, also for a path at which functions are called: their list would count for nothing */
export function servicePathOf(value: string, connection: Connection): string {
	const example = '/sap/opu/odata/sap/ZCUSTOMER_SRV';
	const path = plainPath(value, 'Service Path', example);
	const base = new URL(connection.baseUrl).pathname;
	const functionPaths = [SOAP_PATH, BRIDGE_PATH, connection.bridgePath].map(withoutParameters);
	const callsFunctions = [path, base + path].some((one) =>
		functionPaths.some((root) => `${withoutParameters(one)}/`.startsWith(`${root}/`)),
	);
	if (!callsFunctions) return path;
	throw new CoreError(
		'configuration',
		`"Service Path" is "${excerptOf(value)}", where functions are called.`,
		{
			remedy: `Enter the path of an OData service, for example ${example}. Functions are called with the resource "Function" of SAP ECC, as far as the credential allows them.`,
		},
	);
}

/** As a server may read it: `/sap/bc` for `/SAP;x=1//bc`. */
function withoutParameters(path: string): string {
	const names = path.split('/').map((segment) => segment.split(';')[0].toLowerCase());
	return names.filter((name) => name !== '').reduce((whole, name) => `${whole}/${name}`, '');
}

/** http is accepted for systems inside the own network and for sandboxes: the user typed it. */
function checkedUrl(value: string): string {
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
	return parsed.origin + parsed.pathname.replace(/\/+$/, '');
}

function wrong(setting: string, value: string, hint: string): CoreError {
	return new CoreError('configuration', `"${setting}" in the SAP ECC credential is "${value}".`, {
		remedy: `Correct "${setting}": ${hint}.`,
	});
}
