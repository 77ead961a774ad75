import fc from 'fast-check';
import { CoreError } from '../../core/http/errors';
import { classifyOData } from '../../core/odata/errors';
import { allOf, anyOf, entityPath, odataUrl } from '../../core/odata/query';
import { keysOfId } from '../../core/odata/reading';
import { v2 } from '../../core/odata/v2';
import { v4 } from '../../core/odata/v4';

const dialects = [v2, v4];
const SERVICE = 'https://host/sap/opu/odata/sap/API_X';

describe.each(dialects)('OData $version', (dialect) => {
	it('any text survives as a string literal in an address', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (value) => {
				const filter = `Name eq ${dialect.literal.string(value)}`;
				const url = odataUrl(dialect, SERVICE, 'A_Set', { filter });
				const [name, encoded, ...more] = url.split('?')[1].split('=');
				const back = decodeURIComponent([encoded, ...more].join('='));
				expect(name).toBe('$filter');
				expect(back).toBe(filter);
				expect(back.slice("Name eq '".length, -1).replace(/''/g, "'")).toBe(value);
				expect(url).not.toMatch(/[\s"<>#&+]/);
			}),
		);
	});

	it('a literal never ends before its value does', () => {
		fc.assert(
			fc.property(fc.string(), (value) => {
				const inside = dialect.literal.string(value).slice(1, -1);
				expect(inside.replace(/''/g, '')).not.toContain("'");
			}),
		);
	});

	it('any instant survives writing and reading', () => {
		fc.assert(
			fc.property(fc.integer({ min: -2e12, max: 4e12 }), (ms) => {
				const iso = new Date(ms).toISOString();
				const wire = dialect.version === 'V2' ? `/Date(${ms}+0000)/` : iso;
				expect(dialect.isoOf(wire)).toBe(iso);
				expect(dialect.literal.dateTimeOffset(dialect.isoOf(wire))).toContain(iso);
			}),
		);
	});

	it('any key value survives in the path of an entity', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1 }), (value) => {
				const path = entityPath('A_Set', { Key: dialect.literal.string(value) });
				const url = odataUrl(dialect, SERVICE, path);
				expect(url.slice(SERVICE.length + 1)).not.toMatch(/[/?#\s]/);
				expect(keysOfId(url)).toEqual({ '': value });
			}),
		);
	});

	it.each([
		['date', "2026-11-20' or 1 eq 1"],
		['dateTime', '20.11.2026'],
		['dateTimeOffset', 'now'],
		['time', '1:2:3'],
		['guid', "x' or 1"],
		['number', '1 or 1'],
	] as const)('a %s that is none is refused: %s', (kind, value) => {
		expect(() => dialect.literal[kind](value)).toThrow(CoreError);
	});

	it.each([
		['null', null],
		['a text', 'x'],
		['an array', [1]],
		['an object', {}],
		['another version', dialect === v2 ? { value: [] } : { d: { results: [] } }],
		['rows that are none', dialect === v2 ? { d: { results: [1] } } : { value: ['x'] }],
		['an error', { error: { message: 'x' } }],
	])('%s is no collection, and no empty page', (_, body) => {
		expect(() => dialect.collection(body, 'A_Set')).toThrow('The answer for A_Set');
	});

	it('a value that is no date is an error, an empty one is empty', () => {
		expect(dialect.isoOf(null)).toBe('');
		expect(dialect.isoOf('')).toBe('');
		expect(() => dialect.isoOf('20.11.2026')).toThrow(CoreError);
	});
});

describe('what differs between V2 and V4', () => {
	it('literals', () => {
		const values = (dialect: typeof v2) => [
			dialect.literal.date('2026-11-20T10:00:00'),
			dialect.literal.dateTime('2026-11-20'),
			dialect.literal.dateTimeOffset('2026-11-20T10:12:30'),
			dialect.literal.time('10:12:30'),
			dialect.literal.guid('00163e0c-7a2d-1ee9-a5b1-313233343536'),
			dialect.literal.number('12.50'),
			dialect.literal.number('12'),
		];
		expect(values(v2)).toEqual([
			"datetime'2026-11-20T00:00:00'",
			"datetime'2026-11-20T00:00:00'",
			"datetimeoffset'2026-11-20T10:12:30Z'",
			"time'PT10H12M30S'",
			"guid'00163e0c-7a2d-1ee9-a5b1-313233343536'",
			'12.50m',
			'12',
		]);
		expect(values(v4)).toEqual([
			'2026-11-20',
			'2026-11-20T00:00:00Z',
			'2026-11-20T10:12:30Z',
			'10:12:30',
			'00163e0c-7a2d-1ee9-a5b1-313233343536',
			'12.50',
			'12',
		]);
	});

	it('projections: paths in V2, brackets in V4', () => {
		const shape = {
			select: ['A'],
			expand: { to_B: { select: ['B'], expand: { to_C: { select: ['C'] } } } },
		};
		expect(v2.projection(shape)).toEqual({
			select: 'A,to_B/B,to_B/to_C/C',
			expand: 'to_B,to_B/to_C',
		});
		expect(v4.projection(shape)).toEqual({
			select: 'A',
			expand: 'to_B($select=B;$expand=to_C($select=C))',
		});
	});

	it('pages: links, counts, delta links, deleted rows', () => {
		const twoPages = {
			d: { results: [{ Id: '1' }], __count: '8', __next: 'next', __delta: 'delta' },
		};
		expect(v2.collection(twoPages, 'x')).toEqual({
			rows: [{ Id: '1' }],
			removed: [],
			count: 8,
			nextLink: 'next',
			deltaLink: 'delta',
		});
		expect(v2.collection({ d: [{ Id: '1' }] }, 'x').rows).toHaveLength(1);
		const v4Page = {
			value: [
				{ Id: '1' },
				{ '@odata.context': '$metadata#A/$deletedEntity', id: "A('2')", reason: 'deleted' },
				{ '@removed': { reason: 'deleted' }, Id: '3' },
			],
			'@odata.count': 8,
			'@odata.nextLink': 'next',
			'@odata.deltaLink': 'delta',
		};
		expect(v4.collection(v4Page, 'x')).toMatchObject({
			rows: [{ Id: '1' }],
			removed: [{ keys: { '': '2' } }, { keys: { Id: '3' } }],
			count: 8,
			nextLink: 'next',
			deltaLink: 'delta',
		});
		const odp = { ODQ_CHANGEMODE: 'D', Id: '4', __metadata: { uri: "https://h/A(Id='4')" } };
		expect(v2.collection({ d: { results: [odp] } }, 'x')).toMatchObject({
			rows: [],
			removed: [{ keys: { Id: '4' } }],
		});
	});

	it('dates without zone stay without zone, those before 1970 too', () => {
		expect(v2.isoOf('/Date(1519084800000)/')).toBe('2018-02-20T00:00:00');
		expect(v2.isoOf('/Date(-86400000)/')).toBe('1969-12-31T00:00:00');
		expect(v2.isoOf('/Date(1518393600000+0060)/')).toBe('2018-02-12T00:00:00.000Z');
		expect(v2.isoOf('PT7H5M')).toBe('07:05:00');
		expect(v2.isoOf('/Date(253402214400000)/')).toBe('9999-12-31T00:00:00');
		expect(v4.isoOf('2026-11-20T10:12:30.1234567+01:00')).toBe('2026-11-20T09:12:30.123Z');
		expect(v4.isoOf('2026-11-20')).toBe('2026-11-20');
		expect(v4.isoOf('10:12:30')).toBe('10:12:30');
	});

	it('a navigation that was asked for and left out is an error, an empty one is empty', () => {
		expect(v2.related({ to_A: { results: [{ Id: 1 }] } }, 'to_A')).toEqual([{ Id: 1 }]);
		expect(v2.related({ to_A: null }, 'to_A')).toEqual([]);
		expect(v2.related({}, 'to_A')).toBeUndefined();
		expect(() => v2.related({ to_A: { __deferred: { uri: 'x' } } }, 'to_A')).toThrow('to_A');
		expect(v4.related({ to_A: [{ Id: 1 }] }, 'to_A')).toEqual([{ Id: 1 }]);
		expect(v4.related({ to_A: { Id: 1 } }, 'to_A')).toEqual([{ Id: 1 }]);
	});

	it('entity tags and single entities', () => {
		expect(v2.etag({ __metadata: { etag: 'W/"1"' } })).toBe('W/"1"');
		expect(v4.etag({ '@odata.etag': 'W/"1"' })).toBe('W/"1"');
		expect(v2.entity({ d: { Id: '1' } }, 'x')).toEqual({ Id: '1' });
		expect(() => v2.entity({ d: { results: [] } }, 'x')).toThrow(CoreError);
		expect(v4.entity({ Id: '1' }, 'x')).toEqual({ Id: '1' });
		expect(() => v4.entity({ value: [] }, 'x')).toThrow(CoreError);
	});
});

describe('addresses', () => {
	it('blanks are %20, separators stay readable, options of the server come last', () => {
		const url = odataUrl(v2, `${SERVICE}/`, 'A_Set', {
			shape: { select: ['A', 'B'] },
			filter: "(A eq 'x & y' or A eq 'Ö')",
			orderBy: ['A', 'B desc'],
			top: 5,
			count: true,
			extra: { 'sap-client': '100' },
		});
		expect(url).toBe(
			`${SERVICE}/A_Set?$select=A,B&$filter=(A%20eq%20'x%20%26%20y'%20or%20A%20eq%20'%C3%96')&$orderby=A,B%20desc&$top=5&$inlinecount=allpages&sap-client=100`,
		);
		expect(odataUrl(v4, SERVICE, 'A_Set', { count: true })).toBe(`${SERVICE}/A_Set?$count=true`);
	});

	it('terms are joined so that their meaning stays', () => {
		expect(anyOf('A', ["'1'"])).toBe("A eq '1'");
		expect(allOf(anyOf('A', ["'1'", "'2'"]), undefined, 'B gt 1')).toBe(
			"(A eq '1' or A eq '2') and B gt 1",
		);
		expect(allOf(undefined)).toBeUndefined();
	});

	it('keys are found in ids of every form', () => {
		expect(keysOfId("https://h/s/A_Set(A='O''Neil',B='x')")).toEqual({ A: "O'Neil", B: 'x' });
		expect(keysOfId("A_Set(A=guid'1-2',N=5)")).toEqual({ A: '1-2', N: '5' });
		expect(keysOfId('A_Set')).toEqual({});
	});
});

describe('what a service says went wrong', () => {
	const classify = classifyOData({
		system: 'SAP S/4HANA',
		login: 'the login',
		baseUrl: 'the base URL',
		servicePath: 'the service path',
	});
	const answer = (status: number, body: unknown, type = 'application/json') =>
		classify({
			status,
			headers: { 'content-type': type },
			body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
		});
	const v2Error = (value: string, code = 'X/1', innererror = {}) => ({
		error: { code, message: { lang: 'en', value }, innererror },
	});

	it('V2 with details and transaction', () => {
		const error = answer(
			400,
			v2Error('Bad', '/IWBEP/1', {
				transactionid: 'TX1',
				errordetails: [{ message: 'Bad' }, { message: 'Field is wrong', target: 'to_Tax' }],
			}),
		);
		expect(error?.message).toBe('SAP S/4HANA answered HTTP 400: "Bad; Field is wrong (to_Tax)".');
		expect([error?.kind, error?.code, error?.requestId]).toEqual(['invalid', '/IWBEP/1', 'TX1']);
	});

	it('V4 with details', () => {
		const body = { error: { code: 'Y', message: 'Bad', details: [{ message: 'Deeper' }] } };
		expect(answer(400, body)?.message).toBe('SAP S/4HANA answered HTTP 400: "Bad; Deeper".');
	});

	it('XML', () => {
		const xml =
			'<?xml version="1.0"?><error xmlns="x"><code>Z/1</code><message xml:lang="en">A &amp; B</message></error>';
		const error = answer(400, xml, 'application/xml');
		expect(error?.message).toBe('SAP S/4HANA answered HTTP 400: "A & B".');
		expect(error?.code).toBe('Z/1');
	});

	it('HTML shows its words, not its markup', () => {
		const html = '<html><script>var x</script><h1>Logon  failed</h1></html>';
		expect(answer(401, html, 'text/html')?.message).toBe(
			'SAP S/4HANA refused the login (HTTP 401): "Logon failed".',
		);
	});

	it('a service that is not active', () => {
		const error = answer(403, v2Error('No service found for namespace', '/IWFND/MED/170'));
		expect(error?.kind).toBe('configuration');
		expect(error?.remedy).toContain('the service path');
	});

	it('an entity set that the system lacks', () => {
		const error = answer(404, v2Error("Resource not found for segment 'A_New'"));
		expect(error?.kind).toBe('notFound');
		expect(error?.message).toBe("This system's service has no A_New (HTTP 404).");
	});

	it('a property that the system lacks', () => {
		const error = answer(400, v2Error('Property ETag not found in type A_BusinessPartner'));
		expect(error?.remedy).toContain('no property ETag');
	});

	it('good answers are good', () => {
		expect(answer(200, { d: { results: [] } })).toBeUndefined();
	});

	it('secrets never come back', () => {
		const error = answer(400, v2Error('Header was Basic dXNlcjpwYXNzd29yZA== and password=geheim'));
		expect(error?.message).not.toMatch(/dXNlc|geheim/);
	});
});
