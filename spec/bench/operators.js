import { contest, runProgram, table } from './contest.js';

const groups = {
  'passing a value on': ['bare Observable', 'rxjs retry', 'rxjs timeout({ each })', 'retryBackoff', 'watchdog'],
  'grouping by 100': ['rxjs bufferCount(100)', 'rxjs bufferTime', 'batch'],
  'removing duplicates, all ids new': ['bare Set', 'rxjs distinct', 'dedupe'],
};

/** Nanoseconds of CPU per value, on top of a source that does nothing but count. Less is better. */
export async function run() {
  const tables = [];
  for (const [group, contestants] of Object.entries(groups)) {
    const results = await contest(contestants, {
      run: async (name) => (await runProgram('operators-client.js', [name])).nanoseconds,
    });
    tables.push(table(group, 'CPU ns per value', results));
  }
  return tables;
}
