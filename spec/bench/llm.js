import { contest, median, runProgram, startServer, table } from './contest.js';

const anthropic = ['bare', 'tailrace', '@anthropic-ai/sdk, events only', '@anthropic-ai/sdk', 'ai'];
const openai = ['bare', 'tailrace', 'openai, events only', 'openai', 'ai'];
const count = 50_000;
const pieceOf = 16_384;
const rounds = 3;

/** What is read: the wire, how many bytes come at a time (0: an event at a time), and who reads it. */
const readings = [
  { title: 'Messages', wire: 'anthropic', piece: pieceOf, names: anthropic },
  { title: 'Messages, one delta a chunk', wire: 'anthropic', piece: 0, names: anthropic },
  { title: 'Chat Completions', wire: 'chat', piece: pieceOf, names: openai },
  { title: 'Responses', wire: 'responses', piece: pieceOf, names: openai },
];

/** From the body's bytes to the consumer's function, and the message put together, but for `events only`. */
export async function run() {
  const tables = [];
  for (const { title, wire, piece, names } of readings) {
    const milliseconds = async (name) => 1_000 * (await measure('deltas', name, wire, count, piece)).seconds;
    const results = await contest(names, { rounds, run: milliseconds });
    tables.push(table(`LLM: ${title}, ${count.toLocaleString('en')} deltas`, 'CPU ms', results));
  }
  for (const shape of ['one long text', 'many small objects']) tables.push(await liveInput(shape));
  return [...tables, await longEvent(), await slowLoop()];
}

function measure(task, ...words) {
  return runProgram('llm-client.js', [task, ...words.map(String)]);
}

/** Two of them take many minutes for 1 MB: they are measured up to 128 KB, once, and carried on by their growth from 64 KB to there. */
async function liveInput(shape) {
  const sizes = [65_536, 131_072, 1_048_576];
  const doublings = Math.log2(sizes[2] / sizes[1]);
  const rows = [];
  for (const [name, wire] of [
    ['tailrace', 'anthropic'],
    ['@anthropic-ai/sdk', 'anthropic'],
    ['openai', 'chat'],
    ['ai', 'anthropic'],
  ]) {
    const isQuick = name === 'tailrace' || name === 'openai';
    const measured = [];
    for (const size of isQuick ? sizes : sizes.slice(0, 2)) {
      const results = [];
      for (let n = 0; n < (isQuick ? rounds : 1); n += 1) {
        results.push(await measure('input', name, wire, size, shape));
      }
      measured.push({ ...results[0], seconds: median(results.map(({ seconds }) => seconds)) });
    }
    const [first, second, third] = measured;
    const carriedOn = second.seconds * (second.seconds / first.seconds) ** doublings;
    const whole = third === undefined ? `about ${carriedOn.toFixed(0)}` : cellOf(third);
    const live = `${(100 * second.live).toFixed(0)} %`;
    rows.push(`| ${[name, live, cellOf(first), cellOf(second), whole].join(' | ')} |`);
  }
  return [
    `### LLM: a tool input in 8-byte deltas, looked at after each, ${shape}`,
    '',
    '| contestant | deltas with a value | CPU s, 64 KB | CPU s, 128 KB | CPU s, 1 MB |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function cellOf({ seconds, isRefused }) {
  return isRefused ? 'refused' : seconds.toFixed(2);
}

async function longEvent() {
  const wires = { openai: 'chat' };
  const results = await contest(['bare', 'tailrace', '@anthropic-ai/sdk', 'openai', 'ai'], {
    rounds,
    run: async (name) => (await measure('event', name, wires[name] ?? 'anthropic', 10_000_000)).seconds,
  });
  return table('LLM: one event of 10 MB in 1 KB chunks', 'CPU s', results);
}

const ways = [
  { name: 'bare awaited fetch', times: rounds },
  { name: 'tailrace, deliver and for await', times: rounds },
  { name: 'tailrace, for await alone', times: rounds },
  { name: '@anthropic-ai/sdk, events only', times: rounds },
  // These two take a minute each.
  { name: '@anthropic-ai/sdk', times: 1 },
  { name: 'ai', times: 1 },
];

/** What is held while the consumer is slower than the server. */
async function slowLoop() {
  const deltas = 200_000;
  const rows = [];
  for (const { name, times } of ways) {
    const results = [];
    for (let n = 0; n < times; n += 1) results.push(await slowly(name, deltas));
    const middle = (key) => median(results.map((one) => one[key]));
    const mb = (key) => (middle(key) === 0 ? '-' : (middle(key) / 1_048_576).toFixed(1));
    const sentAfter = middle('sentAfter');
    const sent = sentAfter === 0 ? 'never' : sentAfter.toFixed(0);
    const cells = [name, middle('handled'), results[0].outcome, mb('early'), mb('late'), mb('peak'), sent];
    rows.push(`| ${[...cells, middle('seconds').toFixed(0)].join(' | ')} |`);
  }
  return [
    `### LLM: a slow loop, ${deltas.toLocaleString('en')} deltas, 1 ms per 50`,
    '',
    '| contestant | deltas handled | end | heap after 10 % (MB) | heap at the end (MB) | peak RSS (MB) | server had sent all after (s) | s |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

async function slowly(name, deltas) {
  const server = await startServer('llm-server.js', [String(deltas)]);
  try {
    const args = [name, server.url, String(deltas)];
    const result = await runProgram('llm-slow-client.js', args, { nodeArgs: ['--expose-gc'] });
    const { sentAfter } = await (await fetch(`${server.url}/sent`)).json();
    return { ...result, sentAfter };
  } finally {
    server.stop();
  }
}
