/** A refusal in Pipedrive's words; the server turns it into the answer. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly code?: string,
		/** Where the answer has another shape than most. */
		readonly body?: object,
	) {
		super(message);
	}
}

export const info = 'Please check developers.pipedrive.com';

export function invalid(fault: string): ApiError {
	return new ApiError(400, `Validation failed: ${fault}`, 'ERR_SCHEMA_VALIDATION_FAILED');
}

/** "Organization not found" */
export function notFound(what: string): ApiError {
	return new ApiError(404, `${what} not found`, 'ERR_NOT_FOUND');
}
