/** Every operation the sandbox answers. */
import { fieldOperations } from './fields.mts';
import { mergeOperations } from './merge.mts';
import type { Operation } from './operation.mts';
import { organizationOperations } from './organizations.mts';
import { personOperations } from './persons.mts';
import { searchOperations } from './search.mts';
import { userOperations } from './users.mts';

export const operations: readonly Operation[] = [
	...organizationOperations,
	...personOperations,
	...searchOperations,
	...fieldOperations,
	...userOperations,
	...mergeOperations,
];
