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

/**
 * What an Angular application grows by, gzipped, beside its peers; spec/browser has Angular itself build some. A vendor's source
 * knows its service's errors, limits and ways of resuming as well. At what was measured, and a little.
 */
const retried = { './operators': '{ retryBackoff }' };
const angular = '{ injectStream }';
const applications = {
  'an event stream in Angular': ['15 kB', { './angular': angular, '.': '{ byteStream, sse }', ...retried }],
  'JSON lines in Angular, with settings of the application': [
    '15 kB',
    {
      './angular': '{ injectStream, provideTailrace, withRetry }',
      '.': '{ byteStream, lines }',
      ...retried,
    },
  ],
  'an answer of Anthropic in Angular': [
    '20 kB',
    { './angular': angular, './sources/llm': '{ openAnthropicMessages }' },
  ],
  'chain events in Angular': ['27 kB', { './angular': angular, './sources/chain': '{ chainEvents }' }],
  'posts in Angular': ['28 kB', { './angular': angular, './sources/x': '{ filteredStream }' }],
  'a durable stream in Angular': ['28.5 kB', { './angular': angular, './sources/durable': '{ durableStream }' }],
};

const all = readDoors('../..');
const ignore = ['node:*', ...peers, '@angular/*', 'rxjs/*'];
const pathOf = (door) => `../../${all.find(({ name }) => name === door).built}`;

/** A budget for everything stays behind as soon as a door is added: so the doors lead, and one without a budget fails. */
const doors = all.map(({ name, specifier, built }) => {
  const limit = budgets[name];
  if (limit === undefined) throw new Error(`spec/release/size-limit.js: no budget for the door ${name}`);
  return { name: specifier, path: `../../${built}`, limit, ignore };
});

const grown = Object.entries(applications).map(([name, [limit, imports]]) => {
  const found = Object.entries(imports).map(([door, names]) => [pathOf(door), names]);
  return { name, import: Object.fromEntries(found), path: found.map(([path]) => path), limit, gzip: true, ignore };
});

export default [...doors, ...grown];
