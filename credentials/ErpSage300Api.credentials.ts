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

/** User and password of a Sage 300 user that has the Web API right, for one company. */
export class ErpSage300Api implements ICredentialType {
	name = 'erpSage300Api';

	displayName = 'Sage 300 API';

	documentationUrl =
		'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive/blob/main/docs/sage300.md';

	icon = {
		light: 'file:erpSage300.svg',
		dark: 'file:erpSage300.dark.svg',
	} as const;

	properties: INodeProperties[] = [
		{
			displayName: 'Web API URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'https://sage.example.com/Sage300WebApi',
			description:
				'Address of the landing page of the Web API. Use http:// only inside your own network: it sends the password in the clear.',
		},
		{
			displayName: 'Company',
			name: 'company',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'SAMLTD',
			description: 'ID of the company database. Sent in upper case.',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'WEBAPI',
			description:
				'Sent in upper case. Not ADMIN: the Web API refuses it unless the server is told otherwise.',
		},
		{
			displayName:
				'Sage 300 knows user names in upper case only: the lower-case letters of "User" are sent as capitals.',
			name: 'lowerCaseNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { user: [{ _cnd: { regex: '[a-z]' } }] } },
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Send Password in Upper Case',
			name: 'sendCapitals',
			type: 'boolean',
			default: true,
			description:
				'Whether lower-case letters of the password are sent as capitals, as most installations want. Turn off if the password is case-sensitive there.',
		},
		{
			displayName: 'API Version',
			name: 'apiVersion',
			type: 'string',
			default: 'v1.0',
			description: 'The version as it stands in the address',
		},
		{
			displayName: 'ERP Time Zone',
			name: 'zone',
			type: 'string',
			default: 'UTC',
			placeholder: 'America/Vancouver',
			description: 'The zone in which the company writes its dates',
		},
		{
			displayName: 'System Alias',
			name: 'systemAlias',
			type: 'string',
			default: '',
			description:
				'Tells two systems apart in external IDs. Empty: the company. Do not change it once records were written.',
		},
		{
			displayName: 'Reuse Session',
			name: 'reuseSession',
			type: 'boolean',
			default: true,
			description:
				'Whether to send back the cookies that the server sets, so that calls share a session and take one seat of the licence',
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
			auth: {
				username: '={{$credentials.user.trim().toUpperCase()}}',
				password:
					'={{$credentials.sendCapitals === false ? $credentials.password : $credentials.password.toUpperCase()}}',
			},
		},
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{$credentials.baseUrl.trim().replace(/\\/+$/, "").replace(/^(https?:\\/\\/[^\\/]+)$/i, "$1/Sage300WebApi")}}',
			url: '={{"/" + ($credentials.apiVersion || "v1.0").trim() + "/-/" + $credentials.company.trim().toUpperCase() + "/AR/ARCustomers"}}',
			qs: { $top: '1', $select: 'CustomerNumber' },
			headers: { 'Content-Type': 'application/json' },
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
		throw new Error(`"Web API URL" is "${baseUrl}": it begins with https:// and a host name.`);
	}
	checkZone(text(credentials.zone));
	const company = text(credentials.company).toUpperCase();
	if (!/^[A-Z0-9_-]+$/.test(company)) {
		throw new Error(`"Company" is "${company}": it is the ID of the company database.`);
	}
	const version = text(credentials.apiVersion) || 'v1.0';
	const root = /^https?:\/\/[^/]+$/i.test(baseUrl) ? `${baseUrl}/Sage300WebApi` : baseUrl;
	const answer = await helpers
		.httpRequest({
			method: 'GET',
			url: `${root}/${encodeURIComponent(version)}/-/${company}/AR/ARCustomers?$top=1&$select=CustomerNumber`,
			headers: {
				accept: 'application/json',
				// Without it even a read is answered with HTTP 500.
				'content-type': 'application/json',
				authorization: `Basic ${loginOf(credentials)}`,
			},
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			encoding: 'text',
			skipSslCertificateValidation: credentials.ignoreSSLIssues === true,
			// The site sleeps when idle: its first answer takes tens of seconds.
			timeout: 90_000,
		})
		.catch((error: unknown) => unreachable(error, baseUrl));
	const complaint = complaintAbout(answer as IN8nHttpFullResponse, credentials);
	if (complaint) throw new Error(complaint);
}

function loginOf({ user, password, sendCapitals }: ICredentialDataDecryptedObject): string {
	const given = String(password ?? '');
	const sent = sendCapitals === false ? given : given.toUpperCase();
	return Buffer.from(`${text(user).toUpperCase()}:${sent}`, 'utf8').toString('base64');
}

function complaintAbout(
	{ statusCode, body }: IN8nHttpFullResponse,
	credentials: ICredentialDataDecryptedObject,
): string {
	const answer = typeof body === 'string' ? body : JSON.stringify(body ?? '');
	const code = /"code"\s*:\s*"(\w+)"/.exec(answer)?.[1] ?? '';
	const company = text(credentials.company).toUpperCase();
	if (statusCode === 401) return loginComplaint(credentials);
	if (statusCode === 403) {
		return 'The login is good, but the user may not read customers (HTTP 403): give it the right "Sage 300 Web API" for Accounts Receivable in a security group.';
	}
	if (code === 'DBLinkError' || code === 'ResourceNotFound') {
		return `The Web API does not know the company ${company} (${code}): check "Company".`;
	}
	if (/^\s*<|^\s*$/.test(answer) && statusCode < 500) {
		return `A web page came back instead of data (HTTP ${statusCode}): check "Web API URL" and "API Version".`;
	}
	if (statusCode >= 300 && statusCode < 400) {
		return `The server redirects to another page (HTTP ${statusCode}): check "Web API URL".`;
	}
	if (statusCode >= 400) {
		return `Sage 300 answered HTTP ${statusCode}${code && ` (${code})`}: check "Company" and "API Version", or try again later.`;
	}
	return /"value"\s*:\s*\[/.test(answer)
		? ''
		: 'The answer holds no list of customers: check "Web API URL" and "API Version".';
}

function loginComplaint({ user, password, sendCapitals }: ICredentialDataDecryptedObject): string {
	if (text(user).toUpperCase() === 'ADMIN') {
		return 'Sage 300 refused the login: choose another "User", because ADMIN is refused unless AllowWebApiAccessForAdmin is true in the web.config of Online\\Web and Online\\WebApi.';
	}
	if (/[a-z]/.test(String(password ?? ''))) {
		return `Sage 300 refused the login: check "User" and "Password"; its lower-case letters were sent ${
			sendCapitals === false ? 'as they are' : 'as capitals'
		}, which "Send Password in Upper Case" changes.`;
	}
	return 'Sage 300 refused the login: check "User" and "Password", and that the user has the right "Sage 300 Web API".';
}

/** A zone that the nodes would refuse at the first poll. */
function checkZone(zone: string): void {
	if (isZone(zone)) return;
	throw new Error(`"ERP Time Zone" is "${zone}": use a name such as America/Vancouver or UTC.`);
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
	if (code === 'ENOTFOUND') throw new Error(`The host ${host} is unknown: check "Web API URL".`);
	if (/CERT|SIGNATURE|ISSUER/.test(code)) {
		throw new Error(
			`The certificate of ${host} is not trusted: install its authority on the n8n host, or turn on "Ignore SSL Issues".`,
		);
	}
	if (/^(EPROTO|ERR_SSL|HPE_)/.test(code)) {
		throw new Error(
			`${host} does not speak the protocol of the address: check http:// or https://, and the port, in "Web API URL".`,
		);
	}
	// n8n replaces a message that holds an error code by a text of its own, which names no setting.
	const how = code === 'ECONNREFUSED' ? 'refuses connections' : 'does not answer';
	throw new Error(`${host} ${how}: check "Web API URL".`);
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
