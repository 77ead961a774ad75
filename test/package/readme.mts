import { posix } from 'node:path';
import { textOf } from '../house/sources.mts';
import type { SystemPackage } from './systems.mts';
import type { Contents } from './tree.mts';

const REPOSITORY = 'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive';

export function readmeOf(system: SystemPackage, contents: Contents): string {
	const { name, title, description, folder } = system;
	const isErp = folder !== 'Pipedrive';
	const partner = isErp
		? 'The templates connect it with **Pipedrive Upsert** of `n8n-nodes-erp-pipedrive-upsert`: install that package too, or connect any other node.'
		: 'It takes what the triggers of `n8n-nodes-erp-sap-s4hana`, `-sap-ecc`, `-sap-business-one`, `-syspro` and `-sage300` deliver, or any item with fields that you map.';
	const nodes = contents.nodes.map((file) => `| **${displayNameIn(file)}** | ${tellIn(file)} |`);
	const logins = contents.credentials.map((file) => `- ${displayNameIn(file)}`);
	const templates = contents.workflows.map((file) => `- \`${file}\``);
	return `${[
		`# ${name}`,
		`${description}.`,
		`One of the packages of [n8n-nodes-erp-pipedrive](${REPOSITORY}), which has all of them in one. Install either that one or the single ones, not both. ${partner}`,
		['| Node | Does |', '|---|---|', ...nodes].join('\n'),
		`## Install\n\nIn n8n: *Settings → Community nodes → Install*, package name \`${name}\`. [By hand, Docker, queue mode](${REPOSITORY}/blob/main/docs/install.md).`,
		`## Credentials\n\n${logins.join('\n')}\n\nEach has a *Test* button that tells in one sentence what is missing.`,
		...(templates.length > 0
			? [
					`## Templates\n\n${templates.join('\n')}\n\n*Create Workflow → Import from file*, choose the credentials, publish.`,
				]
			: []),
		...system.pages.map((page) => `---\n\n${pageOf(page, title)}`),
		`## Licence\n\nMIT. Questions and bugs: [issues](${REPOSITORY}/issues).`,
	].join('\n\n')}\n`;
}

/** A page of `docs/` one level down, its links leading into the repository. */
function pageOf(page: string, title: string): string {
	return textOf(`docs/${page}`)
		.replace(/^# .*$/m, (heading) => (heading === `# ${title}` ? '# How it works' : heading))
		.replace(/^#/gm, '##')
		.replace(/(!?)\]\((?!https?:|#)([^)]+)\)/g, (_, _image, link: string) => {
			const path = posix.normalize(posix.join('docs', link));
			return `](${REPOSITORY}/${/\.(png|svg)$/.test(path) ? 'raw' : 'blob'}/main/${path})`;
		})
		.trim();
}

function displayNameIn(file: string): string {
	return /displayName(?: =|:)\s*'([^']+)'/.exec(textOf(file))?.[1] ?? file;
}

function tellIn(file: string): string {
	const found = /\bdescription:\s*(?:\n\s*)?(['"])(.*?)\1/.exec(textOf(file));
	return found?.[2] ?? '';
}
