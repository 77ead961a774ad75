import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IN8nHttpFullResponse,
	INodeProperties,
} from 'n8n-workflow';

/** An operator of SYSPRO for e.net REST. The nodes log on themselves, once per poll, and log off. */
export class ErpSysproRestApi implements ICredentialType {
	name = 'erpSysproRestApi';

	displayName = 'SYSPRO e.net REST API';

	documentationUrl =
		'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive/blob/main/docs/syspro.md';

	icon = { light: 'file:erpSyspro.svg', dark: 'file:erpSyspro.dark.svg' } as const;

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'https://syspro.example.com:30001/SYSPROWCFService/Rest',
			description:
				'Scheme, host, port and path of the e.net REST service. There is no standard port. Use https://: password and session travel in the address.',
		},
		{
			displayName: 'Operator',
			name: 'operator',
			type: 'string',
			required: true,
			default: '',
			description:
				'An operator that nobody else uses: SYSPRO ends its session when it logs on a second time',
		},
		{
			displayName: 'Operator Password',
			name: 'operatorPassword',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Company ID',
			name: 'companyId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'A',
			description: 'Part of every external ID',
		},
		{
			displayName: 'Company Password',
			name: 'companyPassword',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Company Currency',
			name: 'companyCurrency',
			type: 'string',
			default: '',
			placeholder: 'ZAR',
			description: 'ISO code that a blank currency stands for',
		},
		{
			displayName: 'ERP Time Zone',
			name: 'zone',
			type: 'string',
			default: 'UTC',
			placeholder: 'Africa/Johannesburg',
			description: "The zone of the server's dates",
		},
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'ignoreSSLIssues',
			type: 'boolean',
			default: false,
			description: 'Whether to connect even if the certificate of the server is not trusted',
		},
		{
			displayName: 'Last Probe',
			name: 'lastProbe',
			type: 'hidden',
			typeOptions: { expirable: true },
			default: '',
		},
	];

	/**
	 * Runs at every test, before `test`: one sentence for each way to fail. It leaves "Last Probe" empty, because
	 * n8n would not run it again once that is filled.
	 */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		await probe(this, credentials);
		return {};
	}

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.replace(/\\/+$/, "")}}',
			url: '/GetVersion',
			skipSslCertificateValidation: '={{$credentials.ignoreSSLIssues}}',
		},
	};
}

const FIND_ONE =
	'<Query xmlns:xsd="http://www.w3.org/2001/XMLSchema-instance" xsd:noNamespaceSchemaLocation="COMFND.XSD"><TableName>ArCustomer</TableName><ReturnRows>1</ReturnRows><Columns><Column>Customer</Column></Columns><OrderBy><Column>Customer</Column></OrderBy></Query>';

/** Logs on, asks who it is, reads one row, logs off in every case. */
async function probe(
	{ helpers }: IHttpRequestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<void> {
	const baseUrl = text(credentials.baseUrl).replace(/\/+$/, '');
	if (!/^https?:\/\/[^/\s]+/i.test(baseUrl)) {
		throw new Error(`"Base URL" is "${baseUrl}": it begins with https:// and a host name.`);
	}
	checkZone(text(credentials.zone));
	const call = async (path: string, query: Record<string, string>): Promise<string> => {
		const answer = await helpers
			.httpRequest({
				method: 'GET',
				url: `${baseUrl}/${path}?${encoded(query)}`,
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				encoding: 'text',
				skipSslCertificateValidation: credentials.ignoreSSLIssues === true,
				timeout: 30_000,
			})
			.catch((error: unknown) => unreachable(error, baseUrl));
		return bodyOf(answer as IN8nHttpFullResponse);
	};
	const session = sessionIn(
		await call('Logon', {
			Operator: text(credentials.operator),
			OperatorPassword: String(credentials.operatorPassword ?? ''),
			CompanyId: text(credentials.companyId),
			CompanyPassword: String(credentials.companyPassword ?? ''),
		}),
	);
	try {
		const profile = await call('GetLogonProfile', { UserId: session });
		if (!/<\s*(?:\w+:)?OperatorCode/i.test(profile)) {
			throw new Error('SYSPRO ended the session at once: another program uses this operator.');
		}
		const found = await call('Query/Query', {
			UserId: session,
			BusinessObject: 'COMFND',
			XmlIn: FIND_ONE,
		});
		if (!/<RowsReturned>|<HeaderDetails>/i.test(found)) {
			throw new Error(
				'The login is good, but the operator may not read ArCustomer by the business object COMFND: give it the right.',
			);
		}
	} finally {
		await call('Logoff', { UserId: session });
	}
}

function encoded(query: Record<string, string>): string {
	return Object.entries(query)
		.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
		.join('&');
}

function bodyOf({ statusCode, body }: IN8nHttpFullResponse): string {
	const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
	if (statusCode === 404 || /^\s*<(!doctype )?html/i.test(text)) {
		throw new Error(
			'SYSPRO e.net does not answer at this address: check "Base URL", it ends with /SYSPROWCFService/Rest.',
		);
	}
	if (statusCode >= 300) {
		throw new Error(
			`The server answered HTTP ${statusCode}: check "Base URL", or try again later.`,
		);
	}
	return text;
}

/** The session is never part of a message. */
function sessionIn(answer: string): string {
	const plain = answer.replace(/<[^>]*>|"/g, '').trim();
	if (/^[\w{}-]{16,64}$/.test(plain)) return plain;
	const said = plain.replace(/^ERROR\s*:?\s*/i, '').slice(0, 150);
	if (/licen[cs]e/i.test(said)) {
		throw new Error(`All e.net licences of SYSPRO are in use: "${said}".`);
	}
	if (/compan/i.test(said)) {
		throw new Error(
			`SYSPRO refused the company: "${said}". Check "Company ID" and "Company Password".`,
		);
	}
	if (/operator|password/i.test(said)) {
		throw new Error(
			`SYSPRO refused the login: "${said}". Check "Operator" and "Operator Password".`,
		);
	}
	if (/base directory/i.test(said)) {
		throw new Error(`The e.net service of SYSPRO is not set up: "${said}".`);
	}
	throw new Error('SYSPRO answered the logon with no session: check "Base URL".');
}

/** A zone that the nodes would refuse at the first poll. */
function checkZone(zone: string): void {
	if (isZone(zone)) return;
	throw new Error(`"ERP Time Zone" is "${zone}": use a name such as Africa/Johannesburg or UTC.`);
}

function isZone(zone: string): boolean {
	if (zone === '' || /^(utc[+-]\d{1,2}(:\d{2})?|local|system|default)$/i.test(zone)) return true;
	try {
		return new Intl.DateTimeFormat('en', { timeZone: zone }).format() !== '';
	} catch {
		return false;
	}
}

function unreachable(error: unknown, url: string): never {
	const codes = [error, (error as { cause?: unknown }).cause].map(
		(link) => (link as { code?: unknown } | undefined)?.code,
	);
	const code = String(codes.find((found) => typeof found === 'string') ?? '');
	const host = url.replace(/^https?:\/\//i, '').split('/')[0];
	if (code === 'ENOTFOUND') throw new Error(`The host ${host} is unknown: check "Base URL".`);
	if (/CERT|SIGNATURE|ISSUER/.test(code)) {
		throw new Error(
			`The certificate of ${host} is not trusted: install its authority on the n8n host, or turn on "Ignore SSL Issues".`,
		);
	}
	if (/^(EPROTO|ERR_SSL|HPE_)/.test(code)) {
		throw new Error(
			`${host} does not speak the protocol of the address: check http:// or https://, and the port, in "Base URL".`,
		);
	}
	// n8n replaces a message that holds an error code by a text of its own, which names no setting.
	const how = code === 'ECONNREFUSED' ? 'refuses connections' : 'does not answer';
	throw new Error(`${host} ${how}: check "Base URL".`);
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
