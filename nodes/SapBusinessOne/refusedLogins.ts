import { CoreError, type CoreErrorKind } from '../../core/http/errors';

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MINUTES = 60;

/** Logins that were refused: many servers lock a user after a few. A corrected credential is another key. */
export interface RefusedLogins {
	/** @throws CoreError `auth` while this login is not worth another try */
	check(key: string, now: number): void;
	/** How a login ended: `undefined` = well. */
	note(key: string, now: number, kind: CoreErrorKind | undefined): void;
}

/** Pauses of 1, 2, 4 … 60 minutes. Kept in the process, for as many logins as there are credentials. */
export function createRefusedLogins(): RefusedLogins {
	const refused = new Map<string, { times: number; until: number }>();
	return {
		check(key, now) {
			const minutes = Math.ceil(((refused.get(key)?.until ?? now) - now) / MINUTE_MS);
			if (minutes <= 0) return;
			throw new CoreError(
				'auth',
				`SAP Business One refused this login; for an event it is tried again in ${minutes} min, so that the user is not locked.`,
				{
					neverSent: true,
					remedy: 'Correct "User" or "Password" in the credential: that is tried at once.',
				},
			);
		},
		note(key, now, kind) {
			if (kind === undefined) refused.delete(key);
			if (kind !== 'auth') return;
			const times = (refused.get(key)?.times ?? 0) + 1;
			const minutes = Math.min(LONGEST_PAUSE_MINUTES, 2 ** (times - 1));
			refused.set(key, { times, until: now + minutes * MINUTE_MS });
		},
	};
}
