/**
 * One way of reading deltas with a slow loop, alone in its process: `node --expose-gc llm-slow-client.js NAME URL COUNT`. Each 50th delta takes
 * 1 ms. Memory is that of the whole process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { filter } from 'rxjs';
import { readGate, toAsyncIterable } from '../../dist/lib/index.js';
import { deliver } from '../../dist/operators/index.js';
import { bare, library, partsOf } from './llm-readers.js';
import { aiSdk, anthropicSdkRaw, anthropicSdkStream } from './llm-vendors.js';

const [name, url, wanted] = process.argv.slice(2);
const total = Number(wanted);
const perTurn = 50;
const start = performance.now();
let handled = 0;
let early = 0;
let late = 0;
let peak = 0;

/** Counts a delta; after each 50th it takes 1 ms. */
function handle() {
  handled += 1;
  // Collections at known places: what is left is what is held.
  if (handled === total / 10) early = heap();
  if (handled === total) late = heap();
  if (handled % perTurn !== 0) return undefined;
  peak = Math.max(peak, process.memoryUsage.rss());
  return sleep(1);
}

function heap() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

async function deltasOf(options) {
  const parts = partsOf(await library(), 'anthropic', { apiKey: 'bench', baseUrl: url, ...options });
  return parts.pipe(filter(({ type }) => type === 'text.delta'));
}

const ways = {
  'bare awaited fetch': () => bare({ wire: 'anthropic', fetch: () => fetch(url) }, handle),
  'tailrace, deliver and for await': async () => {
    const gate = readGate();
    const deltas = await deltasOf({ gate });
    const each = toAsyncIterable(deltas.pipe(deliver({ maxUnacked: 256, gate })));
    for await (const delivery of each) await handle(delivery);
  },
  'tailrace, for await alone': async () => {
    for await (const part of toAsyncIterable(await deltasOf({}))) await handle(part);
  },
  '@anthropic-ai/sdk, events only': () => anthropicSdkRaw({ baseUrl: url }, handle),
  '@anthropic-ai/sdk': () => anthropicSdkStream({ baseUrl: url }, handle),
  ai: () => aiSdk({ wire: 'anthropic', baseUrl: url }, handle),
};

let outcome = 'all';
try {
  await ways[name]();
} catch (error) {
  outcome = error.code ?? error.name;
}
const seconds = (performance.now() - start) / 1_000;
process.stdout.write(`${JSON.stringify({ handled, outcome, early, late, peak, seconds })}\n`, () => process.exit(0));
