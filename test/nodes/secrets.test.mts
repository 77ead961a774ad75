import { CoreError } from '../../core/http/errors';
import { connectionFrom as sage300 } from '../../nodes/Sage300/connection';
import { connectionFrom as businessOne } from '../../nodes/SapBusinessOne/connection';
import { connectionFrom as ecc } from '../../nodes/SapEcc/connection';
import { connectionFrom as s4hana } from '../../nodes/SapS4Hana/connection';
import { connectionFrom as syspro } from '../../nodes/Syspro/connection';

const baseUrl = 'https://erp.example';

/** A server that repeats the secret in plain words, where no pattern would know it. */
const repeated = (secret: string) =>
	new CoreError('protocol', `The value ${secret} is not accepted here.`).message;

it.each<[string, string, (secret: string) => unknown]>([
	['SAP S/4HANA', 'pw-s4-9f31', (password) => s4hana({ baseUrl, user: 'U', password }, 'basic')],
	['SAP ECC', 'pw-ecc-9f32', (password) => ecc({ baseUrl, user: 'U', password, access: 'soap' })],
	[
		'SAP Business One',
		'pw-b1-9f33',
		(password) => businessOne({ baseUrl, companyDb: 'DB', user: 'U', password }),
	],
	[
		'Sage 300',
		'pw-sage-9f34',
		(password) => sage300({ baseUrl, company: 'C', user: 'U', password }),
	],
	[
		'SYSPRO',
		'pw-syspro-9f35',
		(password) =>
			syspro({ baseUrl, companyId: 'A', operator: 'O', operatorPassword: password }, 'enet'),
	],
	[
		'SYSPRO, of the company',
		'pw-syspro-9f36',
		(companyPassword) =>
			syspro(
				{ baseUrl, companyId: 'A', operator: 'O', operatorPassword: 'x', companyPassword },
				'enet',
			),
	],
])(
	'the password of %s shows in no error, however the server words it',
	(_name, secret, connect) => {
		expect(repeated(secret)).toContain(secret);
		connect(secret);
		expect(repeated(secret)).not.toContain(secret);
		expect(repeated(secret)).toContain('[hidden]');
	},
);
