/** Every address that the package calls at Pipedrive, wherever in the code it stands. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../../nodes/Pipedrive/call';

const folder = join(process.cwd(), 'nodes', 'Pipedrive');
const files = readdirSync(folder, { recursive: true })
	.map(String)
	.filter((file) => file.endsWith('.ts'));

/** Files in which a token cost is written down. */
export const filesWithCosts = files.filter((file) =>
	/\bcost: \d/.test(readFileSync(join(folder, file), 'utf8')),
);

/** What the file exports of them. */
export function endpointsOf(file: string): Endpoint[] {
	const exported = jest.requireActual<Record<string, unknown>>(join(folder, file));
	return Object.values(exported).flatMap(endpointsIn);
}

function endpointsIn(value: unknown): Endpoint[] {
	if (typeof value !== 'object' || value === null) return [];
	const { method, path, version, cost } = value as Partial<Endpoint>;
	if (method && path && version && cost !== undefined) return [value as Endpoint];
	return Object.values(value).flatMap(endpointsIn);
}
