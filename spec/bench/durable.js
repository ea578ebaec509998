import { contest, median, runProgram, startServer, table } from './contest.js';

const vendor = '@durable-streams/client';
const everybody = ['bare', vendor, 'tailrace', 'tailrace, fetch'];

/** What is read, and how many messages that is. The slow ones are read once a process, or the vendor's client would take an hour. */
const readings = [
  { title: 'SSE, 100,000 events with 1 message', path: 'sse/100000/1', count: 100_000 },
  { title: 'SSE, 10,000 events with 100 messages', path: 'sse/1000000/100', count: 1_000_000 },
  { title: 'SSE, one event of 40 MB', path: 'event/525000', count: 525_000, how: 'once', rounds: 3 },
  { title: 'long-poll, 2,000 answers with 1 message', path: 'pages/2000/1', count: 2_000 },
  { title: 'long-poll, 1,000 answers with 100 messages', path: 'pages/100000/100', count: 100_000 },
  { title: 'long-poll, 200 answers with 1,000 messages', path: 'pages/200000/1000', count: 200_000 },
];

/** CPU from socket bytes to the consumer's function, message by message. */
export async function run() {
  const server = await startServer('durable-server.js', []);
  try {
    const tables = [];
    for (const { title, path, count, how = 'warm', rounds = 5 } of readings) {
      const results = await contest(everybody, {
        rounds,
        run: async (name) => (await read(server, { name, path, count, how })).milliseconds,
      });
      tables.push(table(`Durable Streams: ${title}`, 'CPU ms', results));
    }
    return [...tables, await catchUp(server), await itemByItem(server)];
  } finally {
    server.stop();
  }
}

function read({ url }, { name, path, count, how }) {
  return runProgram('durable-client.js', [name, `${url}/${path}`, String(count), how]);
}

/** Everything in one answer, by a program that has just started. */
async function catchUp(server) {
  const count = 1_000_000;
  const all = new Map(everybody.map((name) => [name, []]));
  const results = await contest(everybody, {
    run: async (name) => {
      const result = await read(server, { name, path: `body/${count}`, count, how: 'once' });
      all.get(name).push(result);
      return result.milliseconds;
    },
  });
  const base = results.get('bare');
  const middle = (name, key) => median(all.get(name).map((one) => one[key])).toFixed(0);
  return [
    '### Durable Streams: 1,000,000 messages in one catch-up answer, one pass of a new process',
    '',
    '| contestant | CPU ms | ratio | first message after (ms) | peak RSS (MiB) |',
    '|---|---|---|---|---|',
    ...[...results].map(
      ([name, value]) =>
        `| ${name} | ${value.toFixed(0)} | ${(value / base).toFixed(2)} | ${middle(name, 'firstItem')} | ${middle(name, 'megabytes')} |`,
    ),
  ].join('\n');
}

/** What one message costs must not depend on how many there are. */
async function itemByItem(server) {
  const counts = [10_000, 100_000, 1_000_000];
  const rows = [];
  for (const name of ['tailrace', 'tailrace, for await', `${vendor}, for await`]) {
    const cells = [];
    for (const count of counts) {
      // A hundred times what 100,000 take: six minutes.
      const isEndless = name.startsWith(vendor) && count > 100_000;
      cells.push(isEndless ? '-' : await perMessage(server, name, count));
    }
    rows.push(`| ${[name, ...cells].join(' | ')} |`);
  }
  return [
    '### Durable Streams: CPU us per message of one catch-up answer, item by item',
    '',
    `| contestant | ${counts.map((count) => `${count.toLocaleString('en')} messages`).join(' | ')} |`,
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

async function perMessage(server, name, count) {
  const values = [];
  for (let round = 0; round < 3; round += 1) {
    const { milliseconds } = await read(server, { name, path: `body/${count}`, count, how: 'warm' });
    values.push((milliseconds * 1_000) / count);
  }
  return median(values).toFixed(2);
}
