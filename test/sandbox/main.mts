/** `npm run sandbox`: every sandbox system on this machine, until Ctrl-C. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Erp, RunningErp } from './erp.mts';
import { erpNamed, ERPS } from './erps.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from './pipedrive/server.mts';

const USAGE = `npm run sandbox -- [options]

  --only <names>     some of ${ERPS.map(({ name }) => name).join(', ')}, separated by commas; Pipedrive always runs
  --count <n>        customers in each ERP (40)
  --tick <seconds>   change something in each ERP that often
  --port <n>         Pipedrive's port; the ERPs take the next ones (8041). 0 takes free ones

While it runs: Enter changes something in each ERP, the name of one and Enter in that one.`;

interface Options {
	isHelp: boolean;
	erps: readonly Erp[];
	count: number;
	tickSeconds: number;
	port: number;
}

function options(): Options {
	const { values } = parseArgs({
		options: {
			only: { type: 'string' },
			count: { type: 'string', default: '40' },
			tick: { type: 'string', default: '0' },
			port: { type: 'string', default: '8041' },
			help: { type: 'boolean', default: false },
		},
	});
	const number = (name: 'count' | 'tick' | 'port') => {
		const value = Number(values[name]);
		if (values[name] !== '' && value >= 0) return value;
		throw new Error(`--${name} takes a number, not "${values[name]}".\n\n${USAGE}`);
	};
	return {
		isHelp: values.help,
		erps: values.only === undefined ? ERPS : values.only.split(',').map(erpNamed),
		count: number('count'),
		tickSeconds: number('tick'),
		port: number('port'),
	};
}

interface Running {
	erp: Erp;
	system: RunningErp;
}

function introduction(running: readonly Running[], pipedrive: PipedriveSandbox): string {
	const label = (text: string) => `  ${text.padEnd(14)}`;
	const erps = running.map(({ erp, system }) => {
		const [operation, body] = system.example;
		return [
			`${erp.title} (${erp.name})   ${system.url}`,
			...system.logins.map(([name, value]) => `${label(name)}${value}`),
			`${label('control')}POST ${system.url}/__control/<operation>: ${system.operations.join(', ')}`,
			`${label('for example')}curl -X POST ${system.url}/__control/${operation} -d '${JSON.stringify(body)}'`,
			'',
		].join('\n');
	});
	return `${erps.join('\n')}
Pipedrive   ${pipedrive.url}
${label('API token')}${pipedrive.token}
${label('control')}${pipedrive.url}/__control/state, /log, /records?entity=organizations, /faults, /down, /budget, /seed, /edit

Enter changes something in each ERP (or type its name first). Ctrl-C ends all.
`;
}

function tickIn(running: readonly Running[]): void {
	for (const { erp, system } of running) {
		process.stdout.write(`${erp.title}: ${system.tick()}\n`);
	}
}

async function main(): Promise<void> {
	const { isHelp, erps, count, tickSeconds, port } = options();
	if (isHelp) return void process.stdout.write(`${USAGE}\n`);
	const portOf = (at: number) => (port === 0 ? 0 : port + at);
	const pipedrive = await startPipedriveSandbox({ port: portOf(0) });
	const running: Running[] = [];
	for (const [at, erp] of erps.entries()) {
		running.push({ erp, system: await erp.start({ count, port: portOf(at + 1) }) });
	}
	process.stdout.write(introduction(running, pipedrive));
	const everyTick = () => tickIn(running);
	const timer = tickSeconds > 0 ? setInterval(everyTick, tickSeconds * 1000) : undefined;
	const lines = createInterface({ input: process.stdin });
	lines.on('line', (line) => {
		const chosen = running.filter(({ erp }) => [erp.name, ''].includes(line.trim()));
		if (chosen.length === 0) process.stdout.write(`There is no ERP "${line.trim()}" here.\n`);
		tickIn(chosen);
	});
	const end = () => {
		clearInterval(timer);
		lines.close();
		process.stdin.unref();
		void Promise.all([pipedrive.close(), ...running.map(({ system }) => system.close())]);
	};
	process.once('SIGINT', end);
	process.once('SIGTERM', end);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
});
