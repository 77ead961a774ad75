/** What the history writes into notes, and what it reads back from them. */
import fc from 'fast-check';
import {
	blockHtml,
	blockLines,
	idsIn,
	isOurs,
	withBlock,
} from '../../../nodes/Pipedrive/history/block';
import {
	MOST_DOCUMENTS,
	mergeSummary,
	parseSummary,
} from '../../../nodes/Pipedrive/history/summary';
import { tidied, type HistoryDocument } from '../../../nodes/Pipedrive/history/documents';
import { visibleLines } from '../../../nodes/Pipedrive/history/html';
import { noteHtml } from '../../sandbox/pipedrive/noteHtml.mts';

const SUMMARY = 'b1:SBO:businessPartner:C1:documents';

function invoice(n: number, change: Partial<HistoryDocument> = {}): HistoryDocument {
	return {
		externalId: `b1:SBO:invoice:${n}`,
		kind: 'invoice',
		number: String(4000 + n),
		date: `2026-${String(1 + Math.floor(n / 28)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`,
		dueDate: '2026-12-31',
		total: '1200.50',
		open: '1200.50',
		currency: 'EUR',
		isCancelled: false,
		...change,
	};
}

/** What a person sees. */
const seen = (html: string) =>
	visibleLines(html)
		.map(({ text }) => text)
		.join('\n');
const invoices = (count: number) => Array.from({ length: count }, (_, n) => invoice(n));
const numbers = (html: string) => parseSummary(html, SUMMARY).map(({ number }) => number);

/** Text with everything that has a meaning in HTML, in our lines or nowhere. */
const hostile = fc.oneof(
	fc.string({ unit: 'grapheme', maxLength: 30 }),
	fc.string({ unit: 'binary', maxLength: 20 }),
	fc.constantFrom(
		'',
		'–',
		' | ',
		'<script>alert(1)</script>',
		'a & b < c > "d" \'e\'',
		'&lt;b&gt; &amp;amp; &#39;',
		'%41 100% %',
		'ERP ID: b1:SBO:invoice:1',
		'Documents in the ERP',
		'<li>x</li><br>y',
		'Müller & Söhne 🚀 ß',
		'total  two  blanks ',
		'\u200b\u00ad\ufeff\u00a0',
		'--><!--',
	),
);
const document = fc.record({
	externalId: fc.oneof(hostile, fc.string({ maxLength: 20 })).filter((id) => usable(id)),
	kind: fc.oneof(hostile, fc.constantFrom('invoice', 'creditNote', 'payment', 'Invoice')),
	number: hostile,
	date: fc.oneof(hostile, fc.constantFrom('2026-11-02', '2026-11-03')),
	dueDate: hostile,
	total: fc.oneof(hostile, fc.constantFrom('1200.50', '-3', '0')),
	open: fc.oneof(hostile, fc.constantFrom('1200.50', '-3', '0')),
	currency: fc.oneof(hostile, fc.constantFrom('EUR', 'USD')),
	isCancelled: fc.constant(false),
});

/** What the node lets pass as an external id. */
function usable(id: string): boolean {
	return id.trim() === id && id !== '' && id.length <= 255 && !/\p{Cc}|\p{Cs}/u.test(id);
}

describe('the line with the ERP ID', () => {
	it('holds any id so that it is found again, also after Pipedrive cleaned the note', () => {
		fc.assert(
			fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })).filter(usable), (externalId) => {
				const html = blockHtml({ heading: 'From the ERP', body: '<br>text<br>', externalId });
				expect(idsIn(html)).toEqual([externalId]);
				expect(idsIn(noteHtml(html))).toEqual([externalId]);
				expect(blockLines(noteHtml(html), 'From the ERP', externalId)).toEqual(['text']);
			}),
			{ numRuns: 500 },
		);
	});

	it('reads as ERP ID and the plain id', () => {
		const html = blockHtml({
			heading: 'From the ERP',
			body: '<br>',
			externalId: 'b1:SBO:invoice:4711',
		});
		expect(seen(html)).toBe('From the ERP\n[ERP ID: b1:SBO:invoice:4711]');
	});

	it('is not confused with a longer id, a shorter one, or one in the middle of a sentence', () => {
		const html = blockHtml({ heading: 'H', body: '<br>', externalId: 'b1:SBO:invoice:4711' });
		expect(isOurs(html, 'b1:SBO:invoice:471')).toBe(false);
		expect(isOurs(html, 'b1:SBO:invoice:47110')).toBe(false);
		expect(isOurs(html, 'SBO:invoice:4711')).toBe(false);
		expect(isOurs('<p>see ERP ID: b1:SBO:invoice:4711</p>', 'b1:SBO:invoice:4711')).toBe(false);
		expect(isOurs('<p>ERP ID: b1:SBO:invoice:4711 paid?</p>', 'b1:SBO:invoice:4711')).toBe(false);
	});

	it('is found whatever tags and entities an editor puts around it', () => {
		const ways = [
			'<p>ERP ID: b1:Müller:invoice:4711</p>',
			'<div><i>ERP&nbsp;ID:</i> b1:M&uuml;ller:invoice:4711</div>',
			'text<br/>ERP ID: <a href="b1:x">b1:M&#252;ller:invoice:4711</a>\n<br />more',
			'<p>&#8203;ERP ID: b1:Mül\u00adler:\ufeffinvoice:4711\u200b</p>',
			'<ul><li><b>ERP ID:</b>\n b1:M&#xfc;ller:invoice:4711</li></ul>',
		];
		for (const html of ways) expect(idsIn(html)).toEqual(['b1:Müller:invoice:4711']);
	});

	it('keeps what stands in its line, with the markup that belongs to it', () => {
		const block = { heading: 'H', body: '<br>new<br>', externalId: 'a:1' };
		const line =
			'<i>Ask <a href="https://x.example/">Ms&nbsp;Weiß</a> <small>[ERP ID: <u>a:1] now</u></small>!</i>';
		const next = withBlock(`<p>H</p><p>${line}</p><p>end</p>`, block);
		expect(next).toBe(
			'<p><b>H</b><br>new<br><small>[ERP ID: a:1]</small><br>' +
				'<i>Ask <a href="https://x.example/">Ms&nbsp;Weiß</a> </i> <i><small><u> now</u></small>!</i></p><p>end</p>',
		);
		expect(withBlock(next, block)).toBe(next);
	});

	it('a person may write anything before or behind it: it is found, and nothing of the text is lost', () => {
		const block = { heading: 'H', body: '<br>old<br>', externalId: 'b1:SBO:invoice:4711' };
		const words = fc
			.string({ unit: 'grapheme', maxLength: 20 })
			.filter((text) => !/[<&[\]]/.test(text));
		fc.assert(
			fc.property(words, words, fc.boolean(), (before, behind, isCleaned) => {
				const written = blockHtml(block)
					.replace('[ERP', () => `${before}[ERP`)
					.replace('4711]', () => `4711]${behind}`);
				const next = withBlock(isCleaned ? noteHtml(written) : written, { ...block, body: '<br>' });
				expect(idsIn(next)).toEqual(['b1:SBO:invoice:4711']);
				const letters = (text: string) => seen(text).replace(/\s/g, '');
				expect(letters(next)).toBe(
					`H[ERPID:b1:SBO:invoice:4711]${letters(before)}${letters(behind)}`,
				);
			}),
			{ numRuns: 300 },
		);
	});

	it('several blocks share a note, each replaced alone', () => {
		const one = { heading: 'H', body: '<br>one<br>', externalId: 'a:1' };
		const two = { heading: 'H', body: '<br>two<br>', externalId: 'a:2' };
		const both = withBlock(withBlock('<p>by hand</p>', one), two);
		const next = withBlock(both, { ...one, body: '<br>ONE<br>' });
		expect(seen(next)).toBe('by hand\nH\nONE\n[ERP ID: a:1]\nH\ntwo\n[ERP ID: a:2]');
	});

	it('a block whose heading a person removed takes none of the text above with it', () => {
		const html = '<p>by hand</p><p>kept</p><p>ERP ID: a:1</p><p>below</p>';
		const next = withBlock(html, { heading: 'H', body: '<br>new<br>', externalId: 'a:1' });
		expect(seen(next)).toBe('by hand\nkept\nH\nnew\n[ERP ID: a:1]\nbelow');
	});

	it('stays one block when the editor made paragraphs of its lines', () => {
		const html = '<p>hand</p><p><b>H</b></p><p>old</p><p>ERP ID: a:1</p><p>hand 2</p>';
		const next = withBlock(html, { heading: 'H', body: '<br>new<br>', externalId: 'a:1' });
		expect(seen(next)).toBe('hand\nH\nnew\n[ERP ID: a:1]\nhand 2');
		expect(next.split('<p>').length).toBe(next.split('</p>').length);
	});
});

describe('the summary note', () => {
	it('is read back without loss, whatever stands in the ERP and whatever cleaning it went through', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(document, { selector: (one) => one.externalId, maxLength: 20 }),
				hostile,
				(documents, handwritten) => {
					const before = `<p>${handwritten.replace(/[<&]|ERP ID/g, '')}</p>`;
					const { html, documents: shown } = mergeSummary(before, documents, SUMMARY);
					expect(new Set(shown.map((one) => JSON.stringify(one)))).toEqual(
						new Set(documents.map((one) => JSON.stringify(tidied(one)))),
					);
					expect(parseSummary(html, SUMMARY)).toEqual(shown);
					expect(parseSummary(noteHtml(html), SUMMARY)).toEqual(shown);
					expect(mergeSummary(noteHtml(html), documents, SUMMARY).changed).toBe(false);
					expect(html.startsWith(before)).toBe(documents.length > 0 || html === before);
				},
			),
			{ numRuns: 300 },
		);
	});

	it('shows the last 20 documents, newest first, and what was left out stays out', () => {
		const { html } = mergeSummary(undefined, invoices(30), SUMMARY);
		expect(numbers(html)).toEqual(
			Array.from({ length: MOST_DOCUMENTS }, (_, at) => String(4029 - at)),
		);
		expect(mergeSummary(html, invoices(5), SUMMARY).changed).toBe(false);
		expect(numbers(mergeSummary(html, [invoice(40)], SUMMARY).html)).toEqual([
			'4040',
			...numbers(html).slice(0, -1),
		]);
	});

	it('merges the documents of later batches into what the note shows', () => {
		const first = mergeSummary(undefined, [invoice(1), invoice(3)], SUMMARY);
		const second = mergeSummary(noteHtml(first.html), [invoice(2)], SUMMARY);
		expect(numbers(second.html)).toEqual(['4003', '4002', '4001']);
		expect(second.changes).toEqual([{ after: invoice(2) }]);
	});

	it('tells open, partly paid and paid', () => {
		const documents = [
			invoice(3),
			invoice(2, { open: '200' }),
			invoice(1, { open: '0.00' }),
			invoice(0, { kind: 'payment', open: '0' }),
		];
		const rows = seen(mergeSummary(undefined, documents, SUMMARY).html)
			.split('\n')
			.slice(1, 5);
		expect(rows.map((row) => row.split(' | ')[7])).toEqual(['open', 'partly paid', 'paid', 'paid']);
		expect(rows[1]).toBe(
			'2026-01-03 | Invoice | 4002 | 1200.50 | EUR | open 200 | due 2026-12-31 | partly paid | b1:SBO:invoice:2',
		);
	});

	it('adds up per kind and currency to the last digit, cancelled documents not at all', () => {
		const documents = [
			invoice(1, { total: '0.1', open: '0' }),
			invoice(2, { total: '0.2', open: '0.2' }),
			invoice(3, { total: '90071992547409931234.005', open: '0', currency: 'USD' }),
			invoice(4, { total: '-50', open: '-50', kind: 'creditNote' }),
			invoice(5, { total: '30', open: '0', kind: 'payment' }),
		];
		const start = mergeSummary(undefined, [...documents, invoice(6)], SUMMARY).html;
		const { html } = mergeSummary(start, [invoice(6, { isCancelled: true })], SUMMARY);
		expect(
			seen(html)
				.split('\n')
				.filter((line) => line.startsWith('Total')),
		).toEqual([
			'Total Payment (1): 30.00 EUR, open 0.00 EUR',
			'Total Credit note (1): -50.00 EUR, open -50.00 EUR',
			'Total Invoice (1): 90071992547409931234.005 USD, open 0.00 USD',
			'Total Invoice (2): 0.30 EUR, open 0.20 EUR',
		]);
	});

	it('a cancelled document changes its line and never adds one', () => {
		const start = mergeSummary(undefined, invoices(2), SUMMARY).html;
		const cancelled = mergeSummary(start, [invoice(1, { isCancelled: true })], SUMMARY);
		expect(numbers(cancelled.html)).toEqual(['4001', '4000']);
		expect(seen(cancelled.html)).toContain('| cancelled | b1:SBO:invoice:1');
		expect(mergeSummary(start, [invoice(9, { isCancelled: true })], SUMMARY).changed).toBe(false);
		expect(mergeSummary(undefined, [invoice(9, { isCancelled: true })], SUMMARY)).toMatchObject({
			changed: false,
			html: '',
		});
	});

	it('a document that is gone from the ERP keeps its line, as cancelled', () => {
		const start = mergeSummary(undefined, invoices(2), SUMMARY).html;
		const gone = { kind: '', number: '', date: '', dueDate: '', total: '', open: '', currency: '' };
		const { html } = mergeSummary(start, [invoice(1, { ...gone, isCancelled: true })], SUMMARY);
		expect(parseSummary(html, SUMMARY)[0]).toEqual(invoice(1, { isCancelled: true }));
	});

	it('two documents with one number and different ids are two lines', () => {
		const { html } = mergeSummary(
			undefined,
			[invoice(1, { number: '7' }), invoice(2, { number: '7', kind: 'creditNote' })],
			SUMMARY,
		);
		expect(numbers(html)).toEqual(['7', '7']);
	});

	it("a person's text around our part survives; an edit inside stays until a document changes", () => {
		const written = mergeSummary(undefined, invoices(2), SUMMARY).html;
		const edited = `<p>Call Ms Weiß</p>${noteHtml(written).replace('1200.50 | EUR', '9999 | EUR')}<p>Thanks!</p>`;
		expect(mergeSummary(edited, [], SUMMARY).changed).toBe(false);
		const next = mergeSummary(edited, [invoice(1, { open: '0' })], SUMMARY);
		const text = seen(next.html);
		expect(text.startsWith('Call Ms Weiß\nDocuments in the ERP')).toBe(true);
		expect(text.endsWith('\nThanks!')).toBe(true);
		expect(text).not.toContain('9999');
		expect(text.match(/Documents in the ERP/g)).toHaveLength(1);
	});

	it('fits into 100 KB: with a long text of a person it shows fewer documents', () => {
		const big = `<p>${'x'.repeat(100 * 1024 - 1200)}</p>`;
		const { html, documents } = mergeSummary(big, invoices(30), SUMMARY);
		expect(Buffer.byteLength(html)).toBeLessThanOrEqual(100 * 1024);
		expect(documents.length).toBeGreaterThan(1);
		expect(documents.length).toBeLessThan(20);
		expect(mergeSummary(noteHtml(html), invoices(30), SUMMARY).changed).toBe(false);
	});

	it('hostile text is shown, not obeyed', () => {
		const { html } = mergeSummary(
			undefined,
			[invoice(1, { number: '<img src=x onerror=alert(1)>', kind: '<b>Rechnung</b> & mehr' })],
			SUMMARY,
		);
		expect(html).not.toMatch(/<img|<b>Rechnung/);
		expect(seen(html)).toContain('<b>Rechnung</b> & mehr | <img src=x onerror=alert(1)>');
	});

	it('reads hostile notes of 100 KB quickly', () => {
		for (const piece of ['<a', '<!--', '&#', '<li>', '<br>ERP ID: x', '%41', '| ']) {
			const html = piece.repeat(Math.floor((100 * 1024) / piece.length));
			const start = performance.now();
			mergeSummary(html, [invoice(1)], SUMMARY);
			expect(performance.now() - start).toBeLessThan(1500);
		}
	});
});
