import { parseJson } from '../../../core/http/body';
import { CoreError } from '../../../core/http/errors';
import { text, type Row } from '../rows';

/** A deal of a CRM as *Pipedrive Upsert*, Deal, Get hands it over: `{deal, organizationExternalId, lines, …}`. */
export interface Deal {
	id: string;
	title: string;
	/** `won`, `open` or `lost`. */
	status: string;
	/** By name. */
	stage: string;
	/** ISO code. */
	currency: string;
	organizationId: string;
	organizationName: string;
	organizationExternalId: string;
	lines: DealLine[];
}

export interface DealLine {
	productExternalId: string;
	productCode: string;
	name: string;
	quantity: number;
	/** In the currency of the deal. */
	unitPrice: number;
	/** A percentage, or money off the line as a whole. */
	discount: number;
	discountType: 'percentage' | 'amount';
	/** Whether the tax is in the price. */
	isGross: boolean;
	comments: string;
}

/** @throws CoreError `configuration` where this is no deal with its lines */
export function dealOf(parameter: unknown): Deal {
	const given = typeof parameter === 'string' ? parseJson(parameter) : parameter;
	const row = isRow(given) ? given : {};
	const { deal, lines } = row;
	if (!isRow(deal) || !Array.isArray(lines) || text(deal, 'id') === '') {
		throw new CoreError('configuration', '"Deal" is no deal with its lines.', {
			remedy:
				'Give it what Pipedrive Upsert hands over with Resource "Deal" and Operation "Get": {{ $json }} behind that node.',
		});
	}
	return {
		id: text(deal, 'id'),
		title: text(deal, 'title'),
		status: text(deal, 'status'),
		stage: text(deal, 'stage'),
		currency: text(deal, 'currency').toUpperCase(),
		organizationId: text(row, 'organizationId'),
		organizationName: text(row, 'organizationName'),
		organizationExternalId: text(row, 'organizationExternalId'),
		lines: lines.filter(isRow).map(lineOf),
	};
}

function lineOf(line: Row): DealLine {
	return {
		productExternalId: text(line, 'productExternalId'),
		productCode: text(line, 'productCode'),
		name: text(line, 'name'),
		quantity: numeric(line.quantity),
		unitPrice: numeric(line.unitPrice),
		discount: numeric(line.discount ?? 0),
		discountType: line.discountType === 'amount' ? 'amount' : 'percentage',
		isGross: line.taxMethod === 'inclusive',
		comments: text(line, 'comments'),
	};
}

/** NaN is told where the line is used. */
function numeric(value: unknown): number {
	if (typeof value === 'string' && value.trim() === '') return NaN;
	return typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
}

function isRow(value: unknown): value is Row {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
