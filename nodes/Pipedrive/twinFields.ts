import { asCoreError, CoreError } from '../../core/http/errors';
import { folded } from '../../core/record/matchKeys';
import { PAGE_SIZE } from './api';
import { listOf, type Endpoint } from './call';
import { ENTITIES, KINDS, type EntityName } from './entities';
import type { Field } from './fields';
import type { Environment } from './run';

/** Only v1 tells the number of a field. */
export const TWIN_ENDPOINTS = Object.fromEntries(
	ENTITIES.map((entity) => {
		const path = KINDS[entity].fieldDefinitions;
		return [
			entity,
			{
				numbered: { method: 'GET', path, version: 1, cost: 20 },
				remove: { method: 'DELETE', path: `${path}/{field_code}`, version: 2, cost: 3 },
			},
		];
	}),
) as Record<EntityName, Record<'numbered' | 'remove', Endpoint>>;

/** A custom field that this process created a moment ago. */
export interface MadeField {
	entity: EntityName;
	name: string;
	type: string;
	key: string;
	/** Epoch milliseconds, as soon as Pipedrive had answered. */
	madeAt: number;
}

export interface Twin {
	mine: MadeField;
	others: readonly Field[];
}

export interface Settlement {
	/** What was taken back, with the field of somebody else that is used instead. */
	replaced: ReadonlyMap<MadeField, Field>;
	/** What is there twice all the same. */
	doubled: readonly Twin[];
}

/** A field that is older may have been seen, and filled, by somebody. */
const REMOVABLE_FOR_MS = 2 * 60_000;
/** How long the process that made the younger field gets to take it back. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000];
const MOST_PAGES = 10;

/**
 * Looks whether somebody else, another process or a person, made the same fields at the same moment. Of two the one
 * that was created first stays: whoever created a later one looks afterwards, so he sees the earlier one, and takes his
 * own back; whoever created the first one need not have seen the other. Nothing else is ever removed, and nothing where
 * it is not certain which is the earlier one. The fields that were read stay in the cache.
 *
 * @throws CoreError `transient` where the earlier one was removed meanwhile
 */
export async function yieldToOlder(
	environment: Environment,
	entity: EntityName,
	made: readonly MadeField[],
): Promise<Settlement> {
	let fields = await readAnew(environment, entity);
	const twins = twinsOf(fields, made);
	if (twins.length === 0) return { replaced: new Map(), doubled: [] };
	const numbers = await numbersOf(environment, entity, keysOf(twins));
	const firstOnes: MadeField[] = [];
	const taken: MadeField[] = [];
	const older = new Map<MadeField, Field>();
	for (const { mine, others } of twins) {
		const first = firstOf(mine, others, numbers);
		if (first === 'mine') firstOnes.push(mine);
		else if (first) {
			older.set(mine, first);
			if (await takeBack(environment, mine)) taken.push(mine);
		}
	}
	const isThere = ({ key }: { key: string }) => fields.some((field) => field.key === key);
	fields = await readAnew(environment, entity);
	for (const pause of PAUSES_MS) {
		const isSettled = twinsOf(fields, firstOnes).length === 0 && !taken.some(isThere);
		if (isSettled) break;
		await environment.ports.sleep(pause);
		fields = await readAnew(environment, entity);
	}
	// Also where the answer to the removal was lost.
	const replaced = new Map([...older].filter(([mine]) => taken.includes(mine) || !isThere(mine)));
	const gone = [...replaced.values()].find((field) => !isThere(field));
	if (gone) throw removedMeanwhile(entity, gone);
	return { replaced, doubled: twinsOf(fields, made) };
}

function removedMeanwhile(entity: EntityName, { name }: Field): CoreError {
	return new CoreError(
		'transient',
		`The ${entity} field "${name}" was removed in Pipedrive at the moment in which it was created.`,
		{ remedy: 'Run once more: the field is looked for, and created if it is missing.' },
	);
}

async function readAnew(environment: Environment, entity: EntityName): Promise<readonly Field[]> {
	const { memory, company, api, ports } = environment;
	memory.fields.forget(company.credentialKey, entity);
	return (await memory.fields.get(company.credentialKey, entity, api, ports.now())).all;
}

/** Not of a field that is not there any more as it was made: a person may have taken it for something else. */
function twinsOf(fields: readonly Field[], made: readonly MadeField[]): Twin[] {
	return made.flatMap((mine) => {
		const alike = fields.filter(
			({ isCustom, name, type }) =>
				isCustom && type === mine.type && folded(name) === folded(mine.name),
		);
		const others = alike.filter(({ key }) => key !== mine.key);
		return others.length > 0 && others.length < alike.length ? [{ mine, others }] : [];
	});
}

function keysOf(twins: readonly Twin[]): string[] {
	return twins.flatMap(({ mine, others }) => [mine.key, ...others.map(({ key }) => key)]);
}

/** `undefined` where one of them has no number, or none of its own. */
function firstOf(
	mine: MadeField,
	others: readonly Field[],
	numbers: ReadonlyMap<string, number>,
): Field | 'mine' | undefined {
	const numberOf = ({ key }: { key: string }) => numbers.get(key) ?? NaN;
	if (![mine, ...others].every((field) => numbers.has(field.key))) return undefined;
	const [first] = [...others].sort((a, b) => numberOf(a) - numberOf(b));
	if (numberOf(mine) === numberOf(first)) return undefined;
	return numberOf(mine) < numberOf(first) ? 'mine' : first;
}

/** Pipedrive numbers fields in the order in which they are created. Empty where it does not tell. */
async function numbersOf(
	{ call }: Environment,
	entity: EntityName,
	wanted: readonly string[],
): Promise<Map<string, number>> {
	const what = `the numbered fields of ${KINDS[entity].plural}`;
	const numbers = new Map<string, number>();
	try {
		let start = 0;
		for (let page = 0; page < MOST_PAGES; page++) {
			const query = { start, limit: PAGE_SIZE };
			const { data } = await call(TWIN_ENDPOINTS[entity].numbered, what, { query });
			const rows = listOf(data, what) as Array<{ id?: unknown; key?: unknown }>;
			for (const { id, key } of rows) {
				if (Number.isInteger(id)) numbers.set(String(key), Number(id));
			}
			start += rows.length;
			// The document shows the end of the list in two ways.
			if (rows.length === 0 || wanted.every((key) => numbers.has(key))) break;
		}
	} catch {
		return new Map();
	}
	return numbers;
}

/** Whether it is gone. */
async function takeBack({ call, ports }: Environment, mine: MadeField): Promise<boolean> {
	if (ports.now() - mine.madeAt > REMOVABLE_FOR_MS) return false;
	const ids = { field_code: mine.key };
	try {
		await call(TWIN_ENDPOINTS[mine.entity].remove, `field ${mine.name}`, { ids });
		return true;
	} catch (error) {
		// A repetition of a request whose answer was lost. Any other field is told by its double name.
		return asCoreError(error).kind === 'notFound';
	}
}
