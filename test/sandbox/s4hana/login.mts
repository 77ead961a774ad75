/** Basic login, OAuth client credentials, and the client (`sap-client`) that both log on to. */
import type { Answer, Exchange } from '../http.mts';

export interface LoginOptions {
	user: string;
	password: string;
	clientId: string;
	clientSecret: string;
	/** Where the token endpoint takes the client id and secret from. */
	clientIdIn: 'header' | 'body' | 'both';
	/** Lifetime of a token in seconds. */
	expiresIn: number;
	/** The client of the system, a three-digit number. */
	sapClient: string;
	/** Which logins the services take. */
	accepts: Array<'basic' | 'oauth2'>;
}

export const TOKEN_PATHS = ['/sap/bc/sec/oauth2/token', '/oauth/token'];

export class Login {
	readonly options: LoginOptions;
	private readonly tokens = new Map<string, number>();
	private issued = 0;

	constructor(
		options: Partial<LoginOptions>,
		private readonly now: () => number,
	) {
		this.options = {
			user: 'PIPEDRIVE_SYNC',
			password: 'Welcome-to-4HANA',
			clientId: 'pipedrive-sync',
			clientSecret: 'a-secret-of-the-sandbox',
			clientIdIn: 'both',
			expiresIn: 3600,
			sapClient: '100',
			accepts: ['basic', 'oauth2'],
			...options,
		};
	}

	/** `Basic …`, for clients that write the header themselves. */
	get basic(): string {
		return basicOf(this.options.user, this.options.password);
	}

	/** Every token given out so far is worthless from now on. */
	revokeTokens(): void {
		this.tokens.clear();
	}

	/** The 401 for this request, or nothing when it is let in. */
	refuse(exchange: Exchange): Answer | undefined {
		const client = exchange.query.get('sap-client') ?? exchange.headers['sap-client'];
		const isClient = client === undefined || client === this.options.sapClient;
		const isKnown = isClient && this.knows(exchange.headers.authorization ?? '');
		return isKnown ? undefined : this.logonPage();
	}

	token(exchange: Exchange): Answer {
		const form = new URLSearchParams(exchange.bodyText);
		const isForm = exchange.headers['content-type']?.startsWith(
			'application/x-www-form-urlencoded',
		);
		if (exchange.method !== 'POST' || !isForm) return refusedToken(400, 'invalid_request');
		if (form.get('grant_type') !== 'client_credentials') {
			return refusedToken(400, 'unsupported_grant_type');
		}
		const client = exchange.query.get('sap-client');
		const isClient = client === null || client === this.options.sapClient;
		if (!isClient || !this.isClientKnown(exchange, form))
			return refusedToken(401, 'invalid_client');
		const token = `sandbox-token-${++this.issued}`;
		this.tokens.set(token, this.now() + this.options.expiresIn * 1000);
		const body = {
			access_token: token,
			token_type: 'Bearer',
			expires_in: this.options.expiresIn,
			scope: form.get('scope') ?? 'API_BUSINESS_PARTNER_0001',
		};
		return { status: 200, headers: { 'cache-control': 'no-store' }, body };
	}

	private knows(header: string): boolean {
		const { accepts } = this.options;
		if (accepts.includes('basic') && header === this.basic) return true;
		const token = /^Bearer (.+)$/i.exec(header)?.[1] ?? '';
		return accepts.includes('oauth2') && (this.tokens.get(token) ?? 0) > this.now();
	}

	private isClientKnown(exchange: Exchange, form: URLSearchParams): boolean {
		const { clientId, clientSecret, clientIdIn } = this.options;
		const isInHeader = exchange.headers.authorization === basicOf(clientId, clientSecret);
		const isInBody =
			form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
		return (clientIdIn !== 'body' && isInHeader) || (clientIdIn !== 'header' && isInBody);
	}

	/** The page of the Internet Communication Manager, not of OData. */
	private logonPage(): Answer {
		const realm = `SAP NetWeaver Application Server [S4H/${this.options.sapClient}]`;
		const challenges = this.options.accepts.map((kind) =>
			kind === 'basic' ? `Basic realm="${realm}"` : 'Bearer',
		);
		return {
			status: 401,
			headers: { 'content-type': 'text/html; charset=utf-8', 'www-authenticate': challenges },
			body:
				'<html><head><title>Logon Error Message</title></head><body><h1>Anmeldung fehlgeschlagen</h1>' +
				'<p>What has happened? Call of the service was terminated because of missing or wrong logon data.</p>' +
				'</body></html>',
		};
	}
}

function basicOf(user: string, password: string): string {
	return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function refusedToken(status: number, error: string): Answer {
	return { status, body: { error, error_description: `The token request was refused: ${error}` } };
}
