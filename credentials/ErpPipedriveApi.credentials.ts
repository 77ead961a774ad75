import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
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
			description: 'The part before ".pipedrive.com" of the address in your browser',
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
			displayName: 'Processes Sharing This Company',
			name: 'processesSharing',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description:
				'How many n8n processes (workers) write to this Pipedrive at the same time. Each takes its share of the budget and of the pace.',
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
	];

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
				type: 'responseSuccessBody',
				properties: {
					key: 'success',
					value: false,
					message: 'Pipedrive refused the API token. Paste a valid one.',
				},
			},
		],
	};
}
