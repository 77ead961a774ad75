import { CoreError } from '../../core/http/errors';
import type { Ports, Transport } from '../../core/http/ports';

/** 20 November 2026, ten past eight in UTC. */
export const NOW = Date.parse('2026-11-20T08:10:00Z');
export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** Time that only moves when somebody sleeps or a test says so. */
export class TestClock implements Ports {
	at = NOW;
	/** Pauses asked for; none is waited for. */
	pauses: number[] = [];
	now = () => this.at;
	random = () => 0.5;
	sleep = async (ms: number) => {
		this.pauses.push(ms);
		this.at += ms;
	};
}

/** Node's own HTTP in place of n8n's request helper; repeated headers joined as there. */
export const loopback: Transport = async (request) => {
	const { method, headers, body } = request;
	const lost = (error: Error): never => {
		throw new CoreError('transient', `No answer: ${error.message}`);
	};
	const answer = await fetch(request.url, { method, headers, body, redirect: 'manual' }).catch(
		lost,
	);
	const answered: Record<string, string> = {};
	answer.headers.forEach((value, name) => {
		answered[name] = name in answered ? `${answered[name]}, ${value}` : value;
	});
	const bytes = await answer.arrayBuffer().catch(lost);
	return { status: answer.status, headers: answered, body: Buffer.from(bytes) };
};
