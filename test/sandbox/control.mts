/** `POST /__control/<operation>` with JSON arguments: what tests do in process, for everyone else. */
import type { Answer, Exchange } from './http.mts';

const ROOT = '/__control/';

/** What an operation gives back becomes the answer; nothing becomes `{"ok": true}`. */
export type Operations<System, Body> = Record<string, (system: System, body: Body) => unknown>;

export function isControl({ path }: Exchange): boolean {
	return path.startsWith(ROOT);
}

export function answerControl<System, Body>(
	operations: Operations<System, Body>,
	system: System,
	exchange: Exchange,
): Answer {
	const name = exchange.path.slice(ROOT.length);
	const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
	if (!operation || exchange.method !== 'POST') {
		const known = Object.keys(operations).join(', ');
		return { status: 404, body: { error: `POST to one of: ${known}` } };
	}
	try {
		const body = JSON.parse(exchange.bodyText || '{}') as Body;
		return { status: 200, body: (operation(system, body) as object | undefined) ?? { ok: true } };
	} catch (error) {
		return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
	}
}
