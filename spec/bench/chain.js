import { contest, runProgram, startServer, table } from './contest.js';

const decoders = ['viem', 'ethers', 'tailrace', 'tailrace, checksums'];
const kinds = {
  'Transfer, 500 accounts': [...decoders, 'tailrace, integers as text', 'tailrace, one event'],
  'Transfer, 200,000 accounts': decoders,
  'a tuple with an array of tuples and text': decoders,
};

const batches = 300;
const eventsInBatch = 500;

/** What decoding costs, and what a stream of batches does. */
export async function run() {
  return [...(await decoding()), await streaming()];
}

/** Decoded logs a second of CPU time. More is better. */
async function decoding() {
  const tables = [];
  for (const [kind, contestants] of Object.entries(kinds)) {
    const results = await contest(contestants, {
      run: async (name) => (await runProgram('chain-decode-client.js', [kind, name])).perSecond,
    });
    tables.push(table(`chain: ${kind}`, 'logs a second', results));
  }
  return tables;
}

/** CPU per event from socket bytes to the consumer's function, acknowledgments included; the bare loop sends none. */
async function streaming() {
  const sizes = [String(batches), String(eventsInBatch)];
  const server = await startServer('chain-server.js', sizes);
  const results = await contest(['bare', 'tailrace', 'tailrace, deliveries'], {
    run: async (name) => (await runProgram('chain-stream-client.js', [name, server.url, ...sizes])).microseconds,
  });
  server.stop();
  return table(`chain: ${batches} batches of ${eventsInBatch} events, acknowledged`, 'CPU us per event', results);
}
