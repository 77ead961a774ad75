import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

type Writing = 'cancel' | 'create';

/** The operations of a resource. `one` carries its article. */
export function operationProperty(
	resource: string,
	one: string,
	many: string,
	writing: readonly Writing[] = [],
): INodeProperties {
	const options: INodePropertyOptions[] = [
		{ name: 'Get', value: 'get', description: `Read ${one}`, action: `Get ${one}` },
		{
			name: 'Get Many',
			value: 'getAll',
			description: `Read a list of ${many}`,
			action: `Get many ${many}`,
		},
	];
	if (writing.includes('create')) {
		options.unshift({
			name: 'Create',
			value: 'create',
			description: `Create ${one} unless its reference is there already`,
			action: `Create ${one}`,
		});
	}
	if (writing.includes('cancel')) {
		options.unshift({
			name: 'Cancel',
			value: 'cancel',
			description: `Cancel ${one} unless it is cancelled already`,
			action: `Cancel ${one}`,
		});
	}
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'get',
		displayOptions: { show: { resource: [resource] } },
		options,
	};
}
