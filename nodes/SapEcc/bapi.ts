import { CoreError } from '../../core/http/errors';
import type { FunctionResult, FunctionValue } from './functionCall';

/** Messages that a BAPI gave beside its result. */
export interface BapiMessages {
	/** One sentence each; `S` and `I` are left out. */
	warnings: string[];
}

interface BapiMessage {
	type: string;
	id: string;
	number: string;
	text: string;
}

/**
 * `RETURN` is a structure or a table. Types E, A and X mean that the function failed, W is a warning, S, I and
 * blank are good. All failures become one error.
 */
export function checkedMessages(result: FunctionResult, functionName: string): BapiMessages {
	const messages = messagesIn(result.values.RETURN);
	const failures = messages.filter(({ type }) => ['E', 'A', 'X'].includes(type));
	if (failures.length > 0) {
		const [first] = failures;
		throw new CoreError(
			'invalid',
			`${functionName} failed: ${failures.map(sentenceOf).join('; ')}.`,
			{
				code: `${first.id} ${first.number}`.trim() || undefined,
				remedy: 'Correct the parameters; SAP explains the message under its number in SE91.',
			},
		);
	}
	return { warnings: messages.filter(({ type }) => type === 'W').map(sentenceOf) };
}

function messagesIn(value: FunctionValue | undefined): BapiMessage[] {
	if (value === undefined || typeof value === 'string') return [];
	const rows = Array.isArray(value) ? value : [value];
	return rows.flatMap((row) => {
		if (typeof row === 'string' || Array.isArray(row)) return [];
		const text = (name: string) => (typeof row[name] === 'string' ? row[name].trim() : '');
		// Older functions have CODE (F2718) in place of ID and NUMBER.
		const [, codeId, codeNumber] = /^(\S{2})\s*(\d{3})$/.exec(text('CODE')) ?? [];
		return [
			{
				type: text('TYPE').toUpperCase(),
				id: text('ID') || (codeId ?? ''),
				number: text('NUMBER') || (codeNumber ?? ''),
				text: text('MESSAGE'),
			},
		];
	});
}

function sentenceOf({ type, id, number, text }: BapiMessage): string {
	const code = [type, id, number].filter(Boolean).join(' ');
	return text === '' ? code : `${text.replace(/[.\s]+$/, '')} (${code})`;
}
