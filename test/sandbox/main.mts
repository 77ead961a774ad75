/** `npm run sandbox`: every sandbox system on this machine, until Ctrl-C. */
import { parseArgs } from 'node:util';
import { startPipedriveSandbox, type PipedriveSandbox } from './pipedrive/server.mts';
import { OPERATION_NAMES } from './s4hana/control.mts';
import { startS4HanaSandbox, type S4HanaSandbox } from './s4hana/server.mts';
import { seedBusinessPartners } from './seed.mts';
import { businessPartnerTicks } from './ticks.mts';

const USAGE = `npm run sandbox -- [options]

  --count <n>            business partners in S/4HANA (40)
  --tick <seconds>       change something that often
  --s4-port <port>       8041; 0 takes a free one
  --pipedrive-port <port> 8042; 0 takes a free one`;

function options() {
	const { values } = parseArgs({
		options: {
			count: { type: 'string', default: '40' },
			tick: { type: 'string' },
			's4-port': { type: 'string', default: '8041' },
			'pipedrive-port': { type: 'string', default: '8042' },
			help: { type: 'boolean', default: false },
		},
	});
	const number = (name: 'count' | 'tick' | 's4-port' | 'pipedrive-port') => {
		const value = Number(values[name] ?? 0);
		if (!(value >= 0))
			throw new Error(`--${name} takes a number, not '${values[name]}'\n\n${USAGE}`);
		return value;
	};
	return {
		isHelp: values.help,
		count: number('count'),
		tickSeconds: number('tick'),
		s4Port: number('s4-port'),
		pipedrivePort: number('pipedrive-port'),
	};
}

function introduction(s4: S4HanaSandbox, pipedrive: PipedriveSandbox): string {
	const { user, password, clientId, clientSecret, sapClient } = s4.login.options;
	return `SAP S/4HANA   ${s4.url}
  service       ${s4.servicePath}
  basic         ${user} / ${password}   client ${sapClient}
  OAuth2        ${s4.url}/sap/bc/sec/oauth2/token   ${clientId} / ${clientSecret}
  control       POST ${s4.url}/__control/<${OPERATION_NAMES.join(' | ')}>

Pipedrive     ${pipedrive.url}
  API token     ${pipedrive.token}
  control       ${pipedrive.url}/__control/

Ctrl-C ends both.
`;
}

async function main(): Promise<void> {
	const { isHelp, count, tickSeconds, s4Port, pipedrivePort } = options();
	if (isHelp) return void process.stdout.write(`${USAGE}\n`);
	const s4 = await startS4HanaSandbox({ port: s4Port });
	const pipedrive = await startPipedriveSandbox({ port: pipedrivePort });
	const seed = seedBusinessPartners(s4.store, { count });
	process.stdout.write(introduction(s4, pipedrive));
	const tick = businessPartnerTicks(s4.store, seed);
	const announce = () => process.stdout.write(`${tick()}\n`);
	const timer = tickSeconds > 0 ? setInterval(announce, tickSeconds * 1000) : undefined;
	const end = () => {
		clearInterval(timer);
		void Promise.all([s4.close(), pipedrive.close()]);
	};
	process.once('SIGINT', end);
	process.once('SIGTERM', end);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
