import { asCoreError, CoreError } from '../../core/http/errors';
import type { ODataShape } from '../../core/odata/dialect';
import { NAVIGATIONS, PART_NAMES, type Navigation, type Part } from './parts';
import type { ODataService } from './service';

/**
 * A read with many navigations was refused: find the one that is to blame. The service names it in its message,
 * or each is tried alone on one of the partners. The error then says which part to switch off.
 */
export async function namingNavigation(
	service: ODataService,
	parts: ReadonlySet<Part>,
	filter: string | undefined,
	refused: unknown,
): Promise<CoreError> {
	const error = asCoreError(refused);
	if (!isAboutContent(error)) return error;
	const candidates = NAVIGATIONS.filter((navigation) => parts.has(navigation.part));
	const named = candidates.find((navigation) => namesSegment(error.message, navigation));
	const navigation = named ?? (await firstRefused(service, candidates, filter, error.kind));
	return navigation ? refusedPart(error, lastSegment(navigation.path), navigation.part) : error;
}

/** The same for an entity set that belongs to one part. */
export function refusedPart(error: CoreError, what: string, part: Part): CoreError {
	if (!isAboutContent(error)) return error;
	const reason = error.kind === 'forbidden' ? 'may not be read by this user' : 'is not available';
	return new CoreError(
		error.kind === 'notFound' ? 'configuration' : error.kind,
		`${what} ${reason} in this SAP system: ${error.message}`,
		{
			status: error.status,
			code: error.code,
			requestId: error.requestId,
			remedy: `${error.kind === 'forbidden' ? 'Give the user the authorization' : 'Update the service'}, or take "${PART_NAMES[part]}" out of "Parts to Read".`,
		},
	);
}

function isAboutContent(error: CoreError): boolean {
	const kinds = ['forbidden', 'invalid', 'notFound'];
	return kinds.includes(error.kind) || (error.kind === 'transient' && error.status === 500);
}

function namesSegment(message: string, { path, select }: Navigation): boolean {
	const segment = lastSegment(path);
	if (new RegExp(`\\b${segment}\\b`).test(message)) return true;
	const property = /property ['"]?(\w+)['"]? not found/i.exec(message)?.[1];
	return property !== undefined && select.includes(property) && isOnlyThere(property, path);
}

function isOnlyThere(property: string, path: string): boolean {
	return NAVIGATIONS.every(
		(navigation) => navigation.path === path || !navigation.select.includes(property),
	);
}

function lastSegment(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}

/** Enough that some of them have what the navigation leads to. */
const PROBE_ROWS = 80;

async function firstRefused(
	service: ODataService,
	candidates: readonly Navigation[],
	filter: string | undefined,
	kind: CoreError['kind'],
): Promise<Navigation | undefined> {
	for (const navigation of candidates) {
		try {
			await service.page('A_BusinessPartner', {
				shape: shapeOf(navigation),
				filter,
				top: PROBE_ROWS,
			});
		} catch (error) {
			if (asCoreError(error).kind === kind) return navigation;
		}
	}
	return undefined;
}

function shapeOf({ path, select }: Navigation): ODataShape {
	const [outermost, ...inner] = path.split('/').reverse();
	const innermost: ODataShape = { select: [], expand: { [outermost]: { select } } };
	const whole = inner.reduce<ODataShape>(
		(shape, segment) => ({ select: [], expand: { [segment]: shape } }),
		innermost,
	);
	return { ...whole, select: ['BusinessPartner'] };
}
