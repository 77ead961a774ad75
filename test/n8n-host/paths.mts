import { join } from 'node:path';

/** Every script and test starts at the root of the repository. */
export const repoRoot = process.cwd();
export const hostFolder = join(repoRoot, 'test', 'n8n-host');
export const hostModules = join(hostFolder, 'node_modules');

/** The Node that the pinned n8n needs comes as a package, whatever Node runs this script. */
export const hostNode = join(
	hostModules,
	'node',
	'bin',
	process.platform === 'win32' ? 'node.exe' : 'node',
);
export const n8nBin = join(hostModules, 'n8n', 'bin', 'n8n');
