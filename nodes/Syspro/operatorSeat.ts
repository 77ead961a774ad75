import { asCoreError, CoreError } from '../../core/http/errors';

/** What a seat needs to open and end sessions. */
export interface SeatUser {
	/** Names company and secrets, hashed: another one needs a session of its own. */
	account: string;
	logon(): Promise<string>;
	/** Never throws. */
	logoff(sessionId: string): Promise<void>;
	isLost(error: CoreError): boolean;
}

/**
 * The one session that SYSPRO grants an operator. A second logon would end the first, so all nodes of this process
 * that use the operator share it, one call at a time; the last one to leave logs off.
 */
export class OperatorSeat {
	private tail: Promise<unknown> = Promise.resolve();
	private session: { id: string; account: string; logoff: SeatUser['logoff'] } | undefined;
	private users = 0;

	constructor(private readonly onEmpty: () => void) {}

	join(): void {
		this.users++;
	}

	async leave(): Promise<void> {
		this.users--;
		await this.inTurn(async () => {
			if (this.users > 0) return;
			await this.end();
			this.onEmpty();
		});
	}

	/** Runs one call with a session. A session that was lost is opened again once. */
	async call<T>(user: SeatUser, work: (sessionId: string) => Promise<T>): Promise<T> {
		return await this.inTurn(async () => {
			for (let isRepeated = false; ; isRepeated = true) {
				const id = await this.sessionOf(user);
				try {
					return await work(id);
				} catch (caught) {
					const error = asCoreError(caught);
					if (!user.isLost(error)) throw error;
					this.session = undefined;
					if (isRepeated) throw contested(error);
				}
			}
		});
	}

	private async sessionOf(user: SeatUser): Promise<string> {
		if (this.session?.account === user.account) return this.session.id;
		await this.end();
		const id = await user.logon();
		this.session = { id, account: user.account, logoff: (one) => user.logoff(one) };
		return id;
	}

	private async end(): Promise<void> {
		const ended = this.session;
		this.session = undefined;
		await ended?.logoff(ended.id);
	}

	private async inTurn<T>(work: () => Promise<T>): Promise<T> {
		const turn = this.tail.then(work, work);
		this.tail = turn.catch(() => undefined);
		return await turn;
	}
}

/** Waiting helps here, unlike after a refused login. */
function contested({ code, remedy }: CoreError): CoreError {
	const message = 'SYSPRO ended the session of this operator twice in a row.';
	return new CoreError('transient', message, { code, remedy });
}

/** The seats of all operators in this process. */
export class OperatorSeats {
	private readonly seats = new Map<string, OperatorSeat>();

	/** @param operator host and operator, as SYSPRO tells them apart */
	take(operator: string): OperatorSeat {
		const known = this.seats.get(operator);
		const seat = known ?? new OperatorSeat(() => this.free(operator, seat));
		if (!known) this.seats.set(operator, seat);
		seat.join();
		return seat;
	}

	private free(operator: string, seat: OperatorSeat): void {
		if (this.seats.get(operator) === seat) this.seats.delete(operator);
	}
}
