import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestMethods,
	IN8nHttpFullResponse,
	INodeProperties,
} from 'n8n-workflow';

const SOAP_PATH = '/sap/bc/soap/rfc';
const CATALOG_PATH = '/sap/opu/odata/IWFND/CATALOGSERVICE;v=2/ServiceCollection';
const NAMESPACE = 'urn:sap-com:document:sap:rfc:functions';

/** User and password of a system user, and what it may call and read. */
export class ErpSapEccApi implements ICredentialType {
	name = 'erpSapEccApi';

	displayName = 'SAP ECC API';

	documentationUrl =
		'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive/blob/main/docs/ecc.md';

	icon = { light: 'file:erpSapEcc.svg', dark: 'file:erpSapEcc.dark.svg' } as const;

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'https://sap.example.com:44300',
			description:
				'Scheme, host and port of the ICM. Use http:// only inside your own network: it sends the password in the clear.',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			required: true,
			default: '',
			description: 'A system user of its own, with the rights that the documentation lists',
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
			displayName: 'SAP Client',
			name: 'sapClient',
			type: 'string',
			default: '',
			placeholder: '100',
			description: "Three digits. Empty: the system's default client.",
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
			description: "The zone of the server's own date and time, as change documents carry it",
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
			displayName: 'Function Access',
			name: 'access',
			type: 'options',
			noDataExpression: true,
			default: 'soap',
			description: 'How functions of SAP are called',
			options: [
				{
					name: 'JSON Bridge',
					value: 'json',
					description: 'The published handler abap_fm_json, or an agent that speaks like it',
				},
				{
					name: 'None (SAP Gateway Only)',
					value: 'gateway',
					description: 'OData services of the system alone',
				},
				{
					name: 'SOAP Endpoint',
					value: 'soap',
					description: `The system's own ${SOAP_PATH}, nothing to install`,
				},
			],
		},
		{
			displayName: 'Bridge Path',
			name: 'bridgePath',
			type: 'string',
			default: '/fmcall',
			description: 'Where the JSON bridge was installed; the function name follows it',
			displayOptions: { show: { access: ['json'] } },
		},
		{
			displayName: 'Table Function',
			name: 'tableFunction',
			type: 'string',
			noDataExpression: true,
			default: 'RFC_READ_TABLE',
			description:
				'The function that reads tables. Another one must have the same parameters, as BBP_RFC_READ_TABLE has.',
			displayOptions: { show: { access: ['soap', 'json'] } },
		},
		{
			displayName: 'Additional Functions (May Change Data in SAP)',
			name: 'additionalFunctions',
			type: 'string',
			noDataExpression: true,
			default: '',
			placeholder: 'BAPI_SALESORDER_GETLIST',
			description:
				'Names of further functions that nodes with this credential may call, separated by commas. Only reading ones are built in; these may change data in SAP.',
			displayOptions: { show: { access: ['soap', 'json'] } },
		},
		{
			displayName: 'Additional Tables (May Hold Personal Data)',
			name: 'additionalTables',
			type: 'string',
			noDataExpression: true,
			default: '',
			placeholder: 'T052U, ZCUSTOMER',
			description:
				'Names of further tables that nodes with this credential may read, separated by commas. Tables of users, passwords and payroll stay closed.',
			displayOptions: { show: { access: ['soap', 'json'] } },
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

	/** The probe has judged everything; this asks for a sign of life. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.replace(/\\/+$/, "")}}',
			url: `={{$credentials.access === "gateway" ? "${CATALOG_PATH}" : $credentials.access === "json" ? "/" + $credentials.bridgePath.replace(/^\\/+|\\/+$/g, "") + "/RFC_PING" : "${SOAP_PATH}"}}`,
			method:
				'={{$credentials.access === "gateway" ? "GET" : "POST"}}' as string as IHttpRequestMethods,
			qs: {
				'sap-client': '={{$credentials.sapClient || undefined}}',
				format: '={{$credentials.access === "json" ? "json" : undefined}}',
				$format: '={{$credentials.access === "gateway" ? "json" : undefined}}',
				$top: '={{$credentials.access === "gateway" ? "1" : undefined}}',
			},
			headers: {
				'content-type':
					'={{$credentials.access === "json" ? "application/json" : "text/xml; charset=utf-8"}}',
				soapaction: NAMESPACE,
			},
			body: `={{$credentials.access === "soap" ? '${envelope('RFC_PING', '')}' : $credentials.access === "json" ? "{}" : undefined}}`,
			skipSslCertificateValidation: '={{$credentials.ignoreSSLIssues}}',
		},
	};
}

/** Reads one customer number: it needs host, login, endpoint and both rights. */
async function probe(
	{ helpers }: IHttpRequestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<void> {
	const baseUrl = text(credentials.baseUrl).replace(/\/+$/, '');
	if (!/^https?:\/\/[^/\s@]+/i.test(baseUrl)) {
		throw new Error(`"Base URL" is "${baseUrl}": it begins with https:// and a host name.`);
	}
	checkZone(text(credentials.zone));
	const client = text(credentials.sapClient);
	if (client !== '' && !/^\d{3}$/.test(client)) {
		throw new Error(`"SAP Client" is "${client}": it consists of three digits, for example 100.`);
	}
	const call = callOf(credentials, client);
	const login = Buffer.from(`${text(credentials.user)}:${String(credentials.password ?? '')}`);
	const answer = await helpers
		.httpRequest({
			method: call.method,
			url: baseUrl + call.path,
			headers: { ...call.headers, authorization: `Basic ${login.toString('base64')}` },
			...(call.body !== undefined && { body: call.body }),
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			encoding: 'text',
			skipSslCertificateValidation: credentials.ignoreSSLIssues === true,
			timeout: 30_000,
		})
		.catch((error: unknown) => unreachable(error, baseUrl));
	const complaint = complaintAbout(answer as IN8nHttpFullResponse, call);
	if (complaint) throw new Error(complaint);
}

interface Call {
	method: IHttpRequestMethods;
	path: string;
	headers: Record<string, string>;
	body?: string;
	/** What the person can change when there is nothing at that path. */
	endpoint: string;
	/** How a good answer is recognized. */
	proof: RegExp;
}

function callOf(credentials: ICredentialDataDecryptedObject, client: string): Call {
	const table = text(credentials.tableFunction).toUpperCase() || 'RFC_READ_TABLE';
	const own = client && `sap-client=${client}`;
	const withQuery = (path: string, ...parts: string[]) => {
		const query = parts.filter((part) => part !== '').join('&');
		return query === '' ? path : `${path}?${query}`;
	};
	if (credentials.access === 'gateway') {
		return {
			method: 'GET',
			path: withQuery(CATALOG_PATH, '$format=json', '$top=1', own),
			headers: { accept: 'application/json' },
			endpoint: 'that SAP Gateway is active in this system',
			proof: /^\s*\{/,
		};
	}
	if (credentials.access === 'json') {
		const path = text(credentials.bridgePath).replace(/^\/+|\/+$/g, '');
		return {
			method: 'POST',
			path: withQuery(`/${path}/${encodeURIComponent(table)}`, 'format=json', own),
			headers: { 'content-type': 'application/json', accept: 'application/json' },
			body: JSON.stringify({
				QUERY_TABLE: 'KNA1',
				ROWCOUNT: '1',
				FIELDS: [{ FIELDNAME: 'KUNNR' }],
				DATA: [],
			}),
			endpoint: `"Bridge Path" (/${path})`,
			proof: /"FIELDS"\s*:/i,
		};
	}
	const parameters =
		'<QUERY_TABLE>KNA1</QUERY_TABLE><ROWCOUNT>1</ROWCOUNT><OPTIONS/><FIELDS><item><FIELDNAME>KUNNR</FIELDNAME></item></FIELDS><DATA/>';
	return {
		method: 'POST',
		path: withQuery(SOAP_PATH, own),
		headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: NAMESPACE },
		body: envelope(table.replace(/\//g, '_-'), parameters),
		endpoint: `that ${SOAP_PATH} is active in SICF, or choose another "Function Access"`,
		proof: /Response[\s>]/,
	};
}

function envelope(name: string, parameters: string): string {
	return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><urn:${name} xmlns:urn="${NAMESPACE}">${parameters}</urn:${name}></s:Body></s:Envelope>`;
}

function complaintAbout({ statusCode, headers, body }: IN8nHttpFullResponse, call: Call): string {
	const answer = typeof body === 'string' ? body : JSON.stringify(body ?? '');
	const exception = String(headers['x-saprfc-exception'] ?? '');
	const isHtml = /^\s*(<!doctype html|<html)/i.test(answer);
	const said = isHtml ? '' : `${exception} ${answer}`;
	if (statusCode === 401) {
		return 'SAP refused the login: check "User" and "Password", and "SAP Client" (a wrong client looks the same).';
	}
	if (/NOT_AUTHORIZED|AUTHORI[SZ]ATION|not authori[sz]ed/i.test(said)) {
		return 'The login is good, but the user may not read the customer table: give it S_RFC for the table function and S_TABU_NAM for KNA1 (with the bridge, Z_JSON too).';
	}
	if (statusCode === 403 || statusCode === 404) {
		if (/function/i.test(said)) return 'SAP does not know the function: check "Table Function".';
		return `The login is good, but there is no active endpoint (HTTP ${statusCode}): check ${call.endpoint}.`;
	}
	if (/FU_NOT_FOUND|FUNCTION_NOT_FOUND/i.test(said)) {
		return 'SAP does not know the function: check "Table Function".';
	}
	if (statusCode >= 300 && statusCode < 400) {
		return `The server redirects to another page (HTTP ${statusCode}): check "Base URL".`;
	}
	if (isHtml) return `A web page came back instead of data (HTTP ${statusCode}): check "Base URL".`;
	if (statusCode >= 400 || exception !== '' || /:Fault[\s>]/.test(answer)) {
		return `SAP did not carry out the test call (HTTP ${statusCode}): ${wordsOf(exception || answer)}`;
	}
	if (!call.proof.test(answer)) {
		return `Something other than SAP answered: check "Base URL" and ${call.endpoint}.`;
	}
	return '';
}

/** The words of a fault without its markup. */
function wordsOf(answer: string): string {
	const words = answer
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return `${words.slice(0, 160)}.`;
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
