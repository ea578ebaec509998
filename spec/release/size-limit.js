import { readFileSync } from 'node:fs';
import { readDoors } from '../tools/doors.js';

/** The application has them anyway. size-limit would take them from the package of the folder that it is started in. */
const peers = Object.keys(JSON.parse(readFileSync('../../package.json', 'utf8')).peerDependencies);

/**
 * What a door may cost, minified and brotli-compressed, all its own dependencies (ky, rxjs-for-await) included; rxjs and
 * zod are peers, which the application has anyway. About a fifth above what was measured: raise one only with a reason.
 */
const budgets = {
  '.': '25 kB',
  './operators': '32 kB',
  './sources/x': '42 kB',
  './sources/durable': '60 kB',
  './sources/llm': '75 kB',
  './sources/chain': '60 kB',
  './node': '9 kB',
  './browser': '3 kB',
  './angular': '9 kB',
};

/** A budget for everything stays behind as soon as a door is added: so the doors lead, and one without a budget fails. */
export default readDoors('../..').map(({ name, specifier, built }) => {
  const limit = budgets[name];
  if (limit === undefined) throw new Error(`spec/release/size-limit.js: no budget for the door ${name}`);
  return { name: specifier, path: `../../${built}`, limit, ignore: ['node:*', ...peers] };
});
