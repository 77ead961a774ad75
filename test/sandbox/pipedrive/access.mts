/** API tokens, OAuth access tokens and the token endpoint. */
import { createHash } from 'node:crypto';
import type { Answer, Exchange } from '../http.mts';
import type { Bearer } from './limits.mts';
import { info } from './apiError.mts';

export interface OAuthOptions {
	clientId: string;
	clientSecret: string;
	refreshToken: string;
	expiresInSeconds: number;
	scope: string;
}

interface Grant {
	userId: number;
	oauth: boolean;
	expiresAt: number;
}

export class Access {
	private readonly grants = new Map<string, Grant>();
	private issued = 0;

	constructor(
		private readonly now: () => number,
		readonly oauth: OAuthOptions,
	) {}

	addApiToken(token: string, userId: number): void {
		this.grants.set(token, { userId, oauth: false, expiresAt: Number.POSITIVE_INFINITY });
	}

	/** As when the user regenerates it: every client with this token is out. */
	revoke(token: string): void {
		this.grants.delete(token);
	}

	/** A fresh OAuth access token. */
	issue(userId = 1): string {
		this.issued += 1;
		const token = `v1u:${createHash('sha256').update(`access ${this.issued}`).digest('hex')}`;
		const expiresAt = this.now() + this.oauth.expiresInSeconds * 1000;
		this.grants.set(token, { userId, oauth: true, expiresAt });
		return token;
	}

	/** Who asks, or undefined. An API token does not work as bearer, nor the other way round. */
	identify(headers: Record<string, string>): (Bearer & { userId: number }) | undefined {
		const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
		const token = headers['x-api-token'] ?? bearer;
		const grant = token === undefined ? undefined : this.grants.get(token);
		if (!grant || token === undefined || grant.expiresAt <= this.now()) return undefined;
		if (grant.oauth !== (headers['x-api-token'] === undefined)) return undefined;
		return { token, oauth: grant.oauth, userId: grant.userId };
	}

	/** `POST /oauth/token` with grant_type refresh_token or authorization_code. */
	answerTokenRequest(exchange: Exchange, apiDomain: string): Answer {
		const form = new URLSearchParams(exchange.bodyText);
		const { clientId, clientSecret, refreshToken, expiresInSeconds, scope } = this.oauth;
		const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
		if (exchange.headers.authorization !== `Basic ${basic}`) {
			return refusal(401, 'invalid_client', 'Client authentication failed');
		}
		const grant = form.get('grant_type');
		if (grant !== 'refresh_token' && grant !== 'authorization_code') {
			return refusal(400, 'unsupported_grant_type', 'grant_type is not supported');
		}
		if (grant === 'refresh_token' && form.get('refresh_token') !== refreshToken) {
			return refusal(400, 'invalid_grant', 'Invalid grant: refresh token is invalid');
		}
		const body = {
			access_token: this.issue(),
			token_type: 'Bearer',
			refresh_token: refreshToken,
			scope,
			expires_in: expiresInSeconds,
			api_domain: apiDomain,
		};
		return { status: 200, body };
	}
}

function refusal(status: number, error: string, message: string): Answer {
	return { status, body: { success: false, message, error } };
}

export function unauthorized(): Answer {
	return {
		status: 401,
		headers: { 'x-401-by-gw': 'true' },
		body: {
			success: false,
			error: 'unauthorized access',
			errorCode: 401,
			error_info: info,
		},
	};
}
