const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text with its entities resolved, once; or the first one that XML does not define. */
export function resolveReferences(raw: string): string | { unknown: string } {
	let unknown: string | undefined;
	// A name longer than 10 characters is no reference, so that a lone "&" costs no search to the end.
	const text = raw.replace(
		/&(#x?)?([0-9A-Za-z]{1,10};)?/g,
		(whole, mark?: string, end?: string) => {
			const resolved = end === undefined ? undefined : resolve(mark, end.slice(0, -1));
			if (resolved === undefined) unknown ??= whole;
			return resolved ?? '';
		},
	);
	return unknown === undefined ? text : { unknown };
}

function resolve(mark: string | undefined, name: string): string | undefined {
	if (mark === undefined) return Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
	const isHex = mark === '#x';
	if (!(isHex ? /^[0-9a-f]+$/i : /^\d+$/).test(name)) return undefined;
	const code = parseInt(name, isHex ? 16 : 10);
	// Control characters are not allowed either, yet ERPs send them; one must not cost a whole page.
	const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
	return isCharacter ? String.fromCodePoint(code) : undefined;
}
