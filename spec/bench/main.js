/**
 * `npm run bench [-- SUITE...] [-- --write]`: every contestant in one run, rotated, in processes of their own.
 *
 * `--write` puts the tables into README.md beside this file, with the machine's name.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { buildIfNeeded } from '../tools/build-if-needed.js';

const suites = ['x-posts', 'frames', 'operators', 'delivery', 'memory', 'durable', 'llm', 'chain'];
const readme = new URL('README.md', import.meta.url);

buildIfNeeded();
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const tables = [];
for (const suite of wanted.length > 0 ? wanted : suites) {
  if (!suites.includes(suite)) throw new Error(`no suite "${suite}"; there are ${suites.join(', ')}`);
  const { run } = await import(`./${suite}.js`);
  for (const table of await run()) {
    process.stdout.write(`${table}\n\n`);
    tables.push(table);
  }
}
if (process.argv.includes('--write')) write(tables);

function write(results) {
  const machine = `${os.cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${os.cpus().length} cores, Node ${process.version}`;
  const body = [`Measured on ${machine}.`, ...results].join('\n\n');
  const text = readFileSync(readme, 'utf8');
  const [before] = text.split('<!-- results -->');
  writeFileSync(readme, `${before}<!-- results -->\n\n${body}\n`);
}
