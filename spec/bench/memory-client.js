/** One way of reading with a slow handler, alone in its process: `node --expose-gc memory-client.js NAME URL LINES BYTES`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { concatMap, finalize, lastValueFrom, takeWhile, tap } from 'rxjs';
import { byteStream, lines, readGate } from '../../dist/lib/index.js';
import { ackMap, batchAck, deliver } from '../../dist/operators/index.js';

const [name, url, wanted, memoryLimit] = process.argv.slice(2);
const total = Number(wanted);
const perTurn = 50;
const start = performance.now();
let handled = 0;
let early = 0;
let peak = 0;

function measure() {
  peak = Math.max(peak, process.memoryUsage.rss());
  return peak < Number(memoryLimit);
}

/** Counts a line; after each 50th it takes 1 ms. */
function handle() {
  handled += 1;
  if (handled === total / 10) {
    // A collection at a known place: what is left is what is held.
    globalThis.gc();
    early = process.memoryUsage().heapUsed;
  }
  if (handled % perTurn !== 0) return undefined;
  measure();
  return sleep(1);
}

const gate = readGate();
const received = () => byteStream({ url, gate }).pipe(lines());
const delivered = () => received().pipe(deliver({ maxUnacked: 256, gate }));

const ways = {
  'bare awaited fetch': async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of (await fetch(url)).body) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (let at = 0; at < parts.length; at += 1) {
        const turn = handle();
        if (turn !== undefined) await turn;
      }
    }
  },
  'deliver, ackMap': () => lastValueFrom(delivered().pipe(ackMap(() => handle())), { defaultValue: 0 }),
  'deliver, batchAck(50)': () =>
    lastValueFrom(
      delivered().pipe(
        batchAck(
          async (batch) => {
            for (let n = 0; n < batch.length; n += 1) await handle();
          },
          { maxSize: 50, flushOn: gate.paused$ },
        ),
      ),
    ),
  'concatMap on plain lines': () =>
    lastValueFrom(
      byteStream({ url }).pipe(
        lines(),
        // stopped where it reads, or the queue would go on growing
        tap(() => handledIsFar() || measure()),
        takeWhile(() => peak < Number(memoryLimit)),
        concatMap(async () => handle()),
        takeWhile(() => peak < Number(memoryLimit)),
        finalize(measure),
      ),
      { defaultValue: 0 },
    ),
};

let seen = 0;
function handledIsFar() {
  seen += 1;
  return seen % 1_000 !== 0;
}

await ways[name]();
const seconds = (performance.now() - start) / 1_000;
globalThis.gc();
const late = process.memoryUsage().heapUsed;
process.stdout.write(`${JSON.stringify({ handled, early, late, peak, seconds })}\n`);
process.exit(0);
