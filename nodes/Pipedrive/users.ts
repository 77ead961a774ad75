import { CoreError } from '../../core/http/errors';
import type { PipedriveUser } from './api';
import type { Environment } from './run';

const USERS_LIFETIME_MS = 15 * 60 * 1000;

/** Pipedrive's user by number or e-mail. */
export async function userIdOf(environment: Environment, user: string): Promise<number> {
	if (/^\d+$/.test(user.trim())) return Number(user);
	const known = await usersOf(environment);
	const wanted = user.trim().toLowerCase();
	const found = known.find(({ email, active }) => active && email.toLowerCase() === wanted);
	if (found) return found.id;
	throw new CoreError('configuration', `Pipedrive has no active user with the e-mail "${user}".`, {
		remedy:
			'Correct the e-mail where the node names the user (Default Owner, Assigned To or a mapped field).',
	});
}

/** Read once and kept for a quarter of an hour: 20 tokens. */
export async function usersOf(environment: Environment): Promise<PipedriveUser[]> {
	const { memory, company, api, ports } = environment;
	const known = memory.users.get(company.credentialKey);
	if (known && ports.now() - known.readAt <= USERS_LIFETIME_MS) return known.users;
	const read = { readAt: ports.now(), users: await api.users() };
	memory.users.set(company.credentialKey, read);
	return read.users;
}
