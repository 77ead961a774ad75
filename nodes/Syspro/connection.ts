import { DateTime } from 'luxon';
import { CoreError } from '../../core/http/errors';
import { hideSecret } from '../../core/http/redact';

/** What both ways into SYSPRO have in common. */
interface SysproConnection {
	/** Without a slash at the end. */
	baseUrl: string;
	/** One company; part of every external id. */
	company: string;
	/** ISO code that a blank currency stands for; `''` when not given. */
	companyCurrency: string;
	/** IANA zone of the ERP's dates. */
	zone: string;
	skipTlsVerification: boolean;
}

export interface EnetConnection extends SysproConnection {
	kind: 'enet';
	operator: string;
	operatorPassword: string;
	companyPassword: string;
}

export interface ODataConnection extends SysproConnection {
	kind: 'odata';
	user: string;
	password: string;
}

export type Connection = EnetConnection | ODataConnection;

/** Reads what n8n decrypted. Each wrong value is a `configuration` error that names its field. */
export function connectionFrom(
	credential: Readonly<Record<string, unknown>>,
	kind: Connection['kind'],
): Connection {
	const read = (name: string) => String(credential[name] ?? '').trim();
	for (const secret of [
		credential.password,
		credential.operatorPassword,
		credential.companyPassword,
	]) {
		hideSecret(String(secret ?? ''));
	}
	const zone = read('zone') || 'UTC';
	if (!DateTime.local().setZone(zone).isValid) {
		throw wrong('ERP Time Zone', zone, 'use a name such as Africa/Johannesburg or UTC');
	}
	const currency = read('companyCurrency').toUpperCase();
	if (currency !== '' && !/^[A-Z]{3}$/.test(currency)) {
		throw wrong('Company Currency', currency, 'use the three letters of ISO 4217, for example ZAR');
	}
	const common: SysproConnection = {
		baseUrl: checkedUrl(read('baseUrl')),
		company: required(read('companyId'), 'Company ID'),
		companyCurrency: currency,
		zone,
		skipTlsVerification: credential.ignoreSSLIssues === true,
	};
	if (kind === 'odata') {
		const user = required(read('user'), 'User');
		return { kind, ...common, user, password: String(credential.password ?? '') };
	}
	return {
		kind,
		...common,
		operator: required(read('operator'), 'Operator'),
		operatorPassword: String(credential.operatorPassword ?? ''),
		companyPassword: String(credential.companyPassword ?? ''),
	};
}

function checkedUrl(value: string): string {
	const parsed = URL.canParse(value) ? new URL(value) : undefined;
	if (!parsed || !/^https?:$/.test(parsed.protocol)) {
		throw wrong('Base URL', value, 'it begins with https:// and a host name');
	}
	if (parsed.username !== '' || parsed.password !== '') {
		throw wrong('Base URL', parsed.host, 'user and password belong into their own fields');
	}
	if (parsed.search !== '' || parsed.hash !== '') {
		throw wrong(
			'Base URL',
			parsed.origin + parsed.pathname,
			'leave out everything from the question mark on',
		);
	}
	return parsed.origin + parsed.pathname.replace(/\/+$/, '');
}

function required(value: string, setting: string): string {
	if (value !== '') return value;
	throw new CoreError('configuration', `"${setting}" is empty in the SYSPRO credential.`, {
		remedy: `Fill in "${setting}".`,
	});
}

function wrong(setting: string, value: string, hint: string): CoreError {
	return new CoreError('configuration', `"${setting}" in the SYSPRO credential is "${value}".`, {
		remedy: `Correct "${setting}": ${hint}.`,
	});
}
