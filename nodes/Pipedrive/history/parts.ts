import type { Digests } from '../digests';
import { fingerprintOf } from '../../../core/record/fingerprint';
import { blockHtml, blockLines, withBlock } from './block';
import type { ActivityIntent, HistoryIntent, HistoryLink, NoteIntent } from './intents';
import type { HistoryRow } from './records';
import { NOTE_HEADING } from './marker';
import { textBody } from './text';

/** One thing that the ERP wants of a note or an activity, as text that can be compared. */
export interface Part {
	key: string;
	/** As people call it. */
	label: string;
	wanted: string;
	/** `undefined`: our part is gone from the record. */
	read(row: HistoryRow): string | undefined;
	write(body: Record<string, unknown>, row: HistoryRow | undefined): void;
	/** Whether what stands there may be a person's and has to stay. */
	isPersons?(row: HistoryRow, known: Digests): boolean;
}

const LINKS: ReadonlyArray<[keyof HistoryLink, key: string, label: string, pin: string]> = [
	['dealId', 'deal_id', 'Deal', 'pinned_to_deal_flag'],
	['orgId', 'org_id', 'Organization', 'pinned_to_organization_flag'],
	['personId', 'person_id', 'Person', 'pinned_to_person_flag'],
];

/** Everything but a summary's documents, which are merged and not compared as one. */
export function partsOf(intent: HistoryIntent, known: Digests): Part[] {
	if (intent.entity === 'activity') return activityParts(intent, known);
	const shared = [...linkParts(intent.link, LINKS), ...pinParts(intent)];
	return intent.documents ? shared : [...shared, textPart(intent, 'content', intent.content)];
}

function linkParts(link: HistoryLink, links: typeof LINKS): Part[] {
	return links.flatMap(([name, key, label]) =>
		link[name] === undefined ? [] : [plainPart(key, label, link[name])],
	);
}

function pinParts({ link, isPinned }: Pick<NoteIntent, 'link' | 'isPinned'>): Part[] {
	if (isPinned === undefined) return [];
	return LINKS.filter(([name]) => link[name] !== undefined).map(([, , label, key]) => ({
		key,
		label: `Pinned to ${label.toLowerCase()}`,
		wanted: String(isPinned),
		read: ({ fields }) => String(fields[key] === true || fields[key] === 1),
		write: (body) => (body[key] = isPinned ? 1 : 0),
	}));
}

function activityParts(intent: ActivityIntent, known: Digests): Part[] {
	const { subject, type, dueDate, dueTime, isDone, note, link } = intent;
	return [
		...(subject === '' ? [] : [plainPart('subject', 'Subject', cutSubject(subject))]),
		plainPart('type', 'Type', type),
		...(dueDate === '' ? [] : [plainPart('due_date', 'Due date', dueDate)]),
		...(dueTime ? [timePart(dueTime)] : []),
		donePart(isDone),
		textPart(intent, 'note', note),
		...linkParts(
			link,
			LINKS.filter(([name]) => name !== 'personId'),
		),
		...(link.personId === undefined ? [] : [participantPart(link.personId, known)]),
	];
}

const LONGEST_SUBJECT = 255;

function cutSubject(subject: string): string {
	const [line] = [subject.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim()];
	return line
		.slice(0, LONGEST_SUBJECT)
		.replace(/\p{Cs}/gu, '')
		.trim();
}

function plainPart(key: string, label: string, value: string | number | boolean): Part {
	return {
		key,
		label,
		wanted: String(value),
		read: ({ fields }) => String(fields[key] ?? ''),
		write: (body) => (body[key] = value),
	};
}

/** Only a tick of our own is taken back; what was done when we came, a person may have done. */
function donePart(isDone: boolean): Part {
	return {
		...plainPart('done', 'Done', isDone),
		isPersons: ({ fields }, known) =>
			!isDone && fields.done === true && known.done !== digestOf('true'),
	};
}

/** Pipedrive shows "09:05" as "09:05:00". */
function timePart(time: string): Part {
	return { ...plainPart('due_time', 'Due time', time), wanted: minutesOf(time), read: readTime };
}

const minutesOf = (time: string) => time.slice(0, 5);
const readTime = ({ fields }: HistoryRow) => minutesOf(String(fields.due_time ?? ''));

/** The list is replaced whole: everybody stays but the person that we named before. */
function participantPart(personId: number, known: Digests): Part {
	const key = 'participants';
	const idsOf = (row: HistoryRow | undefined) => {
		const list = row?.fields.participants;
		return (Array.isArray(list) ? list : []).map((entry) =>
			Number((entry as { person_id?: unknown } | null)?.person_id),
		);
	};
	return {
		key,
		label: 'Person',
		wanted: String(personId),
		read: (row) => (idsOf(row).includes(personId) ? String(personId) : idsOf(row).join(', ')),
		write: (body, row) => {
			const others = idsOf(row).filter(
				(id) => id !== personId && digestOf(String(id)) !== known[key]?.split('>')[0],
			);
			body[key] = [
				{ person_id: personId, primary: true },
				...others.map((id) => ({ person_id: id, primary: false })),
			];
		},
	};
}

function textPart(intent: HistoryIntent, key: 'content' | 'note', text: string): Part {
	const { externalId } = intent;
	const { body, isCut } = textBody(text, externalId);
	if (isCut) addOnce(intent.warnings, CUT);
	const block = { heading: NOTE_HEADING, body, externalId };
	const lines = (html: string) => blockLines(html, NOTE_HEADING, externalId)?.join('\n');
	return {
		key,
		label: key === 'content' ? 'Content' : 'Note',
		wanted: lines(blockHtml(block)) ?? '',
		read: ({ html }) => lines(html),
		write: (sent, row) => (sent[key] = withBlock(row?.html, block)),
	};
}

const CUT = 'The text is longer than Pipedrive takes (100 KB), so its end was cut.';

function addOnce(warnings: string[], warning: string): void {
	if (!warnings.includes(warning)) warnings.push(warning);
}

export function digestOf(text: string): string {
	return text === '' ? '' : fingerprintOf(text).slice(0, 8);
}

/** A person's edit and Pipedrive's own spelling stay until the ERP's value changes; a part that is gone is put back. */
export function isToWrite(part: Part, row: HistoryRow, known: Digests): boolean {
	const current = part.read(row);
	if (current === part.wanted) return false;
	if (current === undefined) return true;
	if (part.isPersons?.(row, known)) return false;
	return !isKnown(part, known);
}

/** Whether this very value was written or found before. */
export function isKnown(part: Part, known: Digests): boolean {
	return known[part.key]?.split('>')[0] === digestOf(part.wanted);
}

/** Of a tick that stood there already: it is known, but not ours. */
const FOUND = '>found';

/** `sent`, or `sent>answered` where Pipedrive keeps another spelling; see `Digests`. */
export function partDigest(
	part: Part,
	row: HistoryRow,
	known: Digests,
	isWritten: boolean,
): string {
	const sent = digestOf(part.wanted);
	if (!isWritten && isKnown(part, known)) return known[part.key];
	if (!isWritten) return part.isPersons ? sent + FOUND : sent;
	const current = part.read(row) ?? '';
	return current === part.wanted ? sent : `${sent}>${digestOf(current)}`;
}
