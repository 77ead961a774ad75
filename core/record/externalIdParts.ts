/** The parts of an external id, see `externalIdOf`; `undefined` for any other text. */
export interface ExternalIdParts {
	system: string;
	scope: string;
	entity: string;
	key: string;
}

export function externalIdParts(externalId: string): ExternalIdParts | undefined {
	const parts = externalId.trim().split(':').map(decoded);
	if (parts.length !== 4 || parts.some((part) => part === undefined || part === '')) {
		return undefined;
	}
	const [system, scope, entity, key] = parts as string[];
	return { system, scope, entity, key };
}

/** Somebody may have typed the id: a lone per cent sign is no reason to fail. */
function decoded(part: string): string | undefined {
	try {
		return decodeURIComponent(part);
	} catch {
		return undefined;
	}
}
