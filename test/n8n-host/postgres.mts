import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './process.mts';
import { waitFor } from './waitFor.mts';

export interface RunningPostgres {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly database: string;
	/** Runs statements and gives what they print: rows as CSV with a header. */
	csv(sql: string): string;
	stop(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';

/** The folder of `initdb` and `postgres`; undefined where there is none. `POSTGRES_BIN` names one. */
export function findPostgres(): string | undefined {
	const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort().reverse() : [];
	const folders = [
		process.env.POSTGRES_BIN ?? '',
		...(process.env.PATH ?? '').split(delimiter),
		...versions.map((version) => join(DEBIAN, version, 'bin')),
	];
	return folders.find((folder) =>
		['initdb', 'postgres', 'psql'].every((name) => folder && existsSync(join(folder, name))),
	);
}

/** An empty database on loopback, in a temporary folder that goes with it. */
export async function startPostgres(bin: string): Promise<RunningPostgres> {
	const folder = mkdtempSync(join(tmpdir(), 'erp-pipedrive-pg-'));
	const owner = ownerOf();
	if (owner) chownSync(folder, owner.uid, owner.gid);
	const data = join(folder, 'data');
	const port = await freePort();
	const user = 'n8n';
	execFileSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', user, '-E', 'UTF8', '-N'], {
		...owner,
		cwd: folder,
		stdio: 'ignore',
	});
	const settings = [
		'listen_addresses=127.0.0.1',
		`unix_socket_directories=${folder}`,
		'fsync=off',
		'shared_buffers=16MB',
	];
	const server = spawn(
		join(bin, 'postgres'),
		['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
		{ ...owner, cwd: folder, stdio: 'ignore' },
	);
	const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
	const psql = (sql: string) =>
		spawnSync(
			join(bin, 'psql'),
			[
				'-h',
				'127.0.0.1',
				'-p',
				String(port),
				'-U',
				user,
				'-d',
				'postgres',
				'--csv',
				'-q',
				'-X',
			].concat(['-v', 'ON_ERROR_STOP=1']),
			{ input: sql, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
		);
	const stop = async () => {
		server.kill('SIGINT');
		await ended;
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		await waitFor('Postgres to answer', 30_000, () => psql('select 1').status === 0);
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		host: '127.0.0.1',
		port,
		user,
		database: 'postgres',
		csv(sql) {
			const { status, stdout, stderr } = psql(sql);
			if (status !== 0) throw new Error(`Postgres refused: ${stderr}`);
			return stdout;
		},
		stop,
	};
}

/** Postgres refuses to run as root: then its own user, or nobody, runs it. */
function ownerOf(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = (flag: string, name: string) =>
		Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim() || Number.NaN);
	for (const name of ['postgres', 'nobody']) {
		const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
		if (Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid };
	}
	return undefined;
}
