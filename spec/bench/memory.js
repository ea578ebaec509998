import { median, runProgram, startServer } from './contest.js';

const contestants = ['bare awaited fetch', 'deliver, batchAck(50)', 'deliver, ackMap', 'concatMap on plain lines'];
const lines = 1_000_000;
/** What a queue without limit is let grow to, in bytes. */
const memoryLimit = 1_000_000_000;
const rounds = 3;

/** A million lines of 1 KB, a handler of 1 ms per 50 lines, and a server that counts how often it had to wait. */
export async function run() {
  const rows = [];
  for (const name of contestants) {
    const results = [];
    const times = name.startsWith('concatMap') ? 1 : rounds;
    for (let round = 0; round < times; round += 1) results.push(await measure(name));
    rows.push({ name, ...medians(results) });
  }
  const [{ peak: base }] = rows;
  return [
    [
      `### a slow handler: ${lines.toLocaleString('en')} lines of 1 KB, 1 ms per 50 lines, window 256`,
      '',
      '| contestant | lines handled | heap after 10 % (MB) | heap at the end (MB) | peak RSS (MB) | ratio | waits of the server | server had sent all after (s) | s |',
      '|---|---|---|---|---|---|---|---|---|',
      ...rows.map(
        ({ name, handled, early, late, peak, waits, sentAfter, seconds }) =>
          `| ${name} | ${handled} | ${mb(early)} | ${mb(late)} | ${mb(peak)} | ${(peak / base).toFixed(2)} | ${waits} | ${sentAfter === 0 ? 'never' : sentAfter.toFixed(0)} | ${seconds.toFixed(0)} |`,
      ),
    ].join('\n'),
  ];
}

async function measure(name) {
  const server = await startServer('memory-server.js', [String(lines)]);
  try {
    const result = await runProgram('memory-client.js', [name, server.url, String(lines), String(memoryLimit)], {
      nodeArgs: ['--expose-gc'],
    });
    const { waits, sentAfter } = await (await fetch(`${server.url}/waits`)).json();
    return { ...result, waits, sentAfter };
  } finally {
    server.stop();
  }
}

function medians(results) {
  const [first] = results;
  return Object.fromEntries(Object.keys(first).map((key) => [key, median(results.map((one) => one[key]))]));
}

function mb(bytes) {
  return (bytes / 1_048_576).toFixed(1);
}
