import { NodeApiError, NodeOperationError, type Failure, type INode } from 'n8n-workflow';
import { asCoreError, CoreError } from '../http/errors';
import { redact } from '../http/redact';
import { SyncError } from '../sync/errors';

/**
 * Any error as one that n8n shows in full: message, description with the remedy, item. n8n stores other errors
 * without their message. Core's errors say what was wrong and what to do; n8n's own pass as they are.
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex?: number,
): NodeOperationError | NodeApiError {
	if (error instanceof NodeOperationError || error instanceof NodeApiError) return error;
	if (error instanceof SyncError) {
		return new NodeOperationError(node, error.message, { description: error.remedy, itemIndex });
	}
	const core = asCoreError(error);
	const own = ownDescription(error);
	if (own !== undefined) {
		return new NodeOperationError(node, core.message, {
			description: own.description,
			itemIndex: itemIndex ?? own.itemIndex,
		});
	}
	return new NodeOperationError(node, core.message, {
		description: descriptionOf(core),
		itemIndex,
		failure: failureOf(core),
	});
}

/** Of other errors of n8n, such as of an expression: they say what to do in a description of their own. */
function ownDescription(error: unknown) {
	if (error instanceof CoreError || !(error instanceof Error)) return undefined;
	const { description, context } = error as Error & {
		description?: unknown;
		context?: { itemIndex?: unknown };
	};
	if (typeof description !== 'string' || description === '') return undefined;
	const item = context?.itemIndex;
	return {
		description: redact(description),
		itemIndex: typeof item === 'number' ? item : undefined,
	};
}

function descriptionOf(error: CoreError): string | undefined {
	const facts = [
		error.code ? `Code ${error.code}` : undefined,
		error.requestId ? `request ${error.requestId}` : undefined,
	].filter(Boolean);
	const parts = [error.remedy, facts.length > 0 ? `${facts.join(', ')}.` : undefined];
	return parts.filter(Boolean).join(' ') || undefined;
}

/** What the durable poll engine (n8n 2.37 and later) makes of it when it decides when to poll again; older versions ignore it. */
function failureOf(error: CoreError): Failure | undefined {
	switch (error.kind) {
		case 'rateLimited':
			return { cause: 'rate-limited', retryAfterMs: error.retryAfterMs };
		case 'budgetSpent':
			return {
				cause: 'quota-exhausted',
				resetsAtEpochMs: error.resetsAt === undefined ? undefined : Date.parse(error.resetsAt),
			};
		case 'transient':
		case 'protocol':
		case 'blocked':
			return { cause: 'temporarily-unavailable', retryAfterMs: error.retryAfterMs };
		case 'auth':
			return { cause: 'credential-invalid' };
		case 'forbidden':
		case 'configuration':
		case 'notFound':
			return { cause: 'configuration-invalid' };
		default:
			return undefined;
	}
}
