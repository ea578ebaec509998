import { describe, expect, it } from '@jest/globals';
import { defer, map, Observable, tap } from 'rxjs';
import { byteStream } from '../../lib/http.js';
import { lines } from '../../lib/lines.js';
import { nodeTransport } from '../../lib/node/index.js';
import { readGate } from '../../lib/read-gate.js';
import { ackMap } from '../../operators/ack-map.js';
import { deliver } from '../../operators/deliver.js';
import { redeliver } from '../../operators/redeliver.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { eventually } from '../servers/eventually.js';
import { startOrigin } from '../servers/origin.js';
import { answer, chunk, endChunks } from '../servers/origin-steps.js';
import { startProxy, type Toxics } from '../servers/proxy.js';
import { type Seeded, seeded, seedsOf } from './seeded.js';

const size = 60;
const maxUnacked = 8;

/** What may befall one connection. */
function toxicsOf(dice: Seeded): Toxics {
  const bytes = dice.between(50, 900);
  if (dice.chance(0.3)) return { cutAfter: bytes, cutBy: 'reset' };
  if (dice.chance(0.3)) return { cutAfter: bytes, cutBy: 'fin' };
  if (dice.chance(0.2)) return { stallAfter: bytes };
  return dice.chance(0.5) ? { slice: dice.between(20, 200) } : {};
}

/** A log over HTTP that resumes after `after`, read through a proxy that damages it. */
async function runSockets(seed: number): Promise<string> {
  const dice = seeded(seed);
  await using origin = await startOrigin((request) => {
    const after = Number(new URL(request.path, 'http://a.example').searchParams.get('after'));
    const rest = Array.from({ length: size - after }, (_, at) => chunk(`{"n":${after + at + 1}}\n`));
    return [answer(200, { 'content-type': 'application/x-ndjson', connection: 'close' }), ...rest, endChunks()];
  });
  await using proxy = await startProxy(origin.port, () => toxicsOf(dice));
  const gate = readGate();
  const handled = new Set<number>();
  let last = 0;
  let running = 0;
  let most = 0;
  const transport = nodeTransport();
  const one = defer(() => byteStream({ url: proxy.url, params: { after: last }, gate, transport, idleTimeout: 60 }));
  const stream = one.pipe(
    lines(),
    map((line) => numberOf(line)),
    tap((n) => (last = n)),
    retryBackoff({ maxRetries: -1, initialBackoff: 1, maxBackoff: 5, random: dice.random }),
    deliver({ maxUnacked, gate, positionOf: String }),
    redeliver({ max: 100, backoff: { initialBackoff: 1, maxBackoff: 3 }, random: dice.random }),
    ackMap((n: number) => work(n), { concurrency: 4 * maxUnacked, ordered: false }),
  );
  const work = (n: number): Observable<number> =>
    new Observable((subscriber) => {
      running += 1;
      most = Math.max(most, running);
      const fails = dice.chance(0.1);
      const timer = setTimeout(
        () => {
          if (fails) return subscriber.error(new Error('failed'));
          handled.add(n);
          subscriber.complete();
        },
        dice.between(0, 3),
      );
      subscriber.add(() => {
        running -= 1;
        clearTimeout(timer);
      });
    });
  const end = await new Promise<string>((resolve) => {
    stream.subscribe({ error: (error: unknown) => resolve(String(error)), complete: () => resolve('complete') });
  });
  await eventually(() => proxy.openSockets === 0 && origin.openSockets === 0);
  return `${end}, ${handled.size} handled, ${running} running, within the window: ${most <= maxUnacked}`;
}

function numberOf(line: unknown): number {
  const text = typeof line === 'object' && line !== null && 'text' in line ? line.text : line;
  const parsed: unknown = JSON.parse(String(text));
  if (typeof parsed === 'object' && parsed !== null && 'n' in parsed && typeof parsed.n === 'number') return parsed.n;
  throw new Error('no line of this log');
}

describe('the same over sockets', () => {
  it('handles everything and leaves no socket, in each of 20 random schedules', async () => {
    for (const seed of seedsOf(20)) {
      const outcome = `${seed}: ${await runSockets(seed)}`;
      expect(outcome).toBe(`${seed}: complete, ${size} handled, 0 running, within the window: true`);
    }
  }, 120_000);
});
