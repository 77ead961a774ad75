/**
 * Ends a process group and removes a folder once the process that started it is gone, however it went:
 * this process's standard input closes then. Arguments: group id, folder to remove or ''.
 */
import { rmSync } from 'node:fs';

const [group, folder] = process.argv.slice(2);

process.stdin.resume();
process.stdin.on('close', () => {
	try {
		process.kill(-Number(group), 'SIGKILL');
	} catch {
		// Already gone.
	}
	if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	process.exit(0);
});
