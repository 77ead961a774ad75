/** The path of one request: block, token, limits, faults, route, strict reading, work, envelope. */
import { randomUUID } from 'node:crypto';
import type { Answer, Exchange } from '../http.mts';
import { Access, unauthorized } from './access.mts';
import { ApiError, info, invalid } from './apiError.mts';
import { answerInstead, spoil } from './faultAnswers.mts';
import { Faults, type Fault } from './faults.mts';
import type { Limits } from './limits.mts';
import { RequestLog } from './log.mts';
import type { Operation, Reply } from './operation.mts';
import { readQuery, Router, type Routed } from './router.mts';
import { faultOf } from './schema.mts';
import type { User, World } from './world.mts';

export interface GatewayParts {
	world: World;
	access: Access;
	limits: Limits;
	faults: Faults;
	log: RequestLog;
	operations: readonly Operation[];
	/** Keep whole exchanges in the log. */
	record: boolean;
	/** Waits for `slow` faults. */
	sleep(ms: number): Promise<void>;
}

const bases: Array<[prefix: string, version: 'v1' | 'v2']> = [
	['/api/v2/', 'v2'],
	['/api/v1/', 'v1'],
	['/v1/', 'v1'],
];

interface Outcome {
	answer: Answer;
	tokens: number;
	routed?: Routed;
	fault?: Fault;
}

export class Gateway {
	private readonly router: Router;

	constructor(readonly parts: GatewayParts) {
		this.router = new Router(parts.operations);
	}

	async handle(exchange: Exchange): Promise<Answer> {
		const { log, record, world } = this.parts;
		const at = world.options.now();
		const outcome = await this.process(exchange);
		const { answer, tokens, routed, fault } = outcome;
		answer.headers = {
			'x-correlation-id': randomUUID(),
			date: new Date(at).toUTCString(),
			...answer.headers,
		};
		log.add({
			at,
			method: exchange.method,
			path: exchange.path,
			operation: routed?.operation.path ?? exchange.path,
			kind: routed?.operation.kind ?? 'other',
			status: answer.drop ? 0 : answer.status,
			tokens,
			...(fault ? { fault: fault.kind } : {}),
		});
		if (record) this.record(exchange, answer);
		return answer;
	}

	private async process(exchange: Exchange): Promise<Outcome> {
		const { access, faults, limits } = this.parts;
		if (faults.isDown) return { answer: { status: 0, drop: 'before' }, tokens: 0 };
		const bearer = access.identify(exchange.headers);
		const block = bearer && limits.blocked(bearer.token);
		if (block) return { answer: block, tokens: 0 };
		const fault = faults.take(exchange.method, exchange.path);
		if (fault?.kind === 'slow') await this.parts.sleep(fault.ms ?? 1000);
		const instead = fault && answerInstead(fault);
		if (instead) return { answer: instead, tokens: 0, fault };
		if (!bearer) return { answer: unauthorized(), tokens: 0 };
		const found = this.route(exchange);
		const routed = 'operation' in found ? found : undefined;
		const cost = routed?.operation.cost ?? 0;
		const search = routed?.operation.kind === 'search';
		const refused = limits.admit(bearer, cost, search);
		if (refused) {
			if (fault) faults.giveBack(fault);
			return { answer: refused, tokens: 0, routed };
		}
		const user = this.parts.world.users.find(({ id }) => id === bearer.userId) as User;
		const spentBefore = limits.spent;
		const answer = this.work(exchange, found, user);
		if (answer.status >= 400) limits.refund(cost);
		const tokens = cost - (spentBefore - limits.spent);
		answer.headers = { ...limits.headers(bearer, search), ...answer.headers };
		return { answer: fault ? spoil(answer, fault) : answer, tokens, routed, fault };
	}

	private route(exchange: Exchange): Routed | { known: boolean } {
		for (const [prefix, version] of bases) {
			if (!exchange.path.startsWith(prefix)) continue;
			return this.router.find(exchange.method, version, exchange.path.slice(prefix.length - 1));
		}
		return { known: false };
	}

	private work(exchange: Exchange, found: Routed | { known: boolean }, user: User): Answer {
		try {
			if (!('operation' in found)) {
				throw found.known
					? new ApiError(405, 'Method not allowed')
					: new ApiError(404, 'Unknown method .');
			}
			const { operation, params } = found;
			const { world } = this.parts;
			const query = readQuery(operation.query ?? {}, exchange.query);
			const body = readBody(operation, exchange, world);
			const reply = world.during({ userId: user.id, source: 'api' }, () =>
				operation.run({ world, user, params, query, body }),
			);
			return { status: operation.status ?? 200, body: envelope(reply) };
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			return { status: error.status, body: failure(error) };
		}
	}

	private record(exchange: Exchange, answer: Answer): void {
		this.parts.log.exchanges.push({
			method: exchange.method,
			path: exchange.path,
			query: exchange.query.toString(),
			requestBody: parsed(exchange.bodyText),
			status: answer.drop ? 0 : answer.status,
			responseBody: structuredClone(answer.body ?? null),
			responseHeaders: answer.headers ?? {},
		});
	}
}

function envelope(reply: Reply): object {
	return {
		success: true,
		...reply.extra,
		...(reply.data === undefined ? {} : { data: reply.data }),
		...(reply.additionalData === undefined ? {} : { additional_data: reply.additionalData }),
	};
}

function failure(error: ApiError): object {
	if (error.body) return error.body;
	return {
		success: false,
		error: error.message,
		error_info: info,
		data: null,
		additional_data: null,
		...(error.code === undefined ? {} : { code: error.code }),
	};
}

function readBody(operation: Operation, exchange: Exchange, world: World) {
	if (!operation.body) {
		if (exchange.bodyText.trim() !== '' && exchange.bodyText.trim() !== '{}') {
			throw invalid('body: this request takes none');
		}
		return {};
	}
	if (!/^application\/json\b/i.test(exchange.headers['content-type'] ?? '')) {
		throw new ApiError(415, 'Unsupported Media Type: send application/json');
	}
	const body = parsed(exchange.bodyText);
	if (typeof body !== 'object' || body === null) throw invalid('body: must be JSON');
	const fault = faultOf(operation.body, body, '', world.options.nulls === 'clearable');
	if (fault) throw invalid(fault);
	return body as Record<string, unknown>;
}

function parsed(text: string): unknown {
	if (text.trim() === '') return null;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}
