import { CoreError } from '../../../core/http/errors';
import type { Caller } from '../call';
import { listHooks, type Hook } from './hooks';

export interface HookState {
	/**
	 * `missing`: events do not come any more. `failing`: the last delivery was not answered with success; after three
	 * such days Pipedrive removes the webhook.
	 */
	state: 'present' | 'failing' | 'missing';
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
