import type { IExecuteFunctions } from 'n8n-workflow';
import { CoreError } from '../../../core/http/errors';

/** @throws CoreError `configuration` for what is no number of a record */
export function recordId(context: IExecuteFunctions, name: string, item: number): number {
	const given: unknown = context.getNodeParameter(name, item, 0);
	const id = Number(given);
	if (Number.isSafeInteger(id) && id > 0) return id;
	const what = name === 'dealId' ? 'deal' : 'person';
	throw new CoreError(
		'configuration',
		`"${what === 'deal' ? 'Deal' : 'Person'} ID" must be the number of a Pipedrive ${what}, not ${JSON.stringify(given)}.`,
	);
}
