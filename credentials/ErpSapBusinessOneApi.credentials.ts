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

/** User of one company, for the Service Layer. */
export class ErpSapBusinessOneApi implements ICredentialType {
	name = 'erpSapBusinessOneApi';

	displayName = 'SAP Business One API';

	documentationUrl =
		'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive/blob/main/docs/b1.md';

	icon = {
		light: 'file:erpSapBusinessOne.svg',
		dark: 'file:erpSapBusinessOne.dark.svg',
	} as const;

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'https://sap-b1.example.com:50000',
			description:
				'Scheme, host and port of the Service Layer, without /b1s. Use http:// only inside your own network: it sends the password in the clear.',
		},
		{
			displayName: 'Company Database',
			name: 'companyDb',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'SBODEMODE',
			description: 'Name of the company database, not the name of the company',
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
			displayName: 'Service Layer Version',
			name: 'version',
			type: 'options',
			default: 'v2',
			options: [
				{ name: 'V1 (OData 3)', value: 'v1', description: 'For old installations' },
				{ name: 'V2 (OData 4)', value: 'v2' },
			],
		},
		{
			displayName: 'ERP Time Zone',
			name: 'zone',
			type: 'string',
			default: 'UTC',
			placeholder: 'Europe/Berlin',
			description: 'The zone of the server on which SAP Business One writes its dates and times',
		},
		{
			displayName: 'System Alias',
			name: 'systemAlias',
			type: 'string',
			default: '',
			placeholder: 'DE01',
			description:
				'Tells two companies apart in external IDs. Empty: the company database. Do not change it once records were written.',
		},
		{
			displayName: 'Allow Writing as a Tool',
			name: 'allowWritingAsTool',
			type: 'boolean',
			default: false,
			description:
				'Whether an AI agent that uses the node as a tool may create and cancel documents in SAP Business One',
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
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { password: true },
			default: '',
		},
	];

	/**
	 * Runs at every test, before `test`: one sentence for each way to fail. The session that it opens is closed
	 * again by `test`. It leaves "Last Probe" empty, because n8n would not run it again once that is filled.
	 */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		return { lastProbe: '', sessionToken: await probe(this, credentials) };
	}

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { cookie: '={{$credentials.sessionToken}}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			method: 'POST',
			baseURL: '={{$credentials.baseUrl.trim().replace(/(\\/b1s(\\/v\\d)?)?\\/*$/i, "")}}',
			url: '={{"/b1s/" + ($credentials.version || "v2") + "/Logout"}}',
			skipSslCertificateValidation: '={{$credentials.ignoreSSLIssues}}',
		},
	};
}

/** Logs in and reads one business partner; the cookie of the session that is now open. */
async function probe(
	{ helpers }: IHttpRequestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<string> {
	const baseUrl = text(credentials.baseUrl).replace(/(\/b1s(\/v\d)?)?\/*$/i, '');
	if (!/^https?:\/\/[^/\s@]+(\/[^?#]*)?$/i.test(baseUrl)) {
		throw new Error(`"Base URL" is "${baseUrl}": it begins with https:// and a host name.`);
	}
	checkZone(text(credentials.zone));
	const root = `${baseUrl}/b1s/${credentials.version === 'v1' ? 'v1' : 'v2'}`;
	const send = async (options: { method: 'GET' | 'POST'; path: string; cookie?: string }) =>
		(await helpers
			.httpRequest({
				method: options.method,
				url: `${root}/${options.path}`,
				headers: {
					accept: 'application/json',
					...(options.cookie ? { cookie: options.cookie } : {}),
					...(options.method === 'POST' && { 'content-type': 'application/json' }),
				},
				...(options.path === 'Login' && { body: JSON.stringify(loginOf(credentials)) }),
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				encoding: 'text',
				skipSslCertificateValidation: credentials.ignoreSSLIssues === true,
				timeout: 60_000,
			})
			.catch((error: unknown) => unreachable(error, baseUrl))) as IN8nHttpFullResponse;
	const login = await send({ method: 'POST', path: 'Login' });
	fail(complaintAboutLogin(login));
	const cookie = cookieIn(login);
	if (cookie === '') throw new Error('The login gave no session: check "Base URL".');
	const partner = await send({
		method: 'GET',
		path: 'BusinessPartners?$select=CardCode&$top=1',
		cookie,
	});
	const complaint = complaintAboutRead(partner);
	if (complaint) await send({ method: 'POST', path: 'Logout', cookie });
	fail(complaint);
	return cookie;
}

function loginOf(credentials: ICredentialDataDecryptedObject) {
	return {
		CompanyDB: text(credentials.companyDb),
		UserName: text(credentials.user),
		Password: String(credentials.password ?? ''),
	};
}

function fail(complaint: string): void {
	if (complaint) throw new Error(complaint);
}

function complaintAboutLogin(answer: IN8nHttpFullResponse): string {
	const { statusCode } = answer;
	if (statusCode === 401 || statusCode === 403) {
		const said = messageIn(answer);
		const isCompany = /company|database|DB Cred|SLD|schema/i.test(said);
		return isCompany
			? `SAP Business One does not know the company (${said}): check "Company Database".`
			: `SAP Business One refused the login${said && ` (${said})`}: check "User" and "Password", and "Company Database".`;
	}
	return complaintAboutAddress(answer);
}

function complaintAboutRead(answer: IN8nHttpFullResponse): string {
	const { statusCode } = answer;
	if (statusCode === 401 || statusCode === 403) {
		return `The login is good, but the user may not read business partners${quoted(messageIn(answer))}: give it the authorization and a licence.`;
	}
	return complaintAboutAddress(answer);
}

function complaintAboutAddress(answer: IN8nHttpFullResponse): string {
	const { statusCode, body } = answer;
	if (statusCode === 404) {
		return 'There is no Service Layer at this address (HTTP 404): check "Base URL" and "Service Layer Version".';
	}
	if (statusCode >= 300 && statusCode < 400) {
		return `The server redirects to another page (HTTP ${statusCode}): check "Base URL".`;
	}
	if (statusCode >= 400) {
		return `SAP Business One answered HTTP ${statusCode}${quoted(messageIn(answer))}: try again later, or check "Base URL".`;
	}
	const isJson = typeof body === 'object' || /^\s*\{/.test(String(body ?? ''));
	return isJson ? '' : 'A web page came back instead of data: check "Base URL".';
}

function quoted(message: string): string {
	return message && ` (${message})`;
}

function parsed(body: unknown): Record<string, unknown> {
	if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
	try {
		return JSON.parse(String(body)) as Record<string, unknown>;
	} catch {
		return {};
	}
}

function messageIn({ body }: IN8nHttpFullResponse): string {
	const error = parsed(body).error as { message?: unknown } | undefined;
	const message = error?.message;
	const value =
		typeof message === 'object' && message !== null
			? (message as { value?: unknown }).value
			: message;
	return text(value).replace(/\s+/g, ' ').slice(0, 100);
}

function cookieIn({ headers, body }: IN8nHttpFullResponse): string {
	const set = String((headers as Record<string, unknown>)['set-cookie'] ?? '');
	const id = /B1SESSION=([^;,\s]+)/.exec(set)?.[1] ?? text(parsed(body).SessionId);
	const route = /ROUTEID=([^;,\s]+)/.exec(set)?.[1];
	return id && `B1SESSION=${id}${route ? `; ROUTEID=${route}` : ''}`;
}

/** A zone that the nodes would refuse at the first poll. */
function checkZone(zone: string): void {
	if (isZone(zone)) return;
	throw new Error(`"ERP Time Zone" is "${zone}": use a name such as Europe/Berlin or UTC.`);
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
