import { CoreError } from '../../../core/http/errors';
import type { Caller } from '../call';
import { addHook, keepOne, listHooks, type Hook, type WantedHook } from './hooks';

export interface HookState {
	/**
	 * `missing`: events do not come any more. `failing`: the last delivery was not answered with success; after three
	 * such days Pipedrive removes the webhook. `renewed`: it was missing, or not as wanted, and is there again.
	 */
	state: 'present' | 'failing' | 'missing' | 'renewed';
	webhookId?: number;
	lastDelivery?: string;
	lastStatus?: number;
}

/** Whether the webhook whose address holds this text is there, and whether it was answered; 10 tokens. */
export async function hookState(call: Caller, addressPart: string): Promise<HookState> {
	const wanted = checkedAddress(addressPart);
	const own = (await listHooks(call)).filter((hook) => hook.url.includes(wanted));
	const hook = own.find(({ isActive }) => isActive);
	return hook ? stateOf(hook) : { state: 'missing' };
}

/**
 * The same for one whole address, and registers the webhook again where it is gone, switched off or has other settings:
 * Pipedrive removes those that failed for three days, and n8n only looks when a workflow is published. 10 tokens, 20
 * when it is renewed.
 */
export async function renewHook(call: Caller, wanted: WantedHook): Promise<HookState> {
	if (!URL.canParse(checkedAddress(wanted.url)) || wanted.url.includes('/webhook-test/')) {
		throw new CoreError('configuration', 'The webhook address is no Production URL.', {
			remedy: 'Copy the Production URL that the Pipedrive Event Trigger shows.',
		});
	}
	const kept = await keepOne(call, wanted);
	if (kept) return stateOf(kept);
	return { state: 'renewed', webhookId: (await addHook(call, wanted)).id };
}

function checkedAddress(address: string): string {
	const wanted = address.trim();
	if (wanted !== '') return wanted;
	throw new CoreError('configuration', 'There is no webhook address to look for.', {
		remedy: 'Enter the Production URL that the Pipedrive Event Trigger shows, or its id part.',
	});
}

function stateOf({ id, lastDelivery, lastStatus }: Hook): HookState {
	const isFailing = lastStatus !== undefined && (lastStatus < 200 || lastStatus > 299);
	return {
		state: isFailing ? 'failing' : 'present',
		webhookId: id,
		...(lastDelivery === undefined ? {} : { lastDelivery }),
		...(lastStatus === undefined ? {} : { lastStatus }),
	};
}
