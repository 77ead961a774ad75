import { redact } from './redact';

/**
 * - `auth`: the login was refused (wrong user, password, client secret, token).
 * - `forbidden`: the login is good, the right is missing.
 * - `notFound`: the path or the record does not exist.
 * - `invalid`: the server refuses what was sent.
 * - `configuration`: a setting is wrong (host, certificate, path); a person has to change it.
 * - `rateLimited`: too fast; `retryAfterMs` where the server said so.
 * - `budgetSpent`: the daily allowance is used up; `resetsAt` where known.
 * - `blocked`: the server shut us out for a while (an HTML 403 of a gateway).
 * - `transient`: may work later (network, 5xx).
 * - `protocol`: an answer of a shape that the vendor does not document.
 */
export type CoreErrorKind =
	| 'auth'
	| 'forbidden'
	| 'notFound'
	| 'invalid'
	| 'configuration'
	| 'rateLimited'
	| 'budgetSpent'
	| 'blocked'
	| 'transient'
	| 'protocol';

export interface CoreErrorDetails {
	status?: number;
	/** The vendor's own code, for example `ERR_SCHEMA_VALIDATION_FAILED`. */
	code?: string;
	/** What the reader can do, one sentence that names the setting. */
	remedy?: string;
	retryAfterMs?: number;
	/** ISO instant at which a spent budget is whole again. */
	resetsAt?: string;
	/** Vendor's request or transaction id, for their support. */
	requestId?: string;
	/** True when the request certainly never reached the server, so repeating it is harmless. */
	neverSent?: boolean;
	cause?: unknown;
}

/** The one error that core throws. Redacted when it is made: no later code can leak a secret. */
export class CoreError extends Error {
	readonly kind: CoreErrorKind;
	readonly status?: number;
	readonly code?: string;
	readonly remedy?: string;
	readonly retryAfterMs?: number;
	readonly resetsAt?: string;
	readonly requestId?: string;
	readonly neverSent: boolean;

	constructor(kind: CoreErrorKind, message: string, details: CoreErrorDetails = {}) {
		super(redact(message));
		this.name = 'CoreError';
		this.kind = kind;
		this.status = details.status;
		this.code = details.code;
		this.remedy = details.remedy === undefined ? undefined : redact(details.remedy);
		this.retryAfterMs = details.retryAfterMs;
		this.resetsAt = details.resetsAt;
		this.requestId = details.requestId;
		this.neverSent = details.neverSent ?? false;
	}
}

/** Core's own errors pass; anything else is a bug or a refusal of the runtime and becomes `protocol`. */
export function asCoreError(error: unknown): CoreError {
	if (error instanceof CoreError) return error;
	const message = error instanceof Error ? error.message : String(error);
	return new CoreError('protocol', message, { cause: error });
}
