/** SAP's error bodies: JSON for those who asked for JSON, XML for the others, V4 with a bare message. */
import type { Answer } from '../../http.mts';
import type { Refusal } from '../refusal.mts';
import { escapeXml } from './text.mts';

export interface ErrorContext {
	format: 'json' | 'xml' | 'v4';
	/** Changes with every refusal, as a transaction id does. */
	transactionId: string;
	now: number;
}

export function errorAnswer(refusal: Refusal, context: ErrorContext): Answer {
	const body = BODIES[context.format](refusal, context);
	const isXml = context.format === 'xml';
	const type = isXml ? 'application/atom+xml;charset=utf-8' : 'application/json;charset=utf-8';
	return { status: refusal.status, headers: { 'content-type': type }, body };
}

const BODIES = { json: jsonBody, xml: xmlBody, v4: v4Body };

function jsonBody(refusal: Refusal, context: ErrorContext): object {
	const detail = {
		code: refusal.code,
		message: refusal.message,
		propertyref: '',
		severity: 'error',
		target: refusal.target,
	};
	return {
		error: {
			code: refusal.code,
			message: { lang: 'en', value: refusal.message },
			innererror: {
				application: {
					component_id: 'LO-MD-BP',
					service_namespace: '/SAP/',
					service_id: 'API_BUSINESS_PARTNER',
					service_version: '0001',
				},
				transactionid: context.transactionId,
				timestamp: timestampText(context.now),
				Error_Resolution: {
					SAP_Transaction: 'Run transaction /IWFND/ERROR_LOG on the SAP Gateway hub system',
					SAP_Note: 'See SAP Note 1797736 for error analysis',
				},
				errordetails: [detail],
			},
		},
	};
}

function xmlBody(refusal: Refusal, context: ErrorContext): string {
	return (
		'<?xml version="1.0" encoding="utf-8"?>' +
		'<error xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">' +
		`<code>${refusal.code}</code><message xml:lang="en">${escapeXml(refusal.message)}</message>` +
		`<innererror><transactionid>${context.transactionId}</transactionid></innererror></error>`
	);
}

function v4Body(refusal: Refusal): object {
	const { code, message, target } = refusal;
	return { error: { code, message, target, details: [{ code, message, target }] } };
}

/** `20261120101230.0000000` */
function timestampText(now: number): string {
	return `${new Date(now).toISOString().slice(0, 19).replace(/\D/g, '')}.0000000`;
}
