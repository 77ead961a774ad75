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

/** User and password of a communication or system user. */
export class ErpSapS4HanaBasicApi implements ICredentialType {
	name = 'erpSapS4HanaBasicApi';

	displayName = 'SAP S/4HANA Basic API';

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
				'Scheme, host and port. In the cloud it is the host with -api in its name. Use http:// only inside your own network: it sends the password in the clear.',
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
		const login = Buffer.from(`${text(credentials.user)}:${String(credentials.password ?? '')}`);
		await probe(this, credentials, `Basic ${login.toString('base64')}`);
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

async function probe(
	{ helpers }: IHttpRequestHelper,
	credentials: ICredentialDataDecryptedObject,
	authorization: string,
): Promise<void> {
	const baseUrl = text(credentials.baseUrl).replace(/\/+$/, '');
	if (!/^https?:\/\/[^/\s]+/i.test(baseUrl)) {
		throw new Error(`"Base URL" is "${baseUrl}": it begins with https:// and a host name.`);
	}
	checkZone(text(credentials.zone));
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
		.catch((error: unknown) => unreachable(error, baseUrl));
	const complaint = complaintAbout(answer as IN8nHttpFullResponse, path);
	if (complaint) throw new Error(complaint);
}

function complaintAbout({ statusCode, body }: IN8nHttpFullResponse, path: string): string {
	const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
	if (statusCode === 401)
		return 'SAP refused the login: check "User" and "Password", and "SAP Client".';
	const isNoService = statusCode === 404 || text.includes('/IWFND/MED/170');
	if (isNoService) {
		return `There is no active service at /${path} (HTTP ${statusCode}): check "Service Path", that the service is activated, and that "Base URL" ends with the host or port.`;
	}
	if (statusCode === 403) {
		return 'The login is good, but the user may not read business partners (HTTP 403): give it the authorization for the service.';
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
