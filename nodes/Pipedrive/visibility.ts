import type { Environment } from './run';

/**
 * A record that the token's user cannot see looks absent, and would be created a second time. Asked once for each
 * credential and process, 2 tokens; `undefined` when the user sees everything or Pipedrive does not tell.
 */
export async function visibilityNotice(environment: Environment): Promise<string | undefined> {
	const { memory, company, api } = environment;
	const key = company.credentialKey;
	if (!memory.visibility.has(key)) {
		const isAdmin = await api.isGlobalAdmin().catch(() => undefined);
		memory.visibility.set(key, isAdmin === false ? NOTICE : undefined);
	}
	return memory.visibility.get(key);
}

const NOTICE =
	'The user of this Pipedrive credential is no global admin: records that it may not see look absent and could be created again. Use the token of a global admin.';
