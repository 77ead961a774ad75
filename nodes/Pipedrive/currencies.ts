import type { ProductPrice } from './builtInValues';
import type { Intent, WantedValue } from './intents';
import type { Environment } from './run';

/** An inactive one is looked for again after this long. */
const LIFETIME_MS = 4 * 60 * 60 * 1000;

/** Codes of the currencies that Pipedrive takes, where this process asked lately. */
export function knownCurrencies({
	memory,
	company,
	ports,
}: Environment): ReadonlySet<string> | undefined {
	const known = memory.currencies.get(company.key);
	return known && ports.now() - known.readAt <= LIFETIME_MS ? known.active : undefined;
}

/** Asked for only when a record was refused: 20 tokens, kept for four hours. */
export async function activeCurrencies(environment: Environment): Promise<ReadonlySet<string>> {
	const known = knownCurrencies(environment);
	if (known) return known;
	const { memory, company, api, ports } = environment;
	const active = new Set(await api.currencies());
	memory.currencies.set(company.key, { readAt: ports.now(), active });
	return active;
}

/**
 * Takes amounts in other currencies out of the record, with a warning. A deal without its currency would stand in
 * Pipedrive's standard one: its value and lines go too.
 * @returns whether anything was left out
 */
export function leaveOutInactive(intent: Intent, active: ReadonlySet<string>): boolean {
	const leftOut = new Map<string, string[]>();
	const isOut = (code: string) => code !== '' && !active.has(code);
	const tell = (code: string, what: string) =>
		leftOut.set(code, [...(leftOut.get(code) ?? []), what]);
	const ofDeal = intent.values.find(({ field }) => field.type === 'currency');
	const lost = ofDeal && isOut(String(ofDeal.value)) ? String(ofDeal.value) : undefined;
	const kept: WantedValue[] = [];
	for (const wanted of intent.values) {
		const { field, value } = wanted;
		const isAmountOfDeal = lost !== undefined && (field === ofDeal!.field || field.key === 'value');
		const currency = isAmountOfDeal ? lost : currencyIn(wanted);
		if (field.type === 'prices' && Array.isArray(value)) {
			const prices = value as ProductPrice[];
			const gone = prices.filter((price) => isOut(price.currency));
			for (const price of gone) tell(price.currency, `"${field.name}" in ${price.currency}`);
			const rest = prices.filter((price) => !gone.includes(price));
			if (gone.length === 0 || rest.length > 0) kept.push({ ...wanted, value: rest });
		} else if (isOut(currency)) tell(currency, `"${field.name}"`);
		else kept.push(wanted);
	}
	if (leftOut.size === 0) return false;
	intent.values = kept;
	if (lost !== undefined) {
		intent.withoutLines = true;
		if (intent.deal && intent.deal.lines.length > 0) tell(lost, '"Lines"');
	}
	for (const [code, names] of leftOut) intent.warnings.push(sentenceOf(code, names));
	return true;
}

/** Whether the currency may be why Pipedrive refused the record. */
export function hasAmounts({ values }: Intent): boolean {
	return values.some(({ field }) => ['currency', 'monetary', 'prices'].includes(field.type));
}

function currencyIn({ field, value }: WantedValue): string {
	if (field.type === 'currency') return String(value);
	if (field.type !== 'monetary' || value === null || typeof value !== 'object') return '';
	return String((value as { currency?: unknown }).currency ?? '');
}

function sentenceOf(code: string, names: readonly string[]): string {
	const were = names.length === 1 ? 'was' : 'were';
	return `${names.join(', ')} ${were} left out: Pipedrive has no active currency "${code}". Activate it in Pipedrive's company settings, or correct the code in the ERP.`;
}
