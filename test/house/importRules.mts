import type { Import } from './sources.mts';

/** Which rooms of core a room may use; itself always. */
const ROOMS: Record<string, string[]> = {
	sync: ['record'],
	http: [],
	odata: ['http', 'xml'],
	record: [],
	audit: ['record'],
	xml: ['http'],
	webhook: [],
	n8n: ['sync', 'http', 'odata', 'record', 'audit', 'xml', 'webhook'],
};
const PACKAGES = ['luxon', 'node:crypto'];

/** Why this import breaks the rules of the house; undefined when it is fine. */
export function objectionTo({ from, to }: Import): string | undefined {
	const isFile = /^(core|nodes|credentials|test|workflows)\//.test(to);
	if (from.startsWith('test/')) return undefined;
	if (to.startsWith('test/')) return `${from} imports ${to}: nothing imports test`;
	if (!isFile) return objectionToPackage(from, to);
	if (from.startsWith('core/')) return objectionInCore(from, to);
	if (from.startsWith('nodes/')) return objectionInNode(from, to);
	return `${from} imports ${to}: credentials import only n8n-workflow`;
}

function objectionToPackage(from: string, to: string): string | undefined {
	const mayUseN8n = /^(core\/n8n|nodes|credentials)\//.test(from);
	if (to === 'n8n-workflow') {
		return mayUseN8n ? undefined : `${from} imports n8n-workflow: only core/n8n may`;
	}
	if (from.startsWith('credentials/')) return `${from} imports ${to}: only n8n-workflow may be`;
	return PACKAGES.includes(to) ? undefined : `${from} imports ${to}: no such runtime dependency`;
}

function objectionInCore(from: string, to: string): string | undefined {
	if (!to.startsWith('core/')) return `${from} imports ${to}: core knows no vendor`;
	const [room, otherRoom] = [from.split('/')[1] ?? '', to.split('/')[1] ?? ''];
	if (room === otherRoom || ROOMS[room]?.includes(otherRoom)) return undefined;
	return `${from} imports ${to}: core/${room} does not know core/${otherRoom}`;
}

function objectionInNode(from: string, to: string): string | undefined {
	const folder = from.split('/').slice(0, 2).join('/');
	if (to.startsWith('core/') || to.startsWith(`${folder}/`)) return undefined;
	return `${from} imports ${to}: a node uses core and its own folder only`;
}
