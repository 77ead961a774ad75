/** Uses every operation of the Pipedrive sandbox at least once, with full and with bare bodies. */
import type { PipedriveSandbox } from '../sandbox/pipedrive/server.mts';

type Json = Record<string, unknown>;

/** Fails on the first refusal. */
export async function walkEverything(sandbox: PipedriveSandbox): Promise<void> {
	const send = sender(sandbox);
	const fields = await walkFields(send);
	await walkContacts(send, fields);
	await walkSales(send, fields);
	await walkSearches(send, fields);
	await walkV1(send);
}

type Send = (method: string, path: string, body?: unknown) => Promise<Json>;

/** Returns `data`. */
export function sender(sandbox: PipedriveSandbox): Send {
	return async (method, path, body) => {
		sandbox.limits.reset();
		const response = await fetch(`${sandbox.url}${path}`, {
			method,
			headers: { 'x-api-token': sandbox.token, 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const answer = (await response.json()) as Json;
		if (!response.ok)
			throw new Error(`${method} ${path}: ${response.status} ${String(answer.error)}`);
		return answer.data as Json;
	};
}

type Fields = Record<string, Record<string, string>>;

async function walkFields(send: Send): Promise<Fields> {
	const types = ['varchar', 'text', 'double', 'phone', 'date', 'daterange', 'time', 'timerange'];
	types.push('varchar_auto', 'address', 'monetary', 'org', 'people', 'user');
	const found: Fields = {};
	for (const entity of ['organization', 'person', 'deal', 'product']) {
		const path = `/api/v2/${entity}Fields`;
		const codes: Record<string, string> = {};
		for (const type of types) {
			const field = await send('POST', path, { field_name: `ERP ${type}`, field_type: type });
			codes[type] = field.field_code as string;
		}
		for (const type of ['enum', 'set']) {
			const options = [{ label: 'Customer' }, { label: 'Supplier' }];
			const body = { field_name: `ERP ${type}`, field_type: type, options };
			const field = await send('POST', path, body);
			codes[type] = field.field_code as string;
			const ids = (field.options as Array<{ id: number }>).map(({ id }) => id);
			codes[`${type}First`] = String(ids[0]);
		}
		const one = `${path}/${codes.enum}`;
		await send('PATCH', one, {
			field_name: 'ERP closed list',
			ui_visibility: { add_visible_flag: true },
		});
		const [added] = (await send('POST', `${one}/options`, [
			{ label: 'Both' },
		])) as unknown as Json[];
		await send('PATCH', `${one}/options`, [{ id: added.id, label: 'Both sides' }]);
		await send('DELETE', `${one}/options`, [{ id: added.id }]);
		await send('DELETE', `${path}/${codes.varchar_auto}`);
		await send('GET', one);
		await send('GET', `${path}?limit=5`);
		await send('GET', `${path}?limit=500&include_fields=ui_visibility`);
		await send('GET', `/api/v1/${entity}Fields?limit=5`);
		found[entity] = codes;
	}
	await send('GET', '/api/v2/activityFields');
	await send('GET', '/api/v2/activityFields/subject');
	return found;
}

function customValues(codes: Record<string, string>, links: { org: number; person: number }): Json {
	return {
		[codes.varchar]: 'S4:17100001',
		[codes.text]: 'long',
		[codes.double]: 12.5,
		[codes.phone]: '+49 30 1',
		[codes.date]: '2026-02-28',
		[codes.daterange]: { value: '2026-01-01', until: '2026-01-31' },
		[codes.time]: { value: '09:00:00', timezone_name: 'Europe/Berlin' },
		[codes.timerange]: { value: '09:00:00', until: '10:00:00', timezone_name: 'Europe/Berlin' },
		[codes.address]: { value: 'Am Hafen 7, 20095 Hamburg' },
		[codes.monetary]: { value: 12.345, currency: 'EUR' },
		[codes.org]: links.org,
		[codes.people]: links.person,
		[codes.user]: 1,
		[codes.enum]: Number(codes.enumFirst),
		[codes.set]: [Number(codes.setFirst)],
	};
}

async function walkContacts(send: Send, fields: Fields): Promise<void> {
	const org = (await send('POST', '/api/v2/organizations', { name: 'Bare' })).id as number;
	const person = (await send('POST', '/api/v2/persons', { name: 'Bare' })).id as number;
	const links = { org, person };
	const address = { value: 'Hauptstr. 5, 10115 Berlin, Deutschland', country: 'Germany' };
	const full = {
		name: ' Nordmetall GmbH ',
		owner_id: 1,
		add_time: '2025-01-01T00:00:00Z',
		visible_to: 3,
		label_ids: [1, 2],
		address,
		website: 'https://nordmetall.example',
		linkedin: null,
		industry: 1,
		annual_revenue: 1_000_000,
		employee_count: 12,
		custom_fields: customValues(fields.organization, links),
	};
	await send('POST', '/api/v2/organizations', full);
	const someone = {
		name: 'Ines Keller-Lange',
		owner_id: 1,
		org_id: org,
		add_time: '2025-01-01T00:00:00Z',
		emails: [{ value: 'ines@nordmetall.example' }, { value: 'i@k.example', label: 'home' }],
		phones: [{ value: '+49 30 2', primary: true, label: 'mobile' }],
		visible_to: 3,
		label_ids: [1],
		postal_address: address,
		notes: 'n',
		im: [{ value: 'ines', label: 'skype', primary: true }],
		birthday: '1990-01-01',
		job_title: 'Buyer',
		marketing_status: 'no_consent',
		custom_fields: customValues(fields.person, links),
	};
	await send('POST', '/api/v2/persons', someone);
	for (const [entity, code] of [
		['organizations', fields.organization.varchar],
		['persons', fields.person.varchar],
	]) {
		const path = `/api/v2/${entity}`;
		await send('GET', `${path}?limit=1&sort_by=update_time&sort_direction=desc`);
		await send('GET', `${path}?ids=1,2,99&owner_id=1&custom_fields=${code}`);
		await send('GET', `${path}?updated_since=2024-01-01T00:00:00Z&include_option_labels=true`);
		await send('GET', `${path}?include_labels=true&include_fields=notes_count,smart_bcc_email`);
		await send('GET', `${path}/2?include_fields=next_activity_id,won_deals_count`);
		await send('PATCH', `${path}/2`, { name: 'Renamed', custom_fields: { [code]: null } });
		const extra = (await send('POST', path, { name: 'Short-lived' })).id as number;
		await send('DELETE', `${path}/${extra}`);
	}
	await send('GET', '/api/v2/persons?org_id=1');
}

async function walkSales(send: Send, fields: Fields): Promise<void> {
	const links = { org: 1, person: 1 };
	const pipeline = (await send('POST', '/api/v2/pipelines', { name: 'ERP' })).id as number;
	const body = { name: 'Ordered', pipeline_id: pipeline, deal_probability: 80 };
	const stage = (await send('POST', '/api/v2/stages', body)).id as number;
	for (const [entity, id] of [
		['pipelines', pipeline],
		['stages', stage],
	]) {
		await send('GET', `/api/v2/${entity}`);
		await send('GET', `/api/v2/${entity}/${id}`);
		await send('PATCH', `/api/v2/${entity}/${id}`, { name: 'ERP orders' });
	}
	await send('GET', `/api/v2/stages?pipeline_id=${pipeline}&sort_by=order_nr`);

	await send('POST', '/api/v2/products', { name: 'Bare' });
	const product = {
		name: 'Pump',
		code: 'MZ-TG-1',
		description: 'd',
		unit: 'pc',
		tax: 19,
		category: 1,
		owner_id: 1,
		is_linkable: true,
		visible_to: 3,
		prices: [{ currency: 'EUR', price: 10.5, cost: 4 }],
		custom_fields: customValues(fields.product, links),
		billing_frequency: 'one-time',
	};
	await send('POST', '/api/v2/products', product);
	await send('GET', '/api/v2/products?sort_by=name&owner_id=1');
	await send('GET', '/api/v2/products/2');
	await send('PATCH', '/api/v2/products/2', { prices: [{ currency: 'USD', price: 1 }] });

	await send('POST', '/api/v2/deals', { title: 'Bare' });
	const deal = {
		title: 'Order 4711',
		owner_id: 1,
		person_id: 1,
		org_id: 1,
		pipeline_id: pipeline,
		stage_id: stage,
		value: 100,
		currency: 'EUR',
		status: 'open',
		probability: 50,
		expected_close_date: '2026-12-31',
		label_ids: [1],
		custom_fields: customValues(fields.deal, links),
	};
	await send('POST', '/api/v2/deals', deal);
	await walkLines(send);
	await send('PATCH', '/api/v2/deals/2', { status: 'won', won_time: '2026-03-01T00:00:00Z' });
	await send('GET', '/api/v2/deals?status=won&org_id=1&include_labels=true');
	await send('GET', '/api/v2/deals/2?include_fields=products_count');
	await send('PATCH', '/api/v2/deals/1', { is_archived: true });
	await send('GET', '/api/v2/deals/archived');

	await send('POST', '/api/v2/activities', {});
	const activity = {
		subject: 'Delivery',
		type: 'task',
		owner_id: 1,
		deal_id: 2,
		org_id: 1,
		due_date: '2026-03-01',
		due_time: '09:00',
		duration: '01:00',
		busy: false,
		done: true,
		location: { value: 'Am Hafen 7' },
		participants: [{ person_id: 1, primary: true }],
		attendees: [{ email: 'a@b.example' }],
		public_description: 'p',
		note: 'Delivery 80000001',
	};
	await send('POST', '/api/v2/activities', activity);
	await send('GET', '/api/v2/activities?done=true&include_fields=attendees');
	await send('GET', '/api/v2/activities/2');
	await send('PATCH', '/api/v2/activities/2', { done: false });
	await send('DELETE', '/api/v2/activities/1');
}

async function walkLines(send: Send): Promise<void> {
	const path = '/api/v2/deals/2/products';
	const line = { product_id: 2, item_price: 9.99, quantity: 3 };
	const first = (await send('POST', path, { ...line, tax: 19, discount: 5 })).id as number;
	await send('POST', `${path}/bulk`, { data: [line, { ...line, comments: 'second' }] });
	await send('GET', `${path}?sort_by=order_nr`);
	await send('GET', '/api/v2/deals/products?deal_ids=1,2');
	await send('PATCH', `${path}/${first}`, { quantity: 4, billing_start_date: null });
	await send('DELETE', `${path}/${first}`);
	await send('DELETE', path);
}

async function walkSearches(send: Send, fields: Fields): Promise<void> {
	await send('GET', '/api/v2/organizations/search?term=renamed&exact_match=true');
	await send('GET', '/api/v2/organizations/search?term=bare');
	await send('GET', '/api/v2/persons/search?term=ines&fields=email');
	await send('GET', '/api/v2/deals/search?term=4711');
	await send('GET', '/api/v2/products/search?term=MZ-TG-1');
	await send('GET', '/api/v2/itemSearch?term=re&item_types=organization,person,deal,product');
	const field = `field=${fields.deal.varchar}&entity_type=deal&match=exact`;
	await send('GET', `/api/v2/itemSearch/field?term=S4:17100001&${field}`);
}

async function walkV1(send: Send): Promise<void> {
	await send('GET', '/api/v1/users');
	await send('GET', '/v1/users/me');
	await send('GET', '/api/v1/users/2');
	await send('GET', '/api/v1/currencies?term=eur');
	await send('GET', '/api/v1/activityTypes');
	const note = await send('POST', '/api/v1/notes', {
		content: '<b>Order</b><br/>',
		org_id: 1,
		pinned_to_organization_flag: 1,
	});
	await send('GET', '/api/v1/notes?org_id=1&start=0&limit=1');
	await send('GET', `/api/v1/notes/${String(note.id)}`);
	await send('PUT', `/api/v1/notes/${String(note.id)}`, { content: 'New' });
	await send('DELETE', `/api/v1/notes/${String(note.id)}`);
	const hook = await send('POST', '/api/v1/webhooks', {
		subscription_url: 'https://n8n.example/webhook/1',
		event_action: 'change',
		event_object: 'deal',
		name: 'n8n',
	});
	await send('GET', '/api/v1/webhooks');
	await send('DELETE', `/api/v1/webhooks/${String(hook.id)}`);
	await send('PUT', '/api/v1/persons/2/merge', { merge_with_id: 1 });
	await send('PUT', '/api/v1/organizations/2/merge', { merge_with_id: 1 });
	await send('POST', '/api/v2/deals', { title: 'Double' });
	await send('PUT', '/api/v1/deals/3/merge', { merge_with_id: 2 });
	for (const path of ['deals/2', 'products/2', 'stages/4', 'pipelines/2']) {
		await send('DELETE', `/api/v2/${path}`);
	}
}
