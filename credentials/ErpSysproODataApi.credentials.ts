import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IN8nHttpFullResponse,
	INodeProperties,
} from 'n8n-workflow';

/** User and password of SYSPRO's OData service. */
export class ErpSysproODataApi implements ICredentialType {
	name = 'erpSysproODataApi';

	displayName = 'SYSPRO OData API';

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
			placeholder: 'https://syspro.example.com/SYSPRO8Odata/SYSPROOData',
			description:
				'The whole address of the OData service of one company, as a browser opens it. Use http:// only inside your own network: it sends the password in the clear.',
		},
		{ displayName: 'User', name: 'user', type: 'string', required: true, default: '' },
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Company ID',
			name: 'companyId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'A',
			description:
				'The company behind the address; part of every external ID. Do not change it once records were written.',
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

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			auth: { username: '={{$credentials.user}}', password: '={{$credentials.password}}' },
		},
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.replace(/\\/+$/, "")}}',
			url: '/ArCustomer',
			qs: { $select: 'Customer', $top: '1' },
			skipSslCertificateValidation: '={{$credentials.ignoreSSLIssues}}',
		},
	};
}

async function probe(
	{ helpers }: IHttpRequestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<void> {
	const baseUrl = text(credentials.baseUrl).replace(/\/+$/, '');
	if (!/^https?:\/\/[^/\s]+/i.test(baseUrl)) {
		throw new Error(`"Base URL" is "${baseUrl}": it begins with https:// and a host name.`);
	}
	checkZone(text(credentials.zone));
	if (text(credentials.companyId) === '') throw new Error('Fill in "Company ID".');
	const login = Buffer.from(`${text(credentials.user)}:${String(credentials.password ?? '')}`);
	const answer = await helpers
		.httpRequest({
			method: 'GET',
			url: `${baseUrl}/ArCustomer?$select=Customer&$top=1`,
			headers: {
				accept: 'application/json',
				authorization: `Basic ${login.toString('base64')}`,
			},
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			encoding: 'text',
			skipSslCertificateValidation: credentials.ignoreSSLIssues === true,
			timeout: 30_000,
		})
		.catch((error: unknown) => unreachable(error, baseUrl));
	const complaint = complaintAbout(answer as IN8nHttpFullResponse);
	if (complaint) throw new Error(complaint);
}

function complaintAbout({ statusCode, body }: IN8nHttpFullResponse): string {
	const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
	if (statusCode === 401) {
		return 'SYSPRO refused the login: check "User" and "Password", and that the OData service was restarted after the operator was enabled for it.';
	}
	if (statusCode === 403) {
		return 'The login is good, but it may not read ArCustomer (HTTP 403): publish the table to this operator.';
	}
	if (statusCode === 404) {
		return 'There is no table ArCustomer at this address (HTTP 404): check "Base URL", the company in it, and that the table is published.';
	}
	if (statusCode >= 300 && statusCode < 400) {
		return `The server redirects to another page (HTTP ${statusCode}): check "Base URL".`;
	}
	if (statusCode >= 400) {
		return `SYSPRO answered HTTP ${statusCode}: try again later, or check "Base URL".`;
	}
	return /^\s*\{/.test(text) ? '' : 'A web page came back instead of data: check "Base URL".';
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
