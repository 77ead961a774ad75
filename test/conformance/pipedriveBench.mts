/** A fresh sandbox per test with a clock of its own, and short ways to talk to it. */
import {
	startPipedriveSandbox,
	type PipedriveOptions,
	type PipedriveSandbox,
} from '../sandbox/pipedrive/server.mts';

export type Json = Record<string, any>;

export interface Reply {
	status: number;
	headers: Headers;
	text: string;
	/** Empty where the answer is no JSON. */
	body: Json;
}

export class Bench {
	sandbox!: PipedriveSandbox;
	/** Milliseconds since 1970; tests move it. */
	now = Date.parse('2026-03-02T09:00:00Z');

	async start(options: PipedriveOptions = {}): Promise<void> {
		this.sandbox = await startPipedriveSandbox({ now: () => this.now, ...options });
	}

	async send(method: string, path: string, body?: unknown, token?: string): Promise<Reply> {
		const response = await fetch(`${this.sandbox.url}${path}`, {
			method,
			headers: {
				'x-api-token': token ?? this.sandbox.token,
				'content-type': 'application/json',
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		return { status: response.status, headers: response.headers, text, body: parsed(text) };
	}

	async create(body: Json): Promise<Json> {
		return (await this.send('POST', '/api/v2/organizations', body)).body.data as Json;
	}

	async newField(type: string, more: Json = {}): Promise<Json> {
		const body = { field_name: 'F', field_type: type, ...more };
		return (await this.send('POST', '/api/v2/organizationFields', body)).body.data as Json;
	}
}

function parsed(text: string): Json {
	try {
		return JSON.parse(text) as Json;
	} catch {
		return {};
	}
}
