import { asCoreError, CoreError } from '../../../core/http/errors';
import { externalIdOf } from '../../../core/record/erpRecord';
import { ORDER_KINDS, type OrderKind } from '../documentKinds';
import { findDocument, type DocumentState, type FoundDocument } from '../findDocument';
import { text, type Row } from '../rows';
import { keyPredicate, type ServiceLayer } from '../serviceLayer';
import { createOrder, refuseStranger } from '../writing';
import type { Deal } from './deal';
import { differencesOf } from './differences';
import { documentLines } from './lines';
import { documentCurrency, partnerOf, type Partner } from './partner';
import type { DealSettings } from './settings';

export interface DealResult {
	/** `skipped`: the deal asks for no document; `setAside`: it cannot become one. `reason` says why. */
	outcome: 'created' | 'existing' | 'draft' | 'skipped' | 'setAside';
	dealId: string;
	/** `nothing` where the stage asks for none. */
	kind: OrderKind | 'nothing';
	reference: string;
	/** Document number; '' while there is none: skipped, or a draft that waits for approval. */
	number: string;
	state: DocumentState | '';
	document: Row | null;
	/** What a person has to look at: nothing is changed or cancelled by itself. One sentence each. */
	alerts: string[];
	warnings: string[];
	reason: string;
	/** Of a deal that is set aside: why, in one word. */
	reasonCode: string;
	/** Of a lead that was created for the deal, to be written into the organization. */
	newOrganizationExternalId: string;
}

interface Wanted {
	body: Row;
	partner: Partner;
}

/**
 * Creates the document that a deal asks for, once. Where it is there already it is compared with the deal: what differs,
 * a deal that is no longer won and a cancelled document become alerts.
 * @throws CoreError `invalid` with a code for a deal that cannot become a document (it is to be set aside)
 */
export async function createFromDeal(
	service: ServiceLayer,
	deal: Deal,
	settings: DealSettings,
): Promise<DealResult> {
	const { reference, referenceField } = settings;
	if (reference === '') {
		throw new CoreError('configuration', `Deal ${deal.id} has no reference.`, {
			remedy: 'Fill in "Reference", for example PD-{{ $json.deal.id }}.',
		});
	}
	const kind = kindFor(deal, settings);
	if (kind === 'nothing') {
		return skipped(deal, kind, reference, `Stage "${deal.stage}" asks for no document.`);
	}
	const found = await findDocument(service, { kind, reference, referenceField });
	if (found) return await existing(service, deal, settings, kind, found);
	if (settings.onlyWon && kind !== 'quotation' && deal.status !== 'won') {
		return skipped(deal, kind, reference, `The deal is not won: its status is "${deal.status}".`);
	}
	if (deal.status === 'lost') return skipped(deal, kind, reference, 'The deal is lost.');
	const { body, partner } = await wantedOf(service, deal, settings, kind, true);
	const written = await createOrder(service, { kind, reference, referenceField, body });
	return {
		...nothingYet(deal, kind, reference),
		...written,
		number: numberOf(written.state, written.document),
		newOrganizationExternalId: partner.isNew
			? externalIdOf('b1', service.connection.scope, 'businessPartner', partner.cardCode)
			: '',
	};
}

function kindFor(deal: Deal, { document }: DealSettings): OrderKind | 'nothing' {
	if (typeof document === 'string') return document;
	const stage = deal.stage.toLowerCase();
	return document.find((rule) => rule.stage.toLowerCase() === stage)?.document ?? 'nothing';
}

async function wantedOf(
	service: ServiceLayer,
	deal: Deal,
	settings: DealSettings,
	kind: OrderKind,
	mayCreateLead: boolean,
): Promise<Wanted> {
	const isPurchase = kind === 'purchaseOrder';
	const partner = await partnerOf(service, deal, settings, { isPurchase, mayCreateLead });
	const isPriced = settings.priceSource === 'deal';
	const currency = isPriced ? documentCurrency(deal, partner, settings) : '';
	const body: Row = {
		CardCode: partner.cardCode,
		DocDueDate: settings.dueDate,
		...(currency !== '' && { DocCurrency: currency }),
		...settings.header,
		DocumentLines: documentLines(deal, settings, service.connection.scope, currency),
	};
	return { body, partner };
}

/** A deal that cannot be compared is no reason to fail: its document is there. */
async function existing(
	service: ServiceLayer,
	deal: Deal,
	settings: DealSettings,
	kind: OrderKind,
	{ state, document }: FoundDocument,
): Promise<DealResult> {
	const { what, entitySet } = ORDER_KINDS[kind];
	const alerts: string[] = [];
	if (state === 'cancelled') alerts.push(`The ${what} is cancelled. It is not created again.`);
	if (settings.onlyWon && kind !== 'quotation' && deal.status !== 'won') {
		alerts.push(`The deal is not won any more: its status is "${deal.status}".`);
	}
	if (state !== 'cancelled') {
		const set = state === 'draft' ? 'Drafts' : entitySet;
		const told = await compared(service, deal, settings, kind, set, document).catch(
			(caught: unknown) => {
				const error = asCoreError(caught);
				if (error.code === 'otherPartner') throw error;
				return [`It could not be compared with the deal: ${error.message}`];
			},
		);
		alerts.push(...told);
	}
	return {
		...nothingYet(deal, kind, settings.reference),
		outcome: state === 'draft' ? 'draft' : 'existing',
		state,
		document,
		number: numberOf(state, document),
		alerts,
	};
}

async function compared(
	service: ServiceLayer,
	deal: Deal,
	settings: DealSettings,
	kind: OrderKind,
	entitySet: string,
	document: Row,
): Promise<string[]> {
	const { body } = await wantedOf(service, deal, settings, kind, false);
	const { reference, referenceField } = settings;
	refuseStranger({ kind, reference, referenceField, body }, document);
	const predicate = keyPredicate(text(document, 'DocEntry'), 'number');
	const stored = await service.entity(entitySet, predicate, ['CardCode', 'DocumentLines']);
	return differencesOf(body, stored);
}

function numberOf(state: DocumentState, document: Row): string {
	return state === 'draft' ? '' : text(document, 'DocNum');
}

function skipped(
	deal: Deal,
	kind: DealResult['kind'],
	reference: string,
	reason: string,
): DealResult {
	return { ...nothingYet(deal, kind, reference), reason };
}

function nothingYet(deal: Deal, kind: DealResult['kind'], reference: string): DealResult {
	return {
		outcome: 'skipped',
		dealId: deal.id,
		kind,
		reference,
		number: '',
		state: '',
		document: null,
		alerts: [],
		warnings: [],
		reason: '',
		reasonCode: '',
		newOrganizationExternalId: '',
	};
}

/** The result in place of an error that says what a person has to mend in the deal; other errors are thrown on. */
export function setAside(deal: Deal, { reference }: DealSettings, caught: unknown): DealResult {
	const error = asCoreError(caught);
	const { kind, code = '', message, remedy } = error;
	// Codes of the ERP are numbers.
	if (kind !== 'invalid' || !/^[a-z]+$/i.test(code)) throw error;
	return {
		...nothingYet(deal, 'nothing', reference),
		outcome: 'setAside',
		reason: [message, remedy].filter(Boolean).join(' '),
		reasonCode: code,
	};
}
