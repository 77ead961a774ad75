/** What a person reads of an error in n8n. */
import { ExpressionError, NodeOperationError, type INode } from 'n8n-workflow';
import { CoreError } from '../../../core/http/errors';
import { toNodeError } from '../../../core/n8n/errors';

const node: INode = {
	id: '1',
	name: 'Node',
	type: 'test',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

describe('an error that is shown', () => {
	it("keeps what n8n's own error says to do, and its item", () => {
		const error = new ExpressionError("Invalid input for 'Delivery' [item 1]", {
			description: "'Delivery' expects a dateTime but we got 'soon'",
			itemIndex: 1,
		});
		const shown = toNodeError(node, error);
		expect(shown.message).toBe("Invalid input for 'Delivery' [item 1]");
		expect(shown.description).toBe("'Delivery' expects a dateTime but we got 'soon'");
		expect(shown.context.itemIndex).toBe(1);
	});

	it('of a node passes as it is', () => {
		const error = new NodeOperationError(node, 'A', { description: 'B' });
		expect(toNodeError(node, error)).toBe(error);
	});

	it('of core says its remedy and the code of the vendor', () => {
		const error = new CoreError('invalid', 'No.', { remedy: 'Do this.', code: 'E1' });
		expect(toNodeError(node, error).description).toBe('Do this. Code E1.');
	});

	it('without a description has none', () => {
		const shown = toNodeError(node, new TypeError('x is no function'));
		expect(shown.message).toBe('x is no function');
		expect(shown.description ?? '').toBe('');
	});

	it('holds no secret in its description', () => {
		const error = Object.assign(new Error('A'), {
			description: 'at https://x.test/?api_token=0123456789abcdef0123456789abcdef01234567',
		});
		expect(toNodeError(node, error).description).not.toContain('0123456789abcdef');
	});
});
