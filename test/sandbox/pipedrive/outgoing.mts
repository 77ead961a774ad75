/** The request of one webhook delivery. */
import type { Row } from './collection.mts';

const ANSWER_WITHIN_MS = 10_000;

export function loginOf(hook: Row): string {
	const { http_auth_user: user, http_auth_password: password } = hook;
	return user === null && password === null ? '' : `${String(user)}:${String(password)}`;
}

/** 0 when no answer came, and for every address that is not this machine's: nothing leaves it. */
export async function post(
	url: string,
	body: string,
	login: string,
	headers: Record<string, string> = {},
): Promise<number> {
	if (!/^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/.test(url)) return 0;
	const basic = Buffer.from(login, 'utf8').toString('base64');
	try {
		const answer = await fetch(url, {
			method: 'POST',
			redirect: 'manual',
			signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
			headers: {
				'content-type': 'application/json',
				...(login === '' ? {} : { authorization: `Basic ${basic}` }),
				...headers,
			},
			body,
		});
		await answer.arrayBuffer();
		return answer.status;
	} catch {
		return 0;
	}
}
