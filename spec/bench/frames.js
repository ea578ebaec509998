import { contest, runProgram, table } from './contest.js';

const kinds = {
  'NDJSON lines of 1.5 KB in 64 KB chunks': ['bare split', 'lines'],
  'events of 200 bytes in 64 KB chunks': ['eventsource-parser', 'sse'],
  'events of 200 bytes, one a chunk': ['eventsource-parser', 'sse'],
  'events of 200 bytes of Japanese, one a chunk': ['eventsource-parser', 'sse'],
};

/** MB/s of CPU time from bytes to frames, without parsing what is in them. More is better. */
export async function run() {
  const tables = [];
  for (const [kind, contestants] of Object.entries(kinds)) {
    const results = await contest(contestants, {
      run: async (name) => (await runProgram('frames-client.js', [kind, name])).megabytesPerSecond,
    });
    tables.push(table(kind, 'MB/s', results));
  }
  tables.push(await extremes());
  return tables;
}

async function extremes() {
  const rows = [];
  for (const name of ['100 MB without a newline', '50 MB of one-byte chunks', '5 MB of one-byte chunks']) {
    const { outcome, seconds, megabytes } = await runProgram('frames-client.js', ['extreme', name]);
    rows.push(`| ${name} | ${outcome} | ${seconds.toFixed(2)} | ${megabytes.toFixed(0)} |`);
  }
  const head = [
    '### lines at its limits',
    '',
    '| input | outcome | CPU seconds | peak memory, MB |',
    '|---|---|---|---|',
  ];
  return [...head, ...rows].join('\n');
}
