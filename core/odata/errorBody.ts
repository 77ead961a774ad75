/** What a service said went wrong. */
export interface ODataErrorBody {
	message: string;
	code?: string;
	/** Id under which the vendor's support finds the request. */
	transactionId?: string;
	/** Further messages, each with the field or navigation it is about where the service says so. */
	details: string[];
}

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textIn(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

/** `message - target` of each detail, without repeating the main message. */
export function detailTexts(details: unknown, mainMessage: string): string[] {
	if (!Array.isArray(details)) return [];
	const texts = details.filter(isObject).map((detail) => {
		const message = textIn(detail.message);
		const target = textIn(detail.target);
		return target && !message.includes(target) ? `${message} (${target})` : message;
	});
	return [...new Set(texts)].filter((text) => text !== '' && text !== mainMessage);
}

/** An error that came as XML because the service ignored what was accepted, or a gateway answered. */
export function xmlErrorBody(text: string): ODataErrorBody | undefined {
	if (!/^\s*(<\?xml[^>]*>\s*)?<(\w+:)?error[\s>]/i.test(text)) return undefined;
	const message = elementText(text, 'message');
	if (message === '') return undefined;
	return {
		message,
		code: elementText(text, 'code') || undefined,
		transactionId: elementText(text, 'transactionid') || undefined,
		details: [],
	};
}

function elementText(xml: string, name: string): string {
	const found = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)<`, 'i').exec(xml);
	return decodeEntities(found?.[1] ?? '').trim();
}

function decodeEntities(text: string): string {
	return text
		.replace(/&lt;/g, '<')
		.replace(/&gt;/g, '>')
		.replace(/&quot;/g, '"')
		.replace(/&apos;/g, "'")
		.replace(/&amp;/g, '&');
}
