import fc from 'fast-check';
import { AUDIT_COLUMNS, auditEventOf, type AuditEvent } from '../../../core/audit/auditEvent';
import { ERASABLE, sealRun, type LastRun } from '../../../core/audit/chain';
import { rowsOf } from '../../audit/exportRows.mts';
import type { Verdict } from '../../audit/findings.mts';
import { verifyAudit, type VerifyOptions } from '../../audit/verify.mts';

export type Table = Array<Record<string, string | number>>;
export const SECRET = 'correct horse battery staple';
export const COLUMNS = AUDIT_COLUMNS.map(({ name }) => name as string);

interface RunOptions {
	workflowId?: string;
	secret?: string;
	previous?: LastRun;
	/** Told apart from another run of the same number. */
	name?: string;
}

/** One run per number: how many rows it has. */
export function tableOf(runs: readonly number[], workflowId = 'wf1', secret = SECRET): Table {
	const table: Table = [];
	runs.forEach((size, run) => {
		table.push(...runOf(run, size, { workflowId, secret, ...previousIn(table) }));
	});
	return table;
}

/** The last row of a table as the next run gets to know it. */
export function previousIn(table: Table): { previous?: LastRun } {
	const last = table[table.length - 1];
	if (!last) return {};
	return { previous: { runNumber: Number(last.runNumber), hash: String(last.hash) } };
}

export function runOf(run: number, size: number, options: RunOptions = {}): Table {
	const { workflowId = 'wf1', secret = SECRET, previous, name = '' } = options;
	const runId = `${workflowId}-run-${run}${name}`;
	const rows = sealRun(
		Array.from({ length: size }, (_, row) => eventOf(runId, run, row)),
		{
			runId,
			executionId: String(100 + run),
			workflowId,
			at: atOf(run),
			tokens: size * 5,
			summary: `${size} created`,
			secret,
			newSalt: () => `salt-${runId}-${(salt += 1)}`,
			...(previous ? { previous } : {}),
		},
	);
	return rows.map((row) => ({ ...row }));
}

let salt = 0;
const atOf = (run: number) => new Date(Date.UTC(2026, 0, 1 + run)).toISOString();

function eventOf(runId: string, run: number, row: number): AuditEvent {
	const key = String(1_000_000 + row);
	return auditEventOf({
		runId,
		executionId: String(100 + run),
		erp: {
			system: 's4hana',
			entity: 'businessPartner',
			key,
			externalId: `s4hana:100:businessPartner:${key}`,
			version: `v${run}`,
			readAt: atOf(run),
		},
		action: row % 3 === 2 ? 'setAside' : 'created',
		reason: row % 3 === 2 ? 'No name, "really",\nnone; at all' : '',
		pipedriveType: 'organization',
		pipedriveId: row % 3 === 2 ? null : 500 + row,
		at: atOf(run),
		fieldsRead: ['organization.name'],
		fieldChanges: [{ field: 'Name', from: null, to: `Müller & Söhne ${run}/${row}` }],
		tokens: 5,
		payload: { run, row },
	});
}

export function replaced(table: Table, at: number, row: Table[number]): Table {
	return table.map((one, index) => (index === at ? row : one));
}

export function without(table: Table, at: number, count = 1): Table {
	return table.filter((_, index) => index < at || index >= at + count);
}

export function jsonOf(table: Table): string {
	return JSON.stringify({ count: table.length, data: table });
}

/** As n8n's Data Table writes it, with the table's own columns around ours. */
export function csvOf(table: Table, delimiter = ',', names = COLUMNS): string {
	const cell = (value: string | number) => {
		const text = String(value);
		return /[",;\t\r\n]|^ | $/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
	};
	const lines = table.map((row, index) =>
		[index + 1, ...COLUMNS.map((name) => row[name] ?? ''), '2026-01-01T00:00:00.000Z']
			.map(cell)
			.join(delimiter),
	);
	return [['id', ...names, 'createdAt'].join(delimiter), ...lines].join('\n');
}

export async function verdictOn(table: Table, options: VerifyOptions = {}): Promise<Verdict> {
	return await verdictOnText(jsonOf(table), { secrets: [SECRET], ...options });
}

/** @param piece characters per chunk of the stream */
export async function verdictOnText(
	text: string,
	options: VerifyOptions = {},
	piece = 1 << 16,
): Promise<Verdict> {
	async function* chunks() {
		for (let at = 0; at < text.length; at += piece) yield text.slice(at, at + piece);
	}
	return await verifyAudit(rowsOf(chunks()), options);
}

/** What retention and erasure do to a row. */
export function emptied(row: Table[number], which: keyof typeof ERASABLE): Table[number] {
	const { columns, salt: saltColumn } = ERASABLE[which];
	return { ...row, ...Object.fromEntries([...columns, saltColumn].map((name) => [name, ''])) };
}

/** What trimming does: the last run row that goes stays as an anchor. */
export function trimmed(table: Table, upToRun: number): Table {
	const anchor = table.find((row) => row.runNumber === upToRun && row.action === 'sealed')!;
	const kept = table.filter((row) => Number(row.runNumber) > upToRun);
	return [...kept, { ...anchor, action: 'anchor' }];
}

export const anyTable = fc
	.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 })
	.map((runs) => [...tableOf(runs), ...tableOf([2, 1], 'wf2')]);
