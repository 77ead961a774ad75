import type { PipedriveRow } from './api';
import type { Body, FieldChange } from './draft';
import type { Field } from './fields';
import type { Intent } from './intents';

export type Plan =
	| { action: 'create'; body: Body; changes: FieldChange[]; warnings: string[] }
	| { action: 'update'; row: PipedriveRow; body: Body; changes: FieldChange[]; warnings: string[] }
	| {
			action: 'unchanged';
			row?: PipedriveRow;
			reason?: string;
			reasonCode?: string;
			warnings: string[];
	  }
	| { action: 'setAside'; reasonCode: string; reason: string; ids: number[]; warnings: string[] };

export interface PlanSettings {
	externalIdField: Field;
	/** Only on create. */
	ownerId?: number;
	visibleTo?: number;
	/** Whether this run is going to create the organization with this external id. */
	isPlanned?: (externalId: string) => boolean;
	/** Whether an organization stands for an ERP record, one that is gone from the ERP, or none. */
	hostState?: (organizationId: number) => 'linked' | 'ended' | 'unlinked';
}

export function goneReason({ entity }: Intent, id: number): string {
	const reason = `${entity} ${id} of Pipedrive was deleted or merged away: restore it there, or turn on "Create Again When Deleted".`;
	// A survivor that carries this order would have been found; one with an order of its own keeps to that.
	const merged =
		' If it was merged into the deal of another order, that deal follows the other order alone, and Pipedrive does not tell which deal it is.';
	return entity === 'deal' ? reason + merged : reason;
}

export function setAside(intent: Intent, reasonCode: string, reason: string, ids: number[]): Plan {
	return { action: 'setAside', reasonCode, reason, ids, warnings: intent.warnings };
}
