import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { normalisedEmail } from '../../../core/record/matchKeys';
import { auditSecretOf } from '../auditSeal';
import { erasePerson, type Erasure } from '../erase';
import type { PersonWish } from '../personFinder';
import type { Environment } from '../run';
import { knownIdsOf } from '../settings';
import { hasherOf, type SuppressedRow } from '../suppression';
import { textOf } from './batch';
import { perItem } from '../../../core/n8n/perItem';
import { recordId } from './recordId';

/** Resource Person, operation Erase: one item each, with the rows for the suppression list. */
export async function erasePersons(
	context: IExecuteFunctions,
	environment: Environment,
	externalIdField: string,
): Promise<INodeExecutionData[]> {
	const hasher = hasherOf(await auditSecretOf(context));
	const known = knownIdsOf(context.getNodeParameter('knownIds', 0, ''));
	const addedAt = new Date(environment.ports.now()).toISOString();
	return await perItem(context, async (item) => {
		const wish = wishOf(context, item);
		const spentBefore = environment.ledger.status().spentByRun;
		const erasure = await erasePerson(environment, wish, {
			action: context.getNodeParameter('eraseBy', item, 'delete') as 'delete' | 'clear',
			isDryRun: context.getNodeParameter('dryRun', 0, false) === true,
			externalIdField,
			knownIds: known
				.filter((row) => row.pipedriveType === 'person' && row.externalId === wish.externalId)
				.map(({ pipedriveId }) => pipedriveId)
				.filter((id) => id > 0),
		});
		const hashes = [
			...erasure.suppress.externalIds.map(hasher.ofExternalId),
			...erasure.suppress.emails.map(hasher.ofEmail),
		];
		const rows = hashes.map((hash) => ({ hash, secretId: hasher.secretId, addedAt }));
		const tokens = environment.ledger.status().spentByRun - spentBefore;
		return [reportOf(erasure, rows, tokens)];
	});
}

function reportOf(erasure: Erasure, rows: SuppressedRow[], tokens: number): IDataObject {
	const { suppress, ...told } = erasure;
	const externalIds = suppress.externalIds;
	return { ...told, externalIds, suppressionRows: rows, tokens } as unknown as IDataObject;
}

function wishOf(context: IExecuteFunctions, item: number): PersonWish {
	const findBy = context.getNodeParameter('findBy', item, 'externalId');
	if (findBy === 'email') {
		const email = textOf(context, 'email', item);
		if (normalisedEmail(email) === '') throw refusal(context, item, 'E-Mail', 'an e-mail address');
		return { email: normalisedEmail(email) };
	}
	if (findBy === 'pipedriveId') return { personId: recordId(context, 'personId', item) };
	const externalId = textOf(context, 'externalId', item);
	if (externalId === '') throw refusal(context, item, 'External ID', "the person's ERP ID");
	return { externalId };
}

function refusal(
	context: IExecuteFunctions,
	itemIndex: number,
	setting: string,
	wanted: string,
): NodeOperationError {
	return new NodeOperationError(context.getNode(), `"${setting}" must be ${wanted}.`, {
		itemIndex,
	});
}
