import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IN8nHttpFullResponse,
	INodeProperties,
} from 'n8n-workflow';

export class ErpPipedriveApi implements ICredentialType {
	name = 'erpPipedriveApi';

	displayName = 'Pipedrive (ERP Sync) API';

	icon: Icon = {
		light: 'file:../nodes/Pipedrive/pipedrive.svg',
		dark: 'file:../nodes/Pipedrive/pipedrive.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive#pipedrive-credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'API Token',
			name: 'apiToken',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'In Pipedrive: your avatar > Personal preferences > API. Use the token of a global admin: records that its user cannot see look absent.',
		},
		{
			displayName: 'Company Domain',
			name: 'companyDomain',
			type: 'string',
			default: '',
			placeholder: 'acme',
			description:
				'Required unless "API Base URL" is filled: the part before ".pipedrive.com" of the address in your browser',
		},
		{
			displayName: 'Plan',
			name: 'plan',
			type: 'options',
			options: [
				{ name: 'Growth (or Advanced)', value: 'growth' },
				{ name: 'Lite (or Essential)', value: 'lite' },
				{ name: 'Premium (or Power)', value: 'premium' },
				{ name: 'Ultimate (or Enterprise)', value: 'ultimate' },
			],
			default: 'lite',
			description:
				'Your Pipedrive plan. It decides how many API tokens a day and how many requests in two seconds are allowed. On Professional choose Premium and enter Daily Token Limit (90,000 per seat).',
		},
		{
			displayName: 'Seats',
			name: 'seats',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description: 'Paid users of the company. The daily API tokens grow with them.',
		},
		{
			displayName: 'Top-Up Tokens per Day',
			name: 'topUp',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Tokens bought on top of the plan, 0 for none',
		},
		{
			displayName: 'Daily Token Limit',
			name: 'dailyLimit',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'The daily limit that Pipedrive shows under Company settings, if it differs from plan times seats. 0 = use plan, seats and top-up.',
		},
		{
			displayName: 'Reserve for People (%)',
			name: 'reservePercent',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 90 },
			default: 20,
			description:
				'Share of the daily tokens that is never touched, so that the sales team and its other tools can go on working',
		},
		{
			displayName: 'Keep for New Records (%)',
			name: 'keepForNewPercent',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 90 },
			default: 10,
			description:
				'Share of the daily tokens that updates leave to new records and write-back: these go on when updates are deferred to the next day',
		},
		{
			displayName: 'Processes Sharing This Company',
			name: 'processesSharing',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description:
				'How many n8n processes (workers) write to this Pipedrive at the same time. Each takes its share of the budget and of the pace.',
		},
		{
			displayName: 'Audit Secret',
			name: 'auditSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Seals the audit rows of each run (HMAC-SHA256), so that nobody without this secret can rewrite them unnoticed. Keep a copy outside n8n for checking. Empty = no seal.',
		},
		{
			displayName: 'API Base URL (Advanced)',
			name: 'apiBaseUrl',
			type: 'string',
			default: '',
			placeholder: 'https://acme.pipedrive.com',
			description:
				'Only for a sandbox or a proxy: the address to which /api/v2 is appended. Empty = https://COMPANY-DOMAIN.pipedrive.com.',
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
		properties: { headers: { 'x-api-token': '={{$credentials.apiToken}}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ $credentials.apiBaseUrl ? $credentials.apiBaseUrl.replace(/\\/+$/, "") : "https://" + $credentials.companyDomain.trim().replace(/\\.pipedrive\\.com$/i, "").replace(/[^a-z0-9-]/gi, "") + ".pipedrive.com" }}',
			url: '/api/v1/users/me',
			method: 'GET',
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'Pipedrive refused the token: check "API Token", and that it belongs to the company in "Company Domain".',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'Pipedrive refuses this token (HTTP 403): check "API Token" and that its user may use the API.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 429,
					message: 'Pipedrive lets no more requests through now: try again later.',
				},
			},
		],
	};
}

async function probe(
	{ helpers }: IHttpRequestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<void> {
	const typed = text(credentials.apiBaseUrl);
	const domain = text(credentials.companyDomain).replace(/\.pipedrive\.com$/i, '');
	const setting = typed === '' ? 'Company Domain' : 'API Base URL';
	if (typed === '' && !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(domain)) {
		throw new Error(`"Company Domain" is "${domain}": it is the part before ".pipedrive.com".`);
	}
	if (typed !== '' && !/^https?:\/\/[^/\s]+/i.test(typed)) {
		throw new Error(`"API Base URL" is "${typed}": it begins with https:// and a host name.`);
	}
	const baseUrl = typed === '' ? `https://${domain}.pipedrive.com` : typed.replace(/\/+$/, '');
	const answer = await helpers
		.httpRequest({
			method: 'GET',
			url: `${baseUrl}/api/v1/users/me`,
			headers: { accept: 'application/json', 'x-api-token': text(credentials.apiToken) },
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			encoding: 'text',
			timeout: 30_000,
		})
		.catch((error: unknown) => unreachable(error, baseUrl, setting));
	const complaint = complaintAbout(answer as IN8nHttpFullResponse, setting);
	if (complaint) throw new Error(complaint);
}

/** Refusals are told by the rules of `test`: here they would hide what Pipedrive answered to a running workflow. */
function complaintAbout({ statusCode, body }: IN8nHttpFullResponse, setting: string): string {
	const content = typeof body === 'string' ? body : JSON.stringify(body ?? '');
	if (statusCode === 404 || (statusCode >= 300 && statusCode < 400)) {
		return `There is no Pipedrive (HTTP ${statusCode}): check "${setting}".`;
	}
	if (statusCode < 300 && !/"success"\s*:\s*true/.test(content)) {
		return `What answered is not Pipedrive: check "${setting}".`;
	}
	return '';
}

function unreachable(error: unknown, url: string, setting: string): never {
	const codes = [error, (error as { cause?: unknown }).cause].map(
		(link) => (link as { code?: unknown } | undefined)?.code,
	);
	const code = String(codes.find((found) => typeof found === 'string') ?? '');
	const host = url.replace(/^https?:\/\//i, '').split('/')[0];
	if (code === 'ENOTFOUND') throw new Error(`The host ${host} is unknown: check "${setting}".`);
	// n8n replaces a message that holds an error code by a text of its own, which names no setting.
	const how = code === 'ECONNREFUSED' ? 'refuses connections' : 'does not answer';
	throw new Error(`${host} ${how}: check "${setting}".`);
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
