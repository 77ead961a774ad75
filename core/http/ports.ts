/** The outside world as core sees it. Only `core/n8n` and tests supply real ones. */

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
	method: HttpMethod;
	/** Absolute URL, query included and already encoded. */
	url: string;
	headers: Record<string, string>;
	body?: string;
	/** For this one attempt. */
	timeoutMs: number;
}

export interface HttpResponse {
	status: number;
	/** Header names in lower case; repeated headers joined by ", ". */
	headers: Record<string, string>;
	/** The bytes as they came: the caller knows the charset. */
	body: Buffer;
}

/**
 * Sends one request once and returns whatever status came back.
 * Throws a `CoreError` of kind `transient` or `configuration` when no answer came at all.
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

export interface Ports {
	/** Milliseconds since 1970. */
	now(): number;
	/** In [0, 1). */
	random(): number;
	sleep(ms: number): Promise<void>;
}
