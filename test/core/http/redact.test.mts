import { excerptOf } from '../../../core/http/body';
import { hideSecret, redact } from '../../../core/http/redact';

describe('what may be shown of a text with secrets', () => {
	it.each([
		'https://erp.example/Rest/Logon?Operator=ADMIN&OperatorPassword=hush-1&CompanyId=A&CompanyPassword=hush-2',
		'https://erp.example/Rest/Query/Query?UserId=hush&BusinessObject=COMFND',
		'GET /Rest/Logoff?userid=hush failed',
		'<GetLogonProfile><UserId>hush</UserId></GetLogonProfile>',
		'<s:OperatorPassword xsi:type="xsd:string">hush</s:OperatorPassword>',
		'https://anna:hush@erp.example/',
		'authorization: Basic aHVzaGh1c2g=',
		'{"access_token":"hush"}',
	])('is without them: %s', (text) => {
		expect(redact(text)).not.toMatch(/hush|aHVzaGh1c2g/);
		expect(redact(text)).toContain('[hidden]');
	});

	it('keeps what tells a reader where it went wrong', () => {
		expect(redact('https://erp.example/Rest/Logon?Operator=ADMIN&CompanyId=A')).toBe(
			'https://erp.example/Rest/Logon?Operator=ADMIN&CompanyId=A',
		);
		expect(redact('The supplied UserID is invalid.')).toBe('The supplied UserID is invalid.');
	});

	it('hides a known secret wherever a server repeats it, also over the end of an excerpt', () => {
		hideSecret('s3cr3t-of-the-test');
		hideSecret('short');
		expect(redact('Client s3cr3t-of-the-test may not, in short')).toBe(
			'Client [hidden] may not, in short',
		);
		const excerpt = excerptOf(`${'x'.repeat(195)} s3cr3t-of-the-test`);
		expect(excerpt).not.toContain('s3cr');
		expect(excerpt.length).toBeLessThanOrEqual(200);
	});
});
