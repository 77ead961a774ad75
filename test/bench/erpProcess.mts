/** `tsx test/bench/erpProcess.mts <name> <count>`: a sandbox ERP in a process of its own, until its input ends. */
import { erpNamed } from '../sandbox/erps.mts';

const [name = '', count = ''] = process.argv.slice(2);
let isOld = true;
// Days ago: a first load would find today's records as changes, too.
const now = () => Date.now() - (isOld ? 5 * 86_400_000 : 0);
const { credential, close } = await erpNamed(name).start({ count: Number(count), now });
isOld = false;
process.stdout.write(`${JSON.stringify(credential)}\n`);
process.stdin.resume();
process.stdin.on('end', () => void close().then(() => process.exit(0)));
