/** n8n's request helper, played by Node's own HTTP: same options, same answer, same kind of error. */
import type { IHttpRequestOptions, INode } from 'n8n-workflow';

/** A node of this package in a workflow: its name there, and its type. */
export function nodeOf(name: string, type: string): INode {
	return {
		id: '5f6f2b0e-0000-4000-8000-000000000001',
		name,
		type: `n8n-nodes-erp-pipedrive.${type}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
}

async function httpRequest(options: IHttpRequestOptions): Promise<unknown> {
	const { method = 'GET', url, body } = options;
	const answer = await fetch(url, {
		method,
		headers: options.headers as Record<string, string>,
		body: body as string | undefined,
		redirect: 'manual',
	}).catch((error: Error & { cause?: { code?: string } }) => {
		throw Object.assign(new Error(error.message), { code: error.cause?.code });
	});
	const bytes = Buffer.from(await answer.arrayBuffer());
	return {
		statusCode: answer.status,
		headers: headersOf(answer.headers),
		body: options.encoding === 'arraybuffer' ? bytes : bytes.toString('utf8'),
	};
}

export const n8nHelpers = { httpRequest };

function headersOf(headers: Headers): Record<string, string> {
	const named: Record<string, string> = {};
	headers.forEach((value, name) => (named[name] = value));
	return named;
}
