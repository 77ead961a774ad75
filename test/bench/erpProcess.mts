/** `tsx test/bench/erpProcess.mts <name> <count>`: a sandbox ERP in a process of its own, until its input ends. */
import { erpNamed } from '../sandbox/erps.mts';

const [name = '', count = ''] = process.argv.slice(2);
const { credential, close } = await erpNamed(name).start({ count: Number(count) });
process.stdout.write(`${JSON.stringify(credential)}\n`);
process.stdin.resume();
process.stdin.on('end', () => void close().then(() => process.exit(0)));
