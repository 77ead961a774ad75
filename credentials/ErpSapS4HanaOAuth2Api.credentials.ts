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

/**
 * OAuth2 client credentials. Not built on n8n's own OAuth2 type: that one renews a token only after a refusal,
 * and users paste token URLs with a query that has to stay.
 */
export class ErpSapS4HanaOAuth2Api implements ICredentialType {
	name = 'erpSapS4HanaOAuth2Api';

	displayName = 'SAP S/4HANA OAuth2 API';

	documentationUrl =
		'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive/blob/main/docs/s4hana.md';

	icon = {
		light: 'file:erpSapS4Hana.svg',
		dark: 'file:erpSapS4Hana.dark.svg',
	} as const;

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'https://my123456-api.s4hana.cloud.sap',
			description:
				'Scheme, host and port. In the cloud it is the host with -api in its name. Use http:// only inside your own network: it sends the token in the clear.',
		},
		{
			displayName: 'Token URL',
			name: 'tokenUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'https://my123456-api.s4hana.cloud.sap/sap/bc/sec/oauth2/token',
			description: 'Used exactly as you paste it, with its query',
		},
		{ displayName: 'Client ID', name: 'clientId', type: 'string', required: true, default: '' },
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'string',
			default: '',
			placeholder: 'API_BUSINESS_PARTNER_0001',
			description: 'Separated by blanks. Empty: no scope is sent.',
		},
		{
			displayName: 'Client Authentication',
			name: 'clientAuthentication',
			type: 'options',
			default: 'header',
			description: 'Where client ID and secret go in the token request',
			options: [
				{ name: 'Basic Auth Header', value: 'header' },
				{ name: 'Body', value: 'body' },
			],
		},
		{
			displayName: 'SAP Client',
			name: 'sapClient',
			type: 'string',
			default: '',
			placeholder: '100',
			description: 'Three digits. Leave empty in the public cloud.',
		},
		{
			displayName: 'Language',
			name: 'language',
			type: 'string',
			default: 'EN',
			description: 'Of texts and error messages, two letters',
		},
		{
			displayName: 'ERP Time Zone',
			name: 'zone',
			type: 'string',
			default: 'UTC',
			placeholder: 'Europe/Berlin',
			description: "The zone of the system's dates: UTC in the cloud, often local on premises",
		},
		{
			displayName: 'System Alias',
			name: 'systemAlias',
			type: 'string',
			default: '',
			placeholder: 'PRD',
			description:
				'Tells two SAP systems apart in external IDs. Empty: the SAP client, else the first part of the host. Do not change it once records were written.',
		},
		{
			displayName: 'Service Path',
			name: 'servicePath',
			type: 'string',
			default: '/sap/opu/odata/sap/API_BUSINESS_PARTNER',
			description: 'Path of the business-partner service',
		},
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'ignoreSSLIssues',
			type: 'boolean',
			default: false,
			description: 'Whether to connect even if the certificate of the server is not trusted',
		},
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'hidden',
			typeOptions: { password: true },
			default: '',
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
		checkZone(text(credentials.zone));
		const accessToken = await requestToken(this, credentials);
		await probe(this, credentials, `Bearer ${accessToken}`);
		return { lastProbe: '', accessToken };
	}

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: { authorization: '=Bearer {{$credentials.accessToken}}' },
		},
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.replace(/\\/+$/, "")}}',
			url: '={{"/" + $credentials.servicePath.replace(/^\\/+|\\/+$/g, "") + "/A_BusinessPartner"}}',
			qs: {
				$top: '1',
				$select: 'BusinessPartner',
				$format: 'json',
				'sap-client': '={{$credentials.sapClient || undefined}}',
			},
			skipSslCertificateValidation: '={{$credentials.ignoreSSLIssues}}',
		},
	};
}

async function requestToken(
	{ helpers }: IHttpRequestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<string> {
	const tokenUrl = text(credentials.tokenUrl);
	if (!/^https?:\/\/[^/\s]+/i.test(tokenUrl)) {
		throw new Error(`"Token URL" is "${tokenUrl}": it begins with https:// and a host name.`);
	}
	const [id, secret] = [text(credentials.clientId), String(credentials.clientSecret ?? '')];
	const scope = text(credentials.scope);
	const isInBody = credentials.clientAuthentication === 'body';
	const form = new URLSearchParams({
		grant_type: 'client_credentials',
		...(scope && { scope }),
		...(isInBody && { client_id: id, client_secret: secret }),
	});
	const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
	const answer = await helpers
		.httpRequest({
			method: 'POST',
			url: tokenUrl,
			headers: {
				accept: 'application/json',
				'content-type': 'application/x-www-form-urlencoded',
				...(!isInBody && { authorization: basic }),
			},
			body: form.toString(),
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			encoding: 'text',
			skipSslCertificateValidation: credentials.ignoreSSLIssues === true,
			timeout: 30_000,
		})
		.catch((error: unknown) => unreachable(error, tokenUrl, 'Token URL'));
	return tokenIn(answer as IN8nHttpFullResponse);
}

function tokenIn({ statusCode, body }: IN8nHttpFullResponse): string {
	const content = typeof body === 'string' ? parsed(body) : (body as IDataObject | undefined);
	const refusal = String(content?.error ?? '');
	if (refusal === 'invalid_scope')
		throw new Error('The token URL refused the scope: check "Scope".');
	if (statusCode === 401 && !content) {
		throw new Error(
			'The token URL refused the login with a web page (HTTP 401): check "Token URL", "Client ID" and "Client Secret".',
		);
	}
	if (statusCode === 401 || /invalid_client|unauthorized_client/.test(refusal)) {
		throw new Error(
			`The token URL refused the client (HTTP ${statusCode}): check "Client ID", "Client Secret" and "Client Authentication".`,
		);
	}
	if (statusCode >= 300) {
		throw new Error(`The token URL answered HTTP ${statusCode}: check "Token URL".`);
	}
	const token = content?.access_token;
	if (typeof token === 'string' && token !== '') return token;
	throw new Error(
		content
			? 'The answer of the token URL holds no access token: check "Token URL".'
			: 'The token URL answered with a web page or text instead of JSON: check "Token URL".',
	);
}

function parsed(body: string): IDataObject | undefined {
	try {
		return JSON.parse(body) as IDataObject;
	} catch {
		return undefined;
	}
}

async function probe(
	{ helpers }: IHttpRequestHelper,
	credentials: ICredentialDataDecryptedObject,
	authorization: string,
): Promise<void> {
	const baseUrl = text(credentials.baseUrl).replace(/\/+$/, '');
	if (!/^https?:\/\/[^/\s]+/i.test(baseUrl)) {
		throw new Error(`"Base URL" is "${baseUrl}": it begins with https:// and a host name.`);
	}
	const path = text(credentials.servicePath).replace(/^\/+|\/+$/g, '');
	const client = text(credentials.sapClient);
	const answer = await helpers
		.httpRequest({
			method: 'GET',
			url: `${baseUrl}/${path}/A_BusinessPartner?$top=1&$select=BusinessPartner${client && `&sap-client=${client}`}`,
			headers: { accept: 'application/json', authorization },
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			encoding: 'text',
			skipSslCertificateValidation: credentials.ignoreSSLIssues === true,
			timeout: 30_000,
		})
		.catch((error: unknown) => unreachable(error, baseUrl, 'Base URL'));
	const complaint = complaintAbout(answer as IN8nHttpFullResponse, path);
	if (complaint) throw new Error(complaint);
}

function complaintAbout({ statusCode, body }: IN8nHttpFullResponse, path: string): string {
	const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
	if (statusCode === 401)
		return 'SAP refused the token: check "SAP Client", the scopes of the client, and that "Token URL" belongs to this system.';
	const isNoService = statusCode === 404 || text.includes('/IWFND/MED/170');
	if (isNoService) {
		return `There is no active service at /${path} (HTTP ${statusCode}): check "Service Path", that the service is activated, and that "Base URL" ends with the host or port.`;
	}
	if (statusCode === 403) {
		return 'The login is good, but its user may not read business partners (HTTP 403): give it the authorization for the service.';
	}
	if (statusCode >= 300 && statusCode < 400) {
		return `The server redirects to another page (HTTP ${statusCode}): check "Base URL".`;
	}
	if (statusCode >= 400)
		return `SAP answered HTTP ${statusCode}: try again later, or check "Service Path".`;
	if (!/^\s*\{/.test(text)) {
		return 'A web page came back instead of data: check "Base URL" and "Service Path".';
	}
	return '';
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

function unreachable(error: unknown, url: string, setting: string): never {
	const codes = [error, (error as { cause?: unknown }).cause].map(
		(link) => (link as { code?: unknown } | undefined)?.code,
	);
	const code = String(codes.find((found) => typeof found === 'string') ?? '');
	const host = url.replace(/^https?:\/\//i, '').split('/')[0];
	if (code === 'ENOTFOUND') throw new Error(`The host ${host} is unknown: check "${setting}".`);
	if (/CERT|SIGNATURE|ISSUER/.test(code)) {
		throw new Error(
			`The certificate of ${host} is not trusted: install its authority on the n8n host, or turn on "Ignore SSL Issues".`,
		);
	}
	if (/^(EPROTO|ERR_SSL|HPE_)/.test(code)) {
		throw new Error(
			`${host} does not speak the protocol of the address: check http:// or https://, and the port, in "${setting}".`,
		);
	}
	// n8n replaces a message that holds an error code by a text of its own, which names no setting.
	const how = code === 'ECONNREFUSED' ? 'refuses connections' : 'does not answer';
	throw new Error(`${host} ${how}: check "${setting}".`);
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
