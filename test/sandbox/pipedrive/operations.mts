/** Every operation the sandbox answers. */
import { activityOperations } from './activities.mts';
import { dealProductOperations } from './dealProducts.mts';
import { dealOperations } from './deals.mts';
import { fieldOperations } from './fields.mts';
import { mergeOperations } from './merge.mts';
import { noteOperations } from './notes.mts';
import type { Operation } from './operation.mts';
import { organizationOperations } from './organizations.mts';
import { personOperations } from './persons.mts';
import { pipelineOperations } from './pipelines.mts';
import { productOperations } from './products.mts';
import { searchOperations } from './search.mts';
import { userOperations } from './users.mts';
import { webhookOperations } from './webhooks.mts';

export const operations: readonly Operation[] = [
	...organizationOperations,
	...personOperations,
	...searchOperations,
	...fieldOperations,
	...userOperations,
	...mergeOperations,
	...pipelineOperations,
	...dealOperations,
	...dealProductOperations,
	...productOperations,
	...activityOperations,
	...noteOperations,
	...webhookOperations,
];
