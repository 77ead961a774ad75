import { CoreError } from '../../../core/http/errors';
import { hideSecret } from '../../../core/http/redact';
import { xml } from '../../../core/xml/writer';

describe('writing XML', () => {
	it('nests elements and leaves out what is absent', () => {
		const query = xml(
			'Query',
			{ 'xmlns:xsd': 'urn:x', Version: 8, Unused: undefined },
			xml('TableName', {}, 'ArCustomer'),
			xml('ReturnRows', {}, 500),
			undefined,
			xml('Empty'),
		);
		expect(query.toString()).toBe(
			'<Query xmlns:xsd="urn:x" Version="8"><TableName>ArCustomer</TableName><ReturnRows>500</ReturnRows><Empty/></Query>',
		);
	});

	it('never lets a value become markup', () => {
		expect(xml('V', { a: `"'<&>` }, '</V><W>').toString()).toBe(
			'<V a="&#34;&#39;&#60;&#38;&#62;">&#60;/V&#62;&#60;W&#62;</V>',
		);
	});

	it('writes ASCII, whatever the text is', () => {
		expect(xml('V', {}, 'Müller €😀\t').toString()).toBe('<V>M&#252;ller &#8364;&#128512;&#9;</V>');
	});

	it.each(['', '1a', 'a b', 'a>', 'a:b:c', 'ü', '</a'])('refuses the name %j', (name) => {
		expect(() => xml(name)).toThrow(CoreError);
		expect(() => xml('a', { [name]: '1' })).toThrow('cannot be the name');
	});

	it.each(['\u0000', '\u001f', '\ud800', '\uffff'])('refuses the character %j', (char) => {
		expect(() => xml('a', {}, `Text ${char}`)).toThrow('which XML cannot carry');
	});

	it('shows no part of a secret in a value that is refused', () => {
		const secret = 'a secret that is longer than what an error shows of a value';
		hideSecret(secret);
		expect(() => xml('a', {}, `${secret}\u0001`)).toThrow('The text "[hidden]');
	});
});
