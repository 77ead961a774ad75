/** A refusal with the status and code the Service Layer gives it. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly code: number,
		message: string,
	) {
		super(message);
	}
}

export const badRequest = (message: string) => new Refusal(400, -1000, message);

/** `v1`: number and message object; `v2`: both strings; `mixed`: what some v2 servers send. */
export function errorBody(refusal: Refusal, form: 'v1' | 'v2' | 'mixed'): object {
	const { code, message } = refusal;
	if (form === 'v2') return { error: { code: String(code), message } };
	return { error: { code, message: { lang: 'en-us', value: message } } };
}
