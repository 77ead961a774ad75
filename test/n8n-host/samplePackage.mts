import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from './pack.mts';

export const sampleName = 'n8n-nodes-driver-sample';

const manifest = {
	name: sampleName,
	version: '0.0.1',
	license: 'MIT',
	keywords: ['n8n-community-node-package'],
	files: ['dist'],
	n8n: {
		n8nNodesApiVersion: 1,
		credentials: ['dist/SampleApi.credentials.js'],
		nodes: ['dist/SamplePoll.node.js'],
	},
};

const credential = `
class SampleApi {
	name = 'sampleApi';
	displayName = 'Sample API';
	properties = [
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
		{ displayName: 'Token', name: 'token', type: 'string', typeOptions: { password: true }, default: '' },
	];
	test = { request: { baseURL: '={{$credentials.baseUrl}}', url: '/ping' } };
}
module.exports = { SampleApi };
`;

const node = `
const { DateTime } = require('luxon');
const { NodeConnectionTypes } = require('n8n-workflow');
class SamplePoll {
	description = {
		displayName: 'Sample Poll', name: 'samplePoll', group: ['trigger'], version: 1,
		description: 'Counts its polls', defaults: { name: 'Sample Poll' }, polling: true,
		inputs: [], outputs: [NodeConnectionTypes.Main],
		properties: [
			{ displayName: 'Greeting', name: 'greeting', type: 'options', default: '',
				typeOptions: { loadOptionsMethod: 'greetings' } },
		],
	};
	methods = { loadOptions: { async greetings() { return [{ name: 'Hello', value: 'hello' }]; } } };
	async poll() {
		const state = this.getWorkflowStaticData('node');
		state.count = (state.count ?? 0) + 1;
		return [[{ json: { count: state.count, year: DateTime.now().year } }]];
	}
}
module.exports = { SamplePoll };
`;

/** A package with one poll trigger and one credential: what the driver itself is tried with. */
export function packSample(): string {
	const folder = mkdtempSync(join(tmpdir(), 'erp-pipedrive-sample-'));
	mkdirSync(join(folder, 'dist'));
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
	writeFileSync(join(folder, 'dist', 'SampleApi.credentials.js'), credential);
	writeFileSync(join(folder, 'dist', 'SamplePoll.node.js'), node);
	return pack(folder, join(folder, 'sample.tgz'));
}
