/** The page that tells whether the syncs work: a webhook, what is read, two pieces of code, an answer. */
import {
	AUDIT_TABLE,
	createTable,
	equals,
	getRows,
	SET_ASIDE_TABLE,
	type Condition,
} from '../tables.mts';
import type { Template, TemplateNode } from '../workflow.mts';
import { codeOf } from './code.mts';
import {
	allWorkflows,
	answer,
	budget,
	code,
	MOST_SET_ASIDE,
	ONCE,
	overview,
	READ,
	readings,
	settings,
	setup,
	webhook,
} from './nodes.mts';
import { DAYS_SHOWN } from './span.mts';

/** Chains begin where a workflow ran first, or where its older runs were trimmed. */
const MOST_CHAINS = 200;

/** A row that comes in between two pages of a read makes the read fail. */
const AGAIN: Partial<TemplateNode> = { retryOnFail: true, maxTries: 3, waitBetweenTries: 500 };

export const healthTemplate: Template = {
	file: 'sync-health',
	name: 'Sync health page',
	nodes: [
		overview(),
		setup(),
		webhook(),
		settings(),
		createTable('Create Audit Table', [440, 290], AUDIT_TABLE),
		createTable('Create Set-Aside Table', [660, 290], SET_ASIDE_TABLE),
		budget(),
		getRows(
			'Runs',
			[1100, 290],
			AUDIT_TABLE,
			all([
				equals('action', 'sealed'),
				{
					keyName: 'readAt',
					condition: 'gte',
					keyValue: `={{ $now.startOf('day').minus({ days: ${DAYS_SHOWN - 1} }).toUTC().toISO() }}`,
				},
				{ keyName: 'createdAt', condition: 'lt', keyValue: '={{ $now.toUTC().toISO() }}' },
			]),
			newest("={{ $('Settings').first().json.mostRuns }}"),
			{ ...ONCE, ...AGAIN },
		),
		getRows(
			'First Runs',
			[1320, 290],
			AUDIT_TABLE,
			all([equals('action', 'sealed'), equals('runNumber', '1')]),
			newest(MOST_CHAINS),
			ONCE,
		),
		getRows(
			'Trimmed Runs',
			[1540, 140],
			AUDIT_TABLE,
			all([equals('action', 'anchor')]),
			newest(MOST_CHAINS),
			ONCE,
		),
		allWorkflows(),
		getRows(
			'Newest Runs',
			[1980, 290],
			AUDIT_TABLE,
			all([ofWorkflow(), equals('action', 'sealed')]),
			newest(1),
			READ,
		),
		getRows(
			'Newest Writes',
			[2200, 290],
			AUDIT_TABLE,
			all([ofWorkflow(), { keyName: 'writtenAt', condition: 'isNotEmpty' }]),
			newest(1),
			READ,
		),
		getRows(
			'Oldest Set Aside',
			[2420, 290],
			SET_ASIDE_TABLE,
			all([differs('status', 'solved'), differs('status', 'superseded')]),
			{ ...newest(MOST_SET_ASIDE), orderByColumn: 'setAsideAt', orderByDirection: 'ASC' },
			ONCE,
		),
		readings(),
		code(
			'Figures',
			[2860, 290],
			codeOf('figures', 'return [{ json: figuresOf($input.first().json) }];'),
		),
		code(
			'Page',
			[3080, 290],
			codeOf('page', 'return [{ json: { html: pageOf($input.first().json) } }];'),
		),
		answer(),
	],
	wires: {
		'Health Page': [['Settings']],
		Settings: [['Create Audit Table']],
		'Create Audit Table': [['Create Set-Aside Table']],
		'Create Set-Aside Table': [['Budget']],
		Budget: [['Runs']],
		Runs: [['First Runs']],
		'First Runs': [['Trimmed Runs', 'All Workflows']],
		'Trimmed Runs': [[['All Workflows', 1]]],
		'All Workflows': [['Newest Runs']],
		'Newest Runs': [['Newest Writes']],
		'Newest Writes': [['Oldest Set Aside']],
		'Oldest Set Aside': [['Readings']],
		Readings: [['Figures']],
		Figures: [['Page']],
		Page: [['Send Page']],
	},
};

function all(conditions: Condition[]) {
	return { matchType: 'allConditions' as const, conditions };
}

function differs(keyName: string, keyValue: string): Condition {
	return { keyName, condition: 'neq', keyValue };
}

function ofWorkflow(): Condition {
	return equals('workflowId', "={{ $json.workflowId ?? '' }}");
}

function newest(limit: number | string) {
	return {
		returnAll: false,
		limit,
		orderBy: true,
		orderByColumn: 'id',
		orderByDirection: 'DESC',
	};
}
