/** v1 webhooks: registered, listed, removed. What they deliver: delivery.mts. */
import { ApiError } from './apiError.mts';
import type { Row } from './collection.mts';
import type { Call, Operation, Reply } from './operation.mts';
import { int, obj, str } from './schema.mts';
import { company } from './users.mts';

const objects = [
	'activity',
	'deal',
	'lead',
	'note',
	'organization',
	'person',
	'pipeline',
	'product',
	'stage',
	'user',
	'*',
];
const body = obj(
	{
		subscription_url: str(),
		event_action: str({ enum: ['create', 'change', 'delete', '*'] }),
		event_object: str({ enum: objects }),
		name: str({ maxLength: 255 }),
		user_id: int(),
		http_auth_user: str({ nullable: true }),
		http_auth_password: str({ nullable: true }),
		version: str({ enum: ['1.0', '2.0'] }),
	},
	['subscription_url', 'event_action', 'event_object', 'name'],
);
const base = { version: 'v1', path: '/webhooks' } as const;
const extra = { status: 'ok' };

export const webhookOperations: Operation[] = [
	{ ...base, method: 'GET', cost: 10, kind: 'list', run: list },
	{ ...base, method: 'POST', cost: 10, kind: 'create', status: 201, body, run: create },
	{ ...base, path: '/webhooks/{id}', method: 'DELETE', cost: 6, kind: 'delete', run: remove },
];

function living(call: Call): Row[] {
	return [...call.world.collections.webhooks.all()].filter((row) => !row.is_deleted);
}

function show(row: Row) {
	const { is_deleted: _, update_time: __, ...shown } = row;
	return shown;
}

function list(call: Call): Reply {
	return { extra, data: living(call).map(show) };
}

function create(call: Call): Reply {
	const { world, body: sent } = call;
	if (!call.user.admin) throw new ApiError(403, 'Forbidden');
	if (!/^https?:\/\//.test(sent.subscription_url as string)) {
		const errors = { subscription_url: ['invalid or non-reachable URL'] };
		throw new ApiError(400, 'invalid URL', undefined, { status: 'error', success: false, errors });
	}
	if (living(call).length >= 40) throw new ApiError(422, 'webhooks limit reached');
	const now = world.moment();
	const row: Row = {
		id: world.collections.webhooks.nextId(),
		company_id: company.id,
		owner_id: call.user.id,
		user_id: call.user.id,
		version: '2.0',
		is_active: 1,
		add_time: now,
		update_time: now,
		remove_time: null,
		type: 'general',
		http_auth_user: null,
		http_auth_password: null,
		remove_reason: null,
		last_delivery_time: null,
		last_http_status: null,
		admin_id: call.user.id,
		is_deleted: false,
		...sent,
	};
	return { extra, data: show(world.put('webhooks', row)) };
}

function remove(call: Call): Reply {
	const row = call.world.living('webhooks', call.params.id);
	if (!row) throw new ApiError(404, 'not found');
	call.world.put('webhooks', { ...row, is_deleted: true });
	return { extra, data: undefined };
}
