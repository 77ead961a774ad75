import { CoreError } from '../../../core/http/errors';
import { externalIdParts } from '../../../core/record/externalIdParts';

/**
 * The key in an external id such as `b1:SBODEMODE:item:A-100`.
 * @throws CoreError `invalid` with code `wrongExternalId` where it names another system, company or kind of record
 */
export function keyIn(
	externalId: string,
	entity: 'businessPartner' | 'item',
	scope: string,
	whose: string,
): string {
	const parts = externalIdParts(externalId);
	const fits = parts?.system === 'b1' && parts.scope === scope && parts.entity === entity;
	if (fits) return parts.key;
	throw new CoreError(
		'invalid',
		`${whose} has the external ID "${externalId}", which names no ${entity} of this company ("${scope}").`,
		{
			code: 'wrongExternalId',
			remedy:
				'Link it in Pipedrive to a record of this company, or choose the credential of the company that it belongs to (see "System Alias" and "Company Database").',
		},
	);
}
