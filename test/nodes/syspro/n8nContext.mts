/** n8n's request helper, played by Node's own HTTP: same options, same answer, same kind of error. */
import type { IHttpRequestOptions, INode } from 'n8n-workflow';

export const NODE: INode = {
	id: '5f6f2b0e-0000-4000-8000-000000000002',
	name: 'SYSPRO',
	type: 'n8n-nodes-erp-pipedrive.syspro',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

async function httpRequest(options: IHttpRequestOptions): Promise<unknown> {
	const answer = await fetch(options.url, {
		method: options.method ?? 'GET',
		headers: options.headers as Record<string, string>,
		redirect: 'manual',
	}).catch((error: Error & { cause?: { code?: string } }) => {
		throw Object.assign(new Error(error.message), { code: error.cause?.code });
	});
	const headers: Record<string, string> = {};
	answer.headers.forEach((value, name) => (headers[name] = value));
	const bytes = Buffer.from(await answer.arrayBuffer());
	const body = options.encoding === 'arraybuffer' ? bytes : bytes.toString('utf8');
	return { statusCode: answer.status, headers, body };
}

export const n8nHelpers = { httpRequest };
