import type { ErpDeal } from '../../../core/record/erpRecord';
import { folded } from '../../../core/record/matchKeys';
import { STAGE_SEPARATOR } from '../builtInValues';

/** How ERP orders become deals. */
export interface DealSettings {
	/** Name or id; '' = Pipedrive's first pipeline. */
	pipeline: string;
	/** Stage by the ERP's status word; what is not listed stays where it is. */
	stages: ReadonlyArray<{ erpStatus: string; stage: string }>;
	writesLines: boolean;
	/** Lines that the ERP no longer has are removed from the deal. */
	removesLines: boolean;
}

export const DEFAULT_DEAL_SETTINGS: DealSettings = {
	pipeline: '',
	stages: [],
	writesLines: true,
	removesLines: false,
};

export const cancelledReason = 'Cancelled in ERP';

const STATES = new Map<unknown, string>([
	['open', 'open'],
	['completed', 'won'],
	['cancelled', 'lost'],
]);

/** `undefined` where the ERP's status is not understood: then the deal's status is nobody's business. */
export function stateInPipedrive(deal: ErpDeal | undefined): string | undefined {
	return STATES.get(deal?.state);
}

function isId(text: string): boolean {
	return /^\d+$/.test(text);
}

/** Only open deals move: the stage of a won or lost deal tells where it was decided. */
export function stageOf(
	deal: ErpDeal | undefined,
	settings: DealSettings | undefined,
): string | undefined {
	if (!deal || deal.state !== 'open') return undefined;
	const wanted = settings?.stages.find(
		({ erpStatus }) => folded(erpStatus) === folded(deal.status),
	);
	if (!settings || !wanted || wanted.stage === '') return undefined;
	const { stage } = wanted;
	const isWhole = stage.includes(STAGE_SEPARATOR) || isId(stage);
	if (isWhole || settings.pipeline === '' || isId(settings.pipeline)) return stage;
	return `${settings.pipeline}${STAGE_SEPARATOR}${stage}`;
}
