import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

type More = 'cancel' | 'create' | 'find';

/** The operations of a resource. `one` carries its article. */
export function operationProperty(
	resource: string,
	one: string,
	many: string,
	more: readonly More[] = [],
	reading: boolean = true,
): INodeProperties {
	const options: INodePropertyOptions[] = reading ? readingOperations(one, many) : [];
	if (more.includes('create')) {
		options.unshift({
			name: 'Create',
			value: 'create',
			description: `Create ${one} unless its reference is there already`,
			action: `Create ${one}`,
		});
	}
	if (more.includes('cancel')) {
		options.unshift({
			name: 'Cancel',
			value: 'cancel',
			description: `Cancel ${one} unless it is cancelled already`,
			action: `Cancel ${one}`,
		});
	}
	if (more.includes('find')) {
		options.push({
			name: 'Find by Reference',
			value: 'findByReference',
			description: `Find ${one} by its reference, also in Drafts, without creating it`,
			action: `Find ${one} by its reference`,
		});
	}
	options.sort((a, b) => a.name.localeCompare(b.name));
	const initial = reading ? 'get' : 'create';
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: initial,
		displayOptions: { show: { resource: [resource] } },
		options,
	};
}

function readingOperations(one: string, many: string): INodePropertyOptions[] {
	return [
		{ name: 'Get', value: 'get', description: `Read ${one}`, action: `Get ${one}` },
		{
			name: 'Get Many',
			value: 'getAll',
			description: `Read a list of ${many}`,
			action: `Get many ${many}`,
		},
	];
}

/** A resource of another system: what is made of it. */
export const dealOperationProperty: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'createFromDeal',
	displayOptions: { show: { resource: ['deal'] } },
	options: [
		{
			name: 'Create Document',
			value: 'createFromDeal',
			description:
				'Create an order or a quotation of the deal once; where it is there, tell what differs',
			action: 'Create a document of a deal',
		},
	],
};
