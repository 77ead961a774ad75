import { spawnSync } from 'node:child_process';
import { differences } from '../demo/compare.mts';
import { invitation } from '../demo/invitation.mts';
import { demoOptions } from '../demo/options.mts';
import { ERPS } from '../sandbox/erps.mts';
import { startPipedriveSandbox } from '../sandbox/pipedrive/server.mts';

/** Nothing that these commands would start is started here. */
function run(script: string, ...args: string[]) {
	const tsx = 'node_modules/tsx/dist/cli.mjs';
	return spawnSync(process.execPath, [tsx, script, ...args], { encoding: 'utf8' });
}

const LOGIN = /^(baseUrl|user|operator|clientId|company|companyDb|companyId)$|password|secret/i;

describe('npm run demo', () => {
	it('takes SAP S/4HANA when no source is named', () => {
		expect(demoOptions([])).toMatchObject({ erp: { name: 's4hana' }, isOnce: false });
	});

	it.each(ERPS.map(({ name }) => name))(
		'takes --source %s, ending by itself with --once',
		(name) => {
			expect(demoOptions(['--source', name, '--once'])).toMatchObject({
				erp: { name },
				isOnce: true,
			});
			expect(demoOptions([`--source=${name}`]).erp.name).toBe(name);
		},
	);

	it.each([
		['an unknown source', ['--source', 'nonsense']],
		['an empty source', ['--source', '']],
		['a source without its option', ['b1']],
		['no name behind --source', ['--source']],
		['an unknown option', ['--sauce', 'b1']],
	])('says in one sentence what to type after %s', (_, args) => {
		expect(() => demoOptions(args)).toThrow(/^[^\n]+(s4hana|--source)[^\n]*\.$/);
	});

	it.each(ERPS)('finds every customer of $title missing in an empty Pipedrive', async (erp) => {
		const [system, crm] = [await erp.start({ count: 5 }), await startPipedriveSandbox()];
		const wrong = differences(system.expected(), crm);
		await Promise.all([system.close(), crm.close()]);
		expect(wrong).toHaveLength(system.expected().companies.length);
		expect(wrong[0]).toMatch(/is missing\.$/);
	});

	it.each(ERPS)('ends with the logins that reach $title and Pipedrive', async (erp) => {
		const [system, crm] = [await erp.start({ count: 1 }), await startPipedriveSandbox()];
		const text = invitation({ n8nUrl: 'http://n8n', workflowId: '1', erp, system, crm });
		await Promise.all([system.close(), crm.close()]);
		const logins = Object.entries(system.credential).filter(([field]) => LOGIN.test(field));
		expect(logins.length).toBeGreaterThan(2);
		for (const [, value] of [...logins, ['', crm.url], ['', crm.token]]) {
			expect(text).toContain(String(value));
		}
	});

	it('ends with that sentence alone', () => {
		const { status, stdout, stderr } = run('test/demo/main.mts', '--source', 'nonsense');
		expect(stdout).toBe('');
		expect(stderr).toBe(
			'There is no source "nonsense": choose one of s4hana, ecc, b1, syspro, sage300.\n',
		);
		expect(status).toBe(2);
	});
});
