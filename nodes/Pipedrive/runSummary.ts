import type { BudgetStatus } from '../../core/http/budget';
import type { ItemReport, RecordReport } from './report';

/**
 * What came of the records of a run, on one line. A record that the ERP blocked or deleted before it came to Pipedrive
 * is told as not created, although nothing about it changed.
 */
export function summaryOf(reports: readonly ItemReport[]): string {
	const persons = reports.flatMap((report) => report.persons ?? []);
	const warned = reports.filter(hasWarnings).length;
	return [
		countsText(reports),
		...(persons.length > 0 ? [`persons: ${countsText(persons)}`] : []),
		...(warned > 0 ? [`${warned} with warnings`] : []),
	].join('; ');
}

function countsText(reports: readonly RecordReport[]): string {
	const missed = reports.filter(isNotCreated).length;
	const count = (outcome: RecordReport['outcome']) =>
		reports.filter((report) => report.outcome === outcome).length;
	return [
		`${count('created')} created`,
		`${count('updated')} updated`,
		`${count('unchanged') - missed} unchanged`,
		`${count('setAside')} set aside`,
		...(missed > 0 ? [`${missed} not created`] : []),
	].join(', ');
}

function isNotCreated({ outcome, reasonCode }: RecordReport): boolean {
	return outcome === 'unchanged' && reasonCode === 'notCreated';
}

function hasWarnings({ warnings, persons = [], also = [] }: ItemReport): boolean {
	return [{ warnings }, ...persons, ...also].some((one) => one.warnings.length > 0);
}

/** @param spent tokens of everything that this run sent */
export function budgetText(spent: number, { left, perDay, reserve }: BudgetStatus): string {
	const rest = Math.max(0, Math.floor(left));
	return `This run spent ${spent} tokens, reading and creating fields included. Of ${perDay} a day it may still spend ${rest} before Pipedrive's daily reset: the others are spent, reserved for people (${reserve}) or kept to notice the reset.`;
}

/**
 * What is about the run and not about one record goes along with its first record: n8n keeps the hints of a panel
 * nowhere. What records say anyway is not repeated.
 *
 * @returns what was added
 */
export function tellOnce(reports: readonly ItemReport[], notices: readonly string[]): string[] {
	const known = new Set(reports.map(({ reason }) => reason));
	const news = [...new Set(notices)].filter((notice) => !known.has(notice));
	const [first] = reports;
	if (first && news.length > 0) first.warnings = [...first.warnings, ...news];
	return news;
}
