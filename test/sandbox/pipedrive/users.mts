/** v1: users of the company, and the two lists that need no record. */
import { notFound } from './apiError.mts';
import { currencies } from './currencies.mts';
import type { Call, Operation } from './operation.mts';
import type { User } from './world.mts';

export const company = { id: 7_000_001, name: 'Sandbox Company', domain: 'sandbox-company' };

export const userOperations: Operation[] = [
	{
		version: 'v1',
		path: '/users',
		method: 'GET',
		cost: 20,
		kind: 'list',
		run: (call) => ({ data: call.world.users.map((user) => show(call, user)) }),
	},
	{ version: 'v1', path: '/users/me', method: 'GET', cost: 2, kind: 'get', run: me },
	{
		version: 'v1',
		path: '/users/{id}',
		method: 'GET',
		cost: 2,
		kind: 'get',
		run: (call) => {
			const user = call.world.users.find((entry) => entry.id === call.params.id);
			if (!user) throw notFound('User');
			return { data: show(call, user) };
		},
	},
	{
		version: 'v1',
		path: '/currencies',
		method: 'GET',
		cost: 20,
		kind: 'list',
		query: { term: { type: 'string' } },
		run: ({ query, world }) => {
			const term = ((query.term as string | undefined) ?? '').toLowerCase();
			const found = currencies.filter(({ code, name }) =>
				`${code} ${name}`.toLowerCase().includes(term),
			);
			const active = world.options.activeCurrencies;
			return {
				data: found.map((c) => ({
					...c,
					active_flag: active.includes(c.code),
					is_custom_flag: false,
				})),
			};
		},
	},
	{
		version: 'v1',
		path: '/activityTypes',
		method: 'GET',
		cost: 20,
		kind: 'list',
		run: () => ({ data: activityTypes }),
	},
];

export const activityTypes = ['call', 'meeting', 'task', 'deadline', 'email', 'lunch'].map(
	(key, index) => ({
		id: index + 1,
		order_nr: index + 1,
		name: key[0].toUpperCase() + key.slice(1),
		key_string: key,
		icon_key: key,
		active_flag: true,
		color: 'FFFFFF',
		is_custom_flag: false,
		add_time: '2024-01-08 08:00:00',
		update_time: '2024-01-08 08:00:00',
	}),
);

function me(call: Call) {
	const data = {
		...show(call, call.user),
		company_id: company.id,
		company_name: company.name,
		company_domain: company.domain,
		company_country: 'DE',
		company_industry: 'Manufacturing',
		language: { language_code: 'en', country_code: 'US' },
	};
	return { data };
}

function show(call: Call, user: User) {
	const set = '00000000-0000-4000-8000-000000000001';
	const apps = ['sales', 'global', 'account_settings'];
	return {
		id: user.id,
		name: user.name,
		default_currency: call.world.options.currency,
		locale: 'en_US',
		lang: 1,
		email: user.email,
		phone: null,
		activated: true,
		last_login: '2024-01-08 08:00:00',
		created: '2024-01-08 08:00:00',
		modified: '2024-01-08 08:00:00',
		has_created_company: user.id === 1,
		access: apps.map((app) => ({ app, admin: user.admin, permission_set_id: set })),
		active_flag: user.active,
		timezone_name: 'Europe/Berlin',
		timezone_offset: '+01:00',
		role_id: 1,
		icon_url: null,
		is_you: user.id === call.user.id,
		is_deleted: false,
	};
}
