/**
 * One contestant: `node durable-client.js NAME URL COUNT warm|once`.
 *
 * `warm` reads the stream five times and reports the CPU milliseconds of one of the last three: what runs for months is warm. `once` reads
 * it a single time, and reports peak memory and the wait for the first message too.
 */
const [name, url, wanted, how] = process.argv.slice(2);
const total = Number(wanted);
const [, kind] = new URL(url).pathname.split('/');

const bare = { sse: bareEvents, event: bareEvents, body: bareBody, pages: barePages };
/** What happens at the tail, in the words of both libraries. */
const live = { sse: 'sse', event: 'sse', pages: 'long-poll', body: false }[kind];

/** Each loads what it needs, and says how it reads. */
const contestants = {
  /** fetch and what the protocol asks for at least: messages, and the offset behind them. */
  bare: () => bare[kind],
  '@durable-streams/client': async () => {
    const { stream } = await import('@durable-streams/client');
    return async (onItem) => {
      const response = await stream({ url, live, json: true, offset: '-1', warnOnHttp: false });
      await new Promise((resolve, reject) => {
        response.closed.catch(reject);
        // Not when it says that it is closed: that is before the last batch.
        response.subscribeJson(({ items, streamClosed }) => {
          for (const item of items) onItem(item);
          if (streamClosed) resolve();
        });
      });
    };
  },
  '@durable-streams/client, for await': async () => {
    const { stream } = await import('@durable-streams/client');
    return async (onItem) => {
      const response = await stream({ url, live, json: true, offset: '-1', warnOnHttp: false });
      for await (const item of response.jsonStream()) onItem(item);
    };
  },
  tailrace: () => tailrace(() => ({})),
  'tailrace, fetch': () => tailrace(() => ({ fetch: globalThis.fetch })),
  'tailrace, for await': async () => {
    const { stream } = await import('../../dist/sources/durable/index.js');
    return async (onItem) => {
      const response = await stream(url, { live });
      for await (const item of response.json()) onItem(item);
    };
  },
};

async function tailrace(optionsOf) {
  const { durableStream } = await import('../../dist/sources/durable/index.js');
  return (onItem) =>
    new Promise((resolve, reject) => {
      durableStream(url, { live, ...optionsOf() }).subscribe({ next: onItem, error: reject, complete: resolve });
    });
}

async function bareEvents(onItem) {
  const response = await fetch(`${url}?live=sse&offset=-1`, { headers: { accept: 'text/event-stream' } });
  const decoder = new TextDecoder();
  let rest = '';
  let offset = '-1';
  for await (const chunk of response.body) {
    const text = decoder.decode(chunk, { stream: true });
    // The search would else run over all that is held, again with each chunk.
    if (!text.includes('\n\n') && !(text[0] === '\n' && rest.endsWith('\n'))) {
      rest += text;
      continue;
    }
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const [first, second] = block.split('\n');
      const value = JSON.parse(second.slice('data:'.length));
      if (first === 'event: data') for (const item of value) onItem(item);
      else offset = value.streamNextOffset;
    }
  }
  if (offset === '-1') throw new Error('no control event');
}

async function bareBody(onItem) {
  const response = await fetch(`${url}?offset=-1`);
  for (const item of await response.json()) onItem(item);
}

async function barePages(onItem) {
  let offset = '0000000000000000_0000000000000000';
  let cursor = '1';
  for (let closed = false; !closed;) {
    const response = await fetch(`${url}?cursor=${cursor}&live=long-poll&offset=${offset}`);
    for (const item of await response.json()) onItem(item);
    offset = response.headers.get('stream-next-offset');
    cursor = response.headers.get('stream-cursor');
    closed = response.headers.get('stream-closed') === 'true';
  }
}

async function pass(onFirst) {
  let items = 0;
  let sum = 0;
  await read((item) => {
    if (items === 0) onFirst?.();
    items += 1;
    sum += item.id;
  });
  // A contestant that loses messages, or has some twice, is told of, not left out.
  const expected = (total * (total - 1)) / 2;
  if (items !== total || sum !== expected) process.stderr.write(`${name}: ${items} of ${total} messages\n`);
}

async function warm() {
  const measured = 3;
  for (let n = 0; n < 2; n += 1) await pass();
  const before = process.cpuUsage();
  for (let n = 0; n < measured; n += 1) await pass();
  return { milliseconds: cpuSince(before) / measured };
}

async function once() {
  const before = process.cpuUsage();
  const start = performance.now();
  let firstItem = 0;
  await pass(() => (firstItem = performance.now() - start));
  return { milliseconds: cpuSince(before), firstItem, megabytes: process.resourceUsage().maxRSS / 1_024 };
}

function cpuSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const read = await contestants[name]();
await fetch(url, { method: 'HEAD' });
const result = await (how === 'once' ? once() : warm());
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
