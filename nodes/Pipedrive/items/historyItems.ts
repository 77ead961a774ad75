import type { IExecuteFunctions } from 'n8n-workflow';
import { unusableId } from '../intents';
import type { EntityName } from '../entities';
import type { HistoryEntity, HistoryIntent } from '../history/intents';
import type { HistoryHost } from '../history/wishes';
import type { Environment } from '../run';
import { userIdOf } from '../users';
import { attemptOf, identityOf, noExternalId, referenceOf, textOf, type Batch } from './batch';

/** Resources Note and Activity. */
export function historyItems(
	context: IExecuteFunctions,
	environment: Environment,
	entity: HistoryEntity,
): Batch {
	const items = context.getInputData();
	const hosts = items.map((_, item) => hostOf(context, item));
	const named = hosts.filter(({ externalId }) => externalId !== undefined);
	const entities = [...new Set<EntityName>(named.map((host) => host.entity))];
	return {
		entities,
		lookedUp: entities,
		waiting: (item) => ({
			erp: identityOf(textOf(context, 'externalId', item), entity, items[item].json, ''),
			payload: items[item].json,
		}),
		async build() {
			const ownerOf = async (item: number) => {
				const owner = entity === 'activity' ? textOf(context, 'assignedTo', item) : '';
				return owner === '' ? undefined : await userIdOf(environment, owner);
			};
			return await Promise.all(
				items.map(async (input, item) => {
					const intent = intentOf(context, entity, item, await ownerOf(item));
					return {
						item,
						erp: intent.erp,
						payload: input.json,
						intents: [],
						wish: { item, host: hosts[item], intent },
						attempt: attemptOf(input),
					};
				}),
			);
		},
	};
}

function hostOf(context: IExecuteFunctions, item: number): HistoryHost {
	const entity = context.getNodeParameter('hostEntity', item, 'organization');
	return {
		entity: entity as HistoryHost['entity'],
		...referenceOf(textOf(context, 'hostId', item)),
	};
}

function intentOf(
	context: IExecuteFunctions,
	entity: HistoryEntity,
	item: number,
	ownerId: number | undefined,
): HistoryIntent {
	const externalId = textOf(context, 'externalId', item);
	const text = (name: string) => textOf(context, name, item);
	const content = entity === 'note' ? { content: text('content') } : activityOf(context, item);
	const rejected = externalId === '' ? noExternalId(item) : unusableId(externalId);
	const base = {
		item,
		items: [item],
		externalId,
		erp: identityOf(externalId, entity, content, ''),
		link: {},
		payload: content,
		warnings: [],
		...(rejected === undefined ? {} : { rejected }),
	};
	if ('content' in content) return { ...base, ...content, entity: 'note' };
	return {
		...base,
		...content,
		entity: 'activity',
		...(ownerId === undefined ? {} : { ownerId }),
	};
}

function activityOf(context: IExecuteFunctions, item: number) {
	const dueTime = textOf(context, 'dueTime', item);
	return {
		subject: textOf(context, 'subject', item),
		type: textOf(context, 'activityType', item) || 'task',
		dueDate: textOf(context, 'dueDate', item).slice(0, 10),
		...(dueTime === '' ? {} : { dueTime }),
		isDone: context.getNodeParameter('isDone', item, false) === true,
		note: textOf(context, 'content', item),
	};
}
