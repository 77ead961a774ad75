/** One loopback HTTP server for every sandbox system: reads a request whole, hands it on, sends the answer. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
	/** Upper case. */
	method: string;
	/** Without query, still percent-encoded. */
	path: string;
	query: URLSearchParams;
	/** Names in lower case; repeated headers joined by ", ". */
	headers: Record<string, string>;
	bodyText: string;
}

export interface Answer {
	status: number;
	headers?: Record<string, string | string[]>;
	/** A string goes out as it is, an object as JSON, a Buffer byte by byte. */
	body?: string | object | Buffer;
	/**
	 * Cut the connection instead of answering. For the server both are the same cut; the word
	 * says whether the system had done the work (`after`) or not (`before`). `midway`: headers and
	 * half of the body go out first.
	 */
	drop?: 'before' | 'after' | 'midway';
}

export type Handler = (exchange: Exchange) => Answer | Promise<Answer>;

export interface RunningServer {
	/** `http://127.0.0.1:<port>`, no trailing slash. */
	url: string;
	port: number;
	close(): Promise<void>;
}

/** Starts on 127.0.0.1, on a free port unless one is named. A handler that throws answers 500. */
export function startServer(
	handler: Handler,
	options: { port?: number } = {},
): Promise<RunningServer> {
	const server = createServer((request, response) => void serve(handler, request, response));
	// No timer of the server may cut a connection: on a busy machine it would hit one that is just being used again.
	server.keepAliveTimeout = 0;
	server.headersTimeout = 0;
	server.requestTimeout = 0;
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, '127.0.0.1', () => {
			const { port } = server.address() as AddressInfo;
			const close = () =>
				new Promise<void>((closed) => {
					server.close(() => closed());
					server.closeAllConnections();
				});
			resolve({ url: `http://127.0.0.1:${port}`, port, close });
		});
	});
}

async function serve(handler: Handler, request: IncomingMessage, response: ServerResponse) {
	let answer: Answer;
	try {
		answer = await handler(await readExchange(request));
	} catch (error) {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		answer = { status: 500, headers: { 'content-type': 'text/plain' }, body: `sandbox: ${text}` };
	}
	send(answer, request, response);
}

async function readExchange(request: IncomingMessage): Promise<Exchange> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const target = request.url ?? '/';
	const mark = target.indexOf('?');
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(request.headers)) {
		if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
	}
	return {
		method: (request.method ?? 'GET').toUpperCase(),
		path: mark < 0 ? target : target.slice(0, mark),
		query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
		headers,
		bodyText: Buffer.concat(chunks).toString('utf8'),
	};
}

function send(answer: Answer, request: IncomingMessage, response: ServerResponse) {
	if (answer.drop === 'before' || answer.drop === 'after') {
		request.socket.destroy();
		return;
	}
	const isText = typeof answer.body === 'string' || answer.body === undefined;
	const isJson = !isText && !Buffer.isBuffer(answer.body);
	const payload = isJson ? JSON.stringify(answer.body) : ((answer.body ?? '') as string | Buffer);
	const headers: Record<string, string | string[]> = {
		...(isJson ? { 'content-type': 'application/json; charset=utf-8' } : {}),
		...answer.headers,
		'content-length': String(Buffer.byteLength(payload)),
	};
	response.writeHead(answer.status, headers);
	if (answer.drop === 'midway') {
		const bytes = Buffer.from(payload);
		response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => request.socket.destroy());
		return;
	}
	response.end(payload);
}
