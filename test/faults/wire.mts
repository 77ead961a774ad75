/** The way between n8n and everybody else: where answers get lost, pages are torn and processes die. */
import {
	Agent,
	createServer,
	request as send,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Side = 'erp' | 'pipedrive' | 'tables';
export type FaultKind =
	/** The work is done, the answer never comes. */
	| 'lostAnswer'
	/** Cut before anything is done. */
	| 'drop'
	/** Half of the body, then the connection is cut. */
	| 'cut'
	/** Half of the body, as if that were all. */
	| 'tornPage'
	/** A proxy's page in place of JSON or XML; nothing is done. */
	| 'html'
	| 'status';

export interface Fault {
	side: Side;
	kind: FaultKind;
	status?: number;
	headers?: Record<string, string>;
	method?: string;
	after: number;
	times: number;
}

interface Reply {
	status: number;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

export type Counts = Record<string, number>;

/** Everybody's time. */
export interface World {
	at: number;
}

export class Wire {
	/** By what struck: a fault's kind or status. */
	readonly counts: Counts = {};
	/** Tells of each answer of Pipedrive. */
	onAnswer: (side: Side, status: number, body: Buffer) => void = () => undefined;
	private armed: Fault[] = [];
	private readonly agent = new Agent({ keepAlive: true });
	private readonly closers: Array<() => void> = [];
	private readonly onTheirWay = new Set<Promise<unknown>>();
	private requests = 0;
	private death: { at: number; isWorkDone: boolean; kill: () => void } | undefined;

	constructor(private readonly world: World) {}

	/** The address under which n8n finds this system. */
	async open(
		side: Side,
		target: string | ((path: string, body: string) => object),
	): Promise<string> {
		const server = createServer((request, response) => {
			const served = this.serve(side, target, request, response).catch((error: Error) => {
				response.writeHead(500).end(`harness: ${error.stack}`);
			});
			this.onTheirWay.add(served);
			void served.finally(() => this.onTheirWay.delete(served));
		});
		server.keepAliveTimeout = 0;
		server.requestTimeout = 0;
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		this.closers.push(() => {
			server.close();
			server.closeAllConnections();
		});
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	arm(fault: Fault): void {
		this.armed.push(fault);
	}

	clear(): void {
		this.armed = [];
	}

	/** At the n-th request from now on. */
	killAt(requests: number, isWorkDone: boolean, kill: () => void): void {
		this.death = { at: this.requests + requests, isWorkDone, kill };
	}

	live(): void {
		this.death = undefined;
	}

	/** Until all that was sent has arrived. */
	async quiet(): Promise<void> {
		while (this.onTheirWay.size > 0) await Promise.allSettled([...this.onTheirWay]);
	}

	async close(): Promise<void> {
		for (const close of this.closers) close();
		await this.quiet();
		this.agent.destroy();
	}

	private async serve(
		side: Side,
		target: string | ((path: string, body: string) => object),
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void> {
		const body = await text(request).catch(() => undefined);
		if (body === undefined) return;
		const number = ++this.requests;
		// An answer takes between 5 and 54 milliseconds.
		this.world.at = Math.max(this.world.at, Number(request.headers['x-world-time'] ?? 0));
		this.world.at += 5 + ((number * 7919) % 50);
		const work = async () =>
			typeof target === 'string'
				? await this.forward(target, request, body)
				: jsonReply(target(request.url ?? '', body));
		if (this.death?.at === number) {
			if (this.death.isWorkDone) await work();
			this.death.kill();
			request.socket.destroy();
			return;
		}
		const fault = this.take(side, request.method ?? '');
		if (!fault) return this.answer(response, side, await work());
		const name = fault.kind === 'status' ? String(fault.status) : fault.kind;
		this.counts[name] = (this.counts[name] ?? 0) + 1;
		await this.spoil(fault, request, response, work);
	}

	private async spoil(
		fault: Fault,
		request: IncomingMessage,
		response: ServerResponse,
		work: () => Promise<Reply>,
	): Promise<void> {
		const { kind, side, status = 200, headers = {} } = fault;
		const html = { 'content-type': 'text/html; charset=utf-8' };
		const none = Buffer.alloc(0);
		if (kind === 'drop') return void request.socket.destroy();
		if (kind === 'html') {
			return this.answer(response, side, { status: 200, headers: html, body: PROXY_PAGE });
		}
		if (kind === 'status') return this.answer(response, side, { status, headers, body: none });
		const reply = await work();
		if (kind === 'lostAnswer') return void request.socket.destroy();
		const half = reply.body.subarray(0, Math.floor(reply.body.length / 2));
		if (kind === 'tornPage') return this.answer(response, side, { ...reply, body: half });
		response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length });
		response.write(half, () => request.socket.destroy());
	}

	private answer(response: ServerResponse, side: Side, { status, headers, body }: Reply): void {
		this.onAnswer(side, status, body);
		response.writeHead(status, {
			...headers,
			'content-length': body.length,
			'x-world-time': String(this.world.at),
		});
		response.end(body);
	}

	private take(side: Side, method: string): Fault | undefined {
		for (const fault of this.armed) {
			if (fault.side !== side || fault.times <= 0) continue;
			if (fault.method && fault.method !== method) continue;
			if (fault.after-- > 0) continue;
			fault.times--;
			return fault;
		}
		return undefined;
	}

	private async forward(target: string, request: IncomingMessage, body: string): Promise<Reply> {
		const { hostname, port } = new URL(target);
		const { method, url: path } = request;
		const headers = { ...request.headers };
		delete headers['x-world-time'];
		return await new Promise((resolve, reject) => {
			const onward = send(
				{ hostname, port, method, path, headers, agent: this.agent },
				(answer) => {
					const chunks: Buffer[] = [];
					answer.on('data', (chunk: Buffer) => chunks.push(chunk));
					answer.on('error', reject);
					answer.on('end', () => {
						const { statusCode: status = 0, headers: given } = answer;
						const { connection: _, 'transfer-encoding': __, ...kept } = given;
						resolve({ status, headers: kept, body: Buffer.concat(chunks) });
					});
				},
			);
			onward.on('error', reject);
			onward.end(body);
		});
	}
}

const PROXY_PAGE = Buffer.from(
	'<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>',
);

function jsonReply(answer: object): Reply {
	return {
		status: 200,
		headers: { 'content-type': 'application/json' },
		body: Buffer.from(JSON.stringify(answer)),
	};
}
