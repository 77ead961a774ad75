import { excerptOf } from './body';
import { CoreError } from './errors';

/** `API_X`, `API_X;v=0002`, `API_X;o=LOCAL;mo`; never `.` or `..`, whatever follows them. */
const SEGMENT = /^(?!\.+(;|$))[\w.~-]+(;[\w.~=,()!$'@:+-]*)*$/;

/**
 * A path as a person writes it, with or without slashes around it, or a whole address in its place: with a slash at the
 * beginning and none at the end.
 *
 * What a server, or a proxy on the way, could read as another path is refused: a query, a fragment, dot segments,
 * backslashes, blanks and everything percent-encoded.
 *
 * @param setting what the panel calls it
 * @param example a right one
 * @throws CoreError `configuration`
 */
export function plainPath(value: string, setting: string, example: string): string {
	const trimmed = value.trim();
	const isAddress = /^https?:\/\//i.test(trimmed) && URL.canParse(trimmed);
	const path = (isAddress ? new URL(trimmed).pathname : trimmed).replace(/^\/+|\/+$/g, '');
	if (path === '' || path.split('/').every((segment) => SEGMENT.test(segment))) return `/${path}`;
	throw new CoreError(
		'configuration',
		`"${setting}" is "${excerptOf(value)}", which is no plain path.`,
		{
			remedy: `Correct "${setting}": names with slashes between them, for example ${example}, without "?", "#", "%", "..", backslashes and blanks.`,
		},
	);
}
