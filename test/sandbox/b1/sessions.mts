/** Login, the session cookie and the node cookie of the load balancer. */
import { createHash } from 'node:crypto';
import type { Answer, Exchange } from '../http.mts';
import { Refusal } from './refusal.mts';

export interface LoginOptions {
	companyDb: string;
	user: string;
	password: string;
	/** Minutes of idleness. */
	timeoutMinutes: number;
	/** Whether a request without the ROUTEID cookie lands on a node that does not know the session. */
	needsRouteId: boolean;
	/** Code and status of a lost session: 301 as documented; some installations say -5002. */
	lostCode: number;
}

const LOST = 'Invalid session or session already timeout.';

export class Sessions {
	readonly options: LoginOptions;
	logins = 0;
	logouts = 0;
	private readonly open = new Map<string, { route: string; usedAt: number }>();

	constructor(
		options: Partial<LoginOptions>,
		private readonly now: () => number,
	) {
		this.options = {
			companyDb: 'SBODEMODE',
			user: 'pipedrive',
			password: 'B1-of-the-sandbox',
			timeoutMinutes: 30,
			needsRouteId: true,
			lostCode: 301,
			...options,
		};
	}

	get count(): number {
		return this.open.size;
	}

	/** The server restarts or forgets: every session is gone. */
	loseAll(): void {
		this.open.clear();
	}

	login({ bodyText, method }: Exchange, version: 'v1' | 'v2'): Answer {
		if (method !== 'POST') throw this.lost();
		const { CompanyDB, UserName, Password } = JSON.parse(bodyText || '{}') as Record<
			string,
			string
		>;
		this.logins++;
		const { companyDb, user, password, timeoutMinutes } = this.options;
		if (CompanyDB !== companyDb) {
			throw new Refusal(401, -304, `Fail to get DB Credentials from SLD for ${CompanyDB}`);
		}
		if (UserName !== user || Password !== password) {
			throw new Refusal(401, -304, 'Fail to logon: wrong user name or password');
		}
		const id = createHash('md5').update(`session ${this.logins}`).digest('hex');
		const route = `.node${1 + (this.logins % 2)}`;
		this.open.set(id, { route, usedAt: this.now() });
		const context = version === 'v1' ? 'odata.metadata' : '@odata.context';
		return {
			status: 200,
			// Neither path nor end: strict cookie jars drop the first one.
			headers: { 'set-cookie': [`B1SESSION=${id};HttpOnly;`, `ROUTEID=${route}; path=/b1s`] },
			body: {
				[context]: `$metadata#B1Sessions/@Element`,
				SessionId: id,
				Version: '1000110',
				SessionTimeout: timeoutMinutes,
			},
		};
	}

	logout(exchange: Exchange): Answer {
		this.open.delete(this.idOf(exchange));
		this.logouts++;
		return { status: 204 };
	}

	/** Throws the refusal of a request that brings no living session. */
	check(exchange: Exchange): void {
		this.open.get(this.idOf(exchange))!.usedAt = this.now();
	}

	private idOf({ headers }: Exchange): string {
		const cookies = new Map(
			(headers.cookie ?? '').split(/;\s*/).map((pair) => pair.split('=', 2) as [string, string]),
		);
		const id = cookies.get('B1SESSION') ?? '';
		const session = this.open.get(id);
		if (!session) throw this.lost();
		if (this.options.needsRouteId && cookies.get('ROUTEID') !== session.route) throw this.lost();
		if (this.now() - session.usedAt > this.options.timeoutMinutes * 60_000) {
			this.open.delete(id);
			throw this.lost();
		}
		return id;
	}

	lost(): Refusal {
		return new Refusal(401, this.options.lostCode, LOST);
	}
}
