/** `/__control/*`: faults, state, snapshots, edits by a person; no token, no cost. */
import type { Answer, Exchange } from '../http.mts';
import type { Forgery } from './delivery.mts';
import type { Fault } from './faults.mts';
import type { PipedriveSandbox } from './server.mts';
import type { EntityName } from './world.mts';

type Body = Record<string, unknown>;
type Route = (sandbox: PipedriveSandbox, body: Body, query: URLSearchParams) => unknown;

const routes: Record<string, Route> = {
	'GET /state': (sandbox) => ({
		now: new Date(sandbox.now()).toISOString(),
		counts: sandbox.log.totals(),
		budget: {
			limit: sandbox.limits.dailyTokens,
			spent: sandbox.limits.spent,
			resetsAt: new Date(sandbox.limits.resetsAt()).toISOString(),
		},
		down: sandbox.faults.isDown,
		faults: sandbox.faults.list(),
		records: Object.fromEntries(
			Object.entries(sandbox.store.collections).map(([name, rows]) => [name, rows.size]),
		),
	}),
	'GET /log': (sandbox) => sandbox.log.entries,
	'GET /exchanges': (sandbox) => sandbox.log.exchanges,
	/** `?entity=organizations`: every record, deleted ones too. */
	'GET /records': (sandbox, _, query) => sandbox.records(query.get('entity') as EntityName),
	/** One fault or a list. */
	'POST /faults': (sandbox, body) => ({
		ids: sandbox.faults.add(...((Array.isArray(body) ? body : [body]) as Fault[])),
	}),
	'DELETE /faults': (sandbox) => {
		sandbox.faults.clear();
		return {};
	},
	/** `{ms}` from now, or `{until}` as RFC 3339; `{ms: 0}` brings it back. */
	'POST /down': (sandbox, body) => {
		const until = body.until ? Date.parse(String(body.until)) : sandbox.now() + Number(body.ms);
		sandbox.faults.goDown(until);
		return { until: new Date(until).toISOString() };
	},
	/** `{spent}`, `{limit}`: as if others had used the account. */
	'POST /budget': (sandbox, body) => {
		if (body.limit !== undefined) sandbox.limits.setDailyTokens(Number(body.limit));
		if (body.spent !== undefined) sandbox.limits.setSpent(Number(body.spent));
		return { limit: sandbox.limits.dailyTokens, spent: sandbox.limits.spent };
	},
	/** `{organizations, persons}`: that many plausible ones. */
	'POST /seed': (sandbox, body) => sandbox.seed(body as { organizations?: number }),
	/** `{entity, id, patch}`: a person's edit in the user interface. */
	'POST /edit': (sandbox, body) =>
		sandbox.edit(body.entity as EntityName, Number(body.id), body.patch as Body),
	/** Webhook deliveries so far, with what was lost and why. */
	'GET /deliveries': ({ deliveries }) => ({ sent: deliveries.sent, lost: deliveries.lost }),
	/** `{twice, drop, hold: true, release: 'inOrder' | 'reversed'}`, each optional. */
	'POST /deliveries': ({ deliveries }, body) => {
		if (body.twice !== undefined) deliveries.twice(Number(body.twice));
		if (body.drop !== undefined) deliveries.drop(Number(body.drop));
		if (body.hold === true) deliveries.hold();
		if (body.release !== undefined) deliveries.release(body.release as 'inOrder' | 'reversed');
		return {};
	},
	/** `{hookId, login, body, headers}`: a stranger sends something to a webhook's address. */
	'POST /forge': ({ deliveries }, body) => {
		void deliveries.forge(Number(body.hookId), body as Forgery);
		return {};
	},
	/** Faults, log, limits; with `{records: true}` all records and custom fields too. */
	'POST /reset': (sandbox, body) => {
		sandbox.reset({ records: body.records === true });
		return {};
	},
};

export function answerControl(sandbox: PipedriveSandbox, exchange: Exchange): Answer {
	const name = `${exchange.method} ${exchange.path.slice('/__control'.length)}`;
	const route = routes[name];
	if (!route) return { status: 404, body: { error: `no control ${name}` } };
	try {
		const body = exchange.bodyText === '' ? {} : (JSON.parse(exchange.bodyText) as Body);
		return { status: 200, body: route(sandbox, body, exchange.query) as object };
	} catch (error) {
		return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
	}
}
