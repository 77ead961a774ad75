import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { hideSecret } from '../../../core/http/redact';
import { secretsOf, type Secrets } from './authentication';
import type { EventFilter, EventKind } from './filter';
import type { WantedHook, WebhookVersion } from './hooks';
import type { ReceiveSettings } from './receive';

export const WEBHOOK_CREDENTIAL = 'erpPipedriveWebhookApi';

const SECRETS = ['password', 'previousPassword', 'signingSecret', 'previousSigningSecret'];

type Context = IHookFunctions | IWebhookFunctions;

const read = <T>(context: Context, name: string, fallback: T): T =>
	(context as IHookFunctions).getNodeParameter(name, fallback as object) as T;

export async function webhookSecrets(context: Context): Promise<Secrets> {
	const credential = await context.getCredentials<IDataObject>(WEBHOOK_CREDENTIAL);
	// Not the user: an ordinary word would vanish from every message.
	for (const key of SECRETS) hideSecret(String(credential[key] ?? ''));
	// One by one: an error in another option is nothing that a stranger could notice.
	const encoding = read<string>(context, 'options.signatureEncoding', 'hex');
	return secretsOf(credential, {
		header: String(read(context, 'options.signatureHeader', 'X-Signature-256')),
		encoding: encoding === 'base64' ? 'base64' : 'hex',
		prefix: String(read(context, 'options.signaturePrefix', 'sha256=')),
	});
}

export function eventFilter(context: Context): EventFilter {
	const entity = read(context, 'object', 'deal');
	const deals = <T>(name: string): T[] =>
		entity === 'deal' ? listOf<T>(read(context, name, [])) : [];
	return {
		entity,
		kinds: listOf<EventKind>(read(context, 'actions', [])),
		pipelineIds: deals<unknown>('pipelines').map(Number),
		stageIds: deals<unknown>('stages').map(Number),
		statuses: deals<string>('statuses'),
	};
}

/** One value, several, or text with commas from an expression. */
function listOf<T>(value: unknown): T[] {
	const list = Array.isArray(value) ? value : String(value ?? '').split(',');
	return list.filter((entry) => String(entry).trim() !== '') as T[];
}

export async function wantedHook(context: IHookFunctions): Promise<WantedHook> {
	const { user, passwords } = await webhookSecrets(context);
	const options = read<IDataObject>(context, 'options', {});
	const version: WebhookVersion = options.webhookVersion === '1.0' ? '1.0' : '2.0';
	const { entity, kinds } = eventFilter(context);
	const [kind, ...more] = kinds;
	// One webhook takes one action or all; the words of version 1.0 differ from those that may be registered.
	const isOne = version === '2.0' && kind !== undefined && kind !== 'merge' && more.length === 0;
	const workflow = context.getWorkflow();
	return {
		url: webhookUrl(context),
		action: isOne ? kind : '*',
		object: entity,
		version,
		name: `n8n: ${workflow.name ?? workflow.id ?? ''} / ${context.getNode().name}`,
		user,
		password: passwords[0],
	};
}

export function webhookUrl(context: IHookFunctions): string {
	return context.getNodeWebhookUrl('default') ?? '';
}

export function receiveSettings(context: IWebhookFunctions): ReceiveSettings {
	const options = read<IDataObject>(context, 'options', {});
	const { hookOwnerId } = context.getWorkflowStaticData('node');
	return {
		filter: eventFilter(context),
		ignoresOwn: options.ignoreOwn !== false,
		integrationUserId: Number(options.integrationUserId ?? 0) || 0,
		...(typeof hookOwnerId === 'number' ? { registeredOwnerId: hookOwnerId } : {}),
		readAgain: options.readAgain === true,
		triggerKey: `${context.getWorkflow().id ?? ''}|${context.getNode().id}|${context.getMode()}`,
	};
}
