/** Only the limits of the sandbox, in virtual time: what a request is answered, and how many of them were refused. */
import { createClient, type ClientRequest, type HttpClient } from '../../../core/http/client';
import type { HttpResponse, Transport } from '../../../core/http/ports';
import { classifyAnswer } from '../../../nodes/Pipedrive/answers';
import { companyOf } from '../../../nodes/Pipedrive/company';
import { createLedgerBook, type Ledger, type LedgerBook } from '../../../nodes/Pipedrive/ledger';
import { FakeClock } from '../../fakes/fakeClock.mts';
import { Limits, type LimitOptions } from '../../sandbox/pipedrive/limits.mts';
import { seededRandom } from '../../core/http/rollingServer.mts';

export interface LimitedServer {
	clock: FakeClock;
	limits: Limits;
	answers: Record<number, number>;
	/** Tokens that went to us, and the least that remained right after one of our requests was counted. */
	tokens: number;
	leastRemaining: number;
	/** One n8n process: its own memory of budgets. */
	worker(options?: WorkerOptions): Worker;
	/** People and other tools: a token of their own. */
	spendElsewhere(tokens: number): void;
}

export interface WorkerOptions {
	credential?: Record<string, unknown>;
	book?: LedgerBook;
	seed?: number;
}

export interface Worker {
	book: LedgerBook;
	ledger: Ledger;
	client: HttpClient;
	/** Sends so many, as many at once as the ledger wants. Gives how each ended: `ok` or the kind of the error. */
	send(count: number, request?: Partial<ClientRequest>): Promise<string[]>;
}

export function startLimitedServer(options: Partial<LimitOptions> = {}): LimitedServer {
	const clock = new FakeClock();
	const limits = new Limits({
		now: clock.now,
		plan: 'lite',
		seats: 1,
		dayStartsAtMs: 0,
		dailyHeaders: true,
		blockAfter: 10,
		blockMs: 30_000,
		failuresCost: true,
		...options,
	});
	const bearer = { token: 'ours', oauth: false };
	const server: LimitedServer = {
		clock,
		limits,
		answers: {},
		tokens: 0,
		leastRemaining: Infinity,
		spendElsewhere: (tokens) => limits.setSpent(limits.spent + tokens),
		worker: (chosen = {}) => openWorker(chosen),
	};

	function answer(cost: number, isSearch: boolean): HttpResponse {
		const refusal = limits.blocked(bearer.token) ?? limits.admit(bearer, cost, isSearch);
		if (!refusal) {
			server.tokens += cost;
			server.leastRemaining = Math.min(server.leastRemaining, limits.dailyTokens - limits.spent);
		}
		const given = refusal ?? {
			status: 200,
			headers: limits.headers(bearer, isSearch),
			body: { success: true, data: {} },
		};
		server.answers[given.status] = (server.answers[given.status] ?? 0) + 1;
		const body = typeof given.body === 'string' ? given.body : JSON.stringify(given.body);
		return {
			status: given.status,
			headers: { 'content-type': 'application/json', ...given.headers } as Record<string, string>,
			body: Buffer.from(body),
		};
	}

	function openWorker(chosen: WorkerOptions): Worker {
		const random = seededRandom(chosen.seed ?? 1);
		const book = chosen.book ?? createLedgerBook();
		const plan = limits.options.plan;
		const company = companyOf(
			{ apiToken: 'ours', apiBaseUrl: 'https://x.example', plan, ...chosen.credential },
			'erpPipedriveApi',
			'1',
		);
		const ports = { now: clock.now, sleep: clock.sleep, random };
		const ledger = book.open(company, ports);
		const transport: Transport = async ({ url }) => {
			const { searchParams } = new URL(url);
			const whole = 60 + Math.floor(random() * 61);
			const there = Math.floor(random() * whole);
			await clock.sleep(there);
			const given = answer(Number(searchParams.get('cost')), searchParams.get('lane') === 'search');
			await clock.sleep(whole - there);
			return given;
		};
		const client = createClient({
			transport,
			ports,
			gate: ledger,
			maxAttempts: 8,
			classify: (response) => classifyAnswer(response, clock.now()),
		});
		return {
			book,
			ledger,
			client,
			async send(count, request = {}) {
				const outcomes: string[] = [];
				let left = count;
				const work = async () => {
					while (left > 0) {
						left--;
						const { cost = 5, lane = 'default' } = request;
						const url = `https://x.example/?cost=${cost}&lane=${lane}`;
						const whole = {
							method: 'PATCH' as const,
							repeatable: true,
							...request,
							url,
							cost,
							lane,
						};
						await client.send(whole).then(
							() => outcomes.push('ok'),
							({ kind }: { kind: string }) => outcomes.push(kind),
						);
					}
				};
				await Promise.all(Array.from({ length: ledger.concurrency }, work));
				return outcomes;
			},
		};
	}
	return server;
}
