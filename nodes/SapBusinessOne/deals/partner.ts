import { asCoreError, CoreError } from '../../../core/http/errors';
import { oneAtATime } from '../oneAtATime';
import { isMember, text, type Row } from '../rows';
import { keyPredicate, type ServiceLayer } from '../serviceLayer';
import type { Deal } from './deal';
import { keyIn } from './keys';
import type { DealSettings } from './settings';

export interface Partner {
	cardCode: string;
	name: string;
	/** As the ERP writes it; `##` for all currencies. */
	currency: string;
	isLead: boolean;
	/** A lead made for this deal just now. */
	isNew: boolean;
}

const FIELDS = ['CardCode', 'CardName', 'CardType', 'Currency'];
/** Of CardCode in the ERP. */
const LONGEST_CODE = 15;

/** Whom the document is for: the vendor of a setting, or the customer that the deal's organization is linked to. */
export async function partnerOf(
	service: ServiceLayer,
	deal: Deal,
	settings: DealSettings,
	{ isPurchase, mayCreateLead }: { isPurchase: boolean; mayCreateLead: boolean },
): Promise<Partner> {
	if (isPurchase) return await vendorOf(service, settings.vendor);
	if (deal.organizationExternalId === '') {
		return await leadOf(service, deal, settings.leadPrefix, mayCreateLead);
	}
	const whose = `The organization of deal ${deal.id}`;
	const { scope } = service.connection;
	const cardCode = keyIn(deal.organizationExternalId, 'businessPartner', scope, whose);
	const row = await partnerRow(service, cardCode);
	if (!row) {
		throw new CoreError('invalid', `SAP Business One has no business partner "${cardCode}".`, {
			code: 'customerMissing',
			remedy: `${whose} names it: correct the link in Pipedrive.`,
		});
	}
	if (!isMember(row, 'CardType', 'cSupplier', 'S')) return partnerFrom(row);
	throw new CoreError('invalid', `Business partner "${cardCode}" is a supplier, no customer.`, {
		code: 'noCustomer',
		remedy: `${whose} is linked to it: link it to a customer.`,
	});
}

async function vendorOf(service: ServiceLayer, cardCode: string): Promise<Partner> {
	if (cardCode === '') {
		throw new CoreError('configuration', 'A purchase order has no vendor.', {
			remedy: 'Fill in "Vendor".',
		});
	}
	const row = await partnerRow(service, cardCode);
	if (row && isMember(row, 'CardType', 'cSupplier', 'S')) return partnerFrom(row);
	throw new CoreError('configuration', `SAP Business One has no supplier "${cardCode}".`, {
		code: 'vendorMissing',
		remedy: 'Correct "Vendor": it takes the code of a business partner of type supplier.',
	});
}

async function leadOf(
	service: ServiceLayer,
	deal: Deal,
	prefix: string,
	mayCreate: boolean,
): Promise<Partner> {
	if (prefix === '' || deal.organizationId === '') throw unlinked(deal);
	const cardCode = `${prefix}${deal.organizationId}`;
	if (cardCode.length > LONGEST_CODE) {
		throw new CoreError('configuration', `The lead's code "${cardCode}" is too long.`, {
			remedy: `Shorten "Lead Code Prefix": codes have ${LONGEST_CODE} characters at most.`,
		});
	}
	// One organization, one code: the ERP itself refuses a second lead.
	return await oneAtATime(`lead\n${service.connection.root}\n${cardCode}`, async () => {
		const known = await partnerRow(service, cardCode);
		if (known) return partnerFrom(known);
		if (!mayCreate) throw unlinked(deal);
		return await newLead(service, cardCode, deal);
	});
}

function unlinked({ id, organizationId }: Deal): CoreError {
	const why =
		organizationId === '' ? 'has no organization' : 'has an organization without external ID';
	return new CoreError('invalid', `Deal ${id} ${why}: nobody knows the customer.`, {
		code: 'customerUnlinked',
		remedy:
			'Link the organization to its customer in Pipedrive (external ID), then run the deal again.',
	});
}

async function newLead(service: ServiceLayer, cardCode: string, deal: Deal): Promise<Partner> {
	const name = deal.organizationName || deal.title || cardCode;
	const lead = { CardCode: cardCode, CardName: name, CardType: 'cLid', Currency: '##' };
	try {
		await service.send({ method: 'POST', path: 'BusinessPartners', json: lead });
	} catch (caught) {
		const error = asCoreError(caught);
		const there = error.neverSent
			? undefined
			: await partnerRow(service, cardCode).catch(() => undefined);
		if (!there) throw error;
	}
	return { ...partnerFrom(lead), isNew: true };
}

async function partnerRow(service: ServiceLayer, cardCode: string): Promise<Row | undefined> {
	try {
		return await service.entity('BusinessPartners', keyPredicate(cardCode, 'text'), FIELDS);
	} catch (caught) {
		const error = asCoreError(caught);
		if (error.kind === 'notFound') return undefined;
		throw error;
	}
}

function partnerFrom(row: Row): Partner {
	return {
		cardCode: text(row, 'CardCode'),
		name: text(row, 'CardName'),
		currency: text(row, 'Currency'),
		isLead: isMember(row, 'CardType', 'cLid', 'L'),
		isNew: false,
	};
}

/**
 * The ERP's code of the deal's currency, when the partner is billed in it.
 * @throws CoreError `invalid` where the partner has one other currency: its amounts would be other money
 */
export function documentCurrency(deal: Deal, partner: Partner, settings: DealSettings): string {
	const code = settings.currencies.get(deal.currency) ?? deal.currency;
	if (code !== '' && (partner.currency === '##' || partner.currency === code)) return code;
	throw new CoreError(
		'invalid',
		`Deal ${deal.id} is in ${deal.currency || 'no currency'}, and ${partner.cardCode} is billed in ${partner.currency || 'no currency that is known'}.`,
		{
			code: 'currency',
			remedy:
				'Change the currency of the deal, allow the partner all currencies (##), or name the code that the ERP uses in "Currency Codes"; "Price Source" can also leave prices to the ERP.',
		},
	);
}
