/** A request the gateway turns down, in SAP's words. The server makes the body of it. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly target = '',
	) {
		super(message);
	}
}

/** Text and code as the gateway gives them for a literal that does not fit the property. */
export function wrongLiteral(operator: string, position: number): Refusal {
	return badRequest(
		`Invalid parametertype used at function '${operator}' (Position: ${position})`,
		'005056A509B11EE1BB8AF4A65EC3CA20',
	);
}

export function badRequest(message: string, code = '/IWBEP/CM_MGW_RT/021'): Refusal {
	return new Refusal(400, code, message);
}

export function unknownProperty(name: string, typeName: string): Refusal {
	return new Refusal(
		400,
		'005056A509B11ED1B9BF9F46AC9C8123',
		`Property ${name} not found in type ${typeName}`,
		name,
	);
}

export function unknownSegment(name: string): Refusal {
	return new Refusal(404, '/IWBEP/CM_MGW_RT/020', `Resource not found for segment '${name}'`);
}
