/** `npm run test:endurance`: the long run in a real n8n, with all ERPs at once; `-- b1,ecc` takes some. */
import { spawnSync } from 'node:child_process';
import { ensureN8nHost } from './n8n-host/install.mts';

await ensureN8nHost();
const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'e2e', '--runInBand'];
const { status } = spawnSync(process.execPath, [...jest, '--testPathPatterns', 'endurance'], {
	stdio: 'inherit',
	env: { ...process.env, ENDURANCE: process.argv[2] ?? 'all' },
});
process.exitCode = status ?? 1;
