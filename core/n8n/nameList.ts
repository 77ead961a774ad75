import {
	NodeOperationError,
	type ILoadOptionsFunctions,
	type NodeApiError,
	type INodeListSearchItems,
	type INodeListSearchResult,
	type INodeProperties,
} from 'n8n-workflow';
import { CoreError } from '../http/errors';
import { toNodeError } from './errors';
import { nameIn } from './names';

export interface NameProperty {
	displayName: string;
	name: string;
	description?: string;
	placeholder: string;
	/** Name in the node's `methods.listSearch`. */
	searchListMethod: string;
}

/** A name that is chosen from a list of the ERP, or typed. */
export function nameProperty(property: NameProperty): INodeProperties {
	const { searchListMethod, placeholder, ...shown } = property;
	return {
		...shown,
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder },
		],
	};
}

/** What "From List" shows: the names that hold the text of its search field. Errors can be read in the panel. */
export async function searchNames(
	context: ILoadOptionsFunctions,
	filter: string | undefined,
	load: () => Promise<ReadonlyArray<string | INodeListSearchItems>>,
): Promise<INodeListSearchResult> {
	try {
		const wanted = (filter ?? '').trim().toLowerCase();
		const items = (await load()).map((item) =>
			typeof item === 'string' ? { name: item, value: item } : item,
		);
		return { results: items.filter(({ name }) => name.toLowerCase().includes(wanted)) };
	} catch (error) {
		throw listError(context, error);
	}
}

/** The panel shows the message of a list's error and nothing else of it: what to do stands there too. */
export function listError(
	context: ILoadOptionsFunctions,
	error: unknown,
): NodeOperationError | NodeApiError {
	const node = context.getNode();
	if (!(error instanceof CoreError)) return toNodeError(node, error);
	// No code of the ERP: n8n takes "ResourceNotFound" for a wrong host, and replaces the message.
	return new NodeOperationError(node, [error.message, error.remedy].filter(Boolean).join(' '));
}

/** Fields with their types, in the order given. */
export function typedItems(
	fields: ReadonlyArray<{ name: string; type: string }>,
): INodeListSearchItems[] {
	return fields.map(({ name, type }) => ({ name: `${name} (${type})`, value: name }));
}

/** What is typed in another field of the panel, which the list needs. */
export function neededSetting(
	context: ILoadOptionsFunctions,
	parameter: string,
	label: string,
	shows: string,
): string {
	const typed = nameIn(context.getCurrentNodeParameter(parameter)).trim();
	if (typed.startsWith('=')) {
		throw new CoreError('configuration', `"${label}" is an expression, which has no value yet.`, {
			remedy: 'Choose "By Name" here and type the name.',
		});
	}
	if (typed !== '') return typed;
	throw new CoreError('configuration', `"${label}" is empty.`, {
		remedy: `Enter it first; the list then shows ${shows}.`,
	});
}
