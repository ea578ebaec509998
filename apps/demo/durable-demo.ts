import { type Durable, startDurable } from '../../spec/servers/durable.js';
import { type Proxy, startProxy, type Toxics } from '../../spec/servers/proxy.js';
import { modes, type Reader, startReader } from './durable-readers.js';
import { startWriter, type Writer } from './durable-writer.js';
import type { DurableSummary, ModeSummary } from './reporter.js';
import { pause, until } from './waiting.js';
import type { DemoOptions } from './x-demo.js';

const path = '/demo';
/** How long the end may take. */
const patience = 5_000;

/**
 * Four readers of one durable stream, each in a mode of its own, and a producer that appends numbered messages all the while; the server fails
 * and the wires between are cut, in the middle of bodies. At the end each reader must have each stored message once.
 */
export async function runDurable({ seconds, signal, report }: DemoOptions): Promise<DurableSummary> {
  await using server = await startDurable();
  await using down = await startProxy(server.port, cutInTheMiddle);
  await using up = await startProxy(server.port, cutAnswers);
  await server.create(path, 'application/json');
  const readers = modes.map((mode) => startReader(down.url + path, mode, report));
  const writer = startWriter(up.url + path, report);
  await misbehave(server, down, { seconds, signal, report });

  server.server.clearInjectedFaults();
  for (const proxy of [down, up]) proxy.setToxics({});
  await writer
    .finish(patience)
    .catch((error: unknown) => report.event('durable', `not all is stored: ${String(error)}`));
  await until(() => readers.every((reader) => hasAll(reader, writer)), patience);
  for (const reader of readers) reader.stop();
  return summed(readers, writer);
}

/** Every answer to a reader ends some day; here after a page or less, wherever that is. */
function cutInTheMiddle(connection: number): Toxics {
  const cutAfter = 1_500 + ((connection * 7_919) % 30_000);
  return { cutAfter, cutBy: connection % 2 === 0 ? 'reset' : 'fin' };
}

/** The append is stored, and its answer does not arrive. */
function cutAnswers(connection: number): Toxics {
  return { cutAfter: 40 + ((connection * 7_919) % 30_000) };
}

function hasAll(reader: Reader, { stored }: Writer): boolean {
  // `catch-up` is never told of the end.
  return (reader.isOver || reader.mode === 'catch-up') && [...stored].every((n) => reader.has(n));
}

/** The faults of the server, at fractions of the running time; the wires are cut all the time. */
async function misbehave(server: Durable, down: Proxy, { seconds, signal, report }: DemoOptions): Promise<void> {
  const plan: readonly (readonly [at: number, what: string, act: () => void])[] = [
    [0.15, 'server answers 503 to readers', () => server.inject(path, { method: 'GET', status: 503, count: 8 })],
    [0.3, 'server drops connections without an answer', () => server.inject(path, { dropConnection: true, count: 6 })],
    [0.45, 'all connections of the readers are cut at once', () => down.dropAll()],
    [
      0.6,
      'server limits the producer: 429, retry after 1 s',
      () => server.inject(path, { method: 'POST', status: 429, retryAfter: 1, count: 3 }),
    ],
    [
      0.75,
      'the wire to the readers falls silent with the socket open',
      () => {
        down.setToxics((connection) => (connection % 3 === 0 ? { stallAfter: 600 } : cutInTheMiddle(connection)));
        down.dropAll();
      },
    ],
  ];
  const started = performance.now();
  const due = async (fraction: number): Promise<void> =>
    pause(fraction * seconds * 1_000 - (performance.now() - started), signal);
  for (const [at, what, act] of plan) {
    await due(at);
    if (signal.aborted) return;
    report.event('durable', what);
    act();
  }
  await due(1);
}

function summed(readers: readonly Reader[], { stored, reconnects }: Writer): DurableSummary {
  const each = readers.map((reader) => [reader.mode, reader.summary(stored)] as const);
  const sum = (of: (mode: ModeSummary) => number): number => each.reduce((total, [, mode]) => total + of(mode), 0);
  return {
    sent: stored.size,
    received: Math.min(...each.map(([, { received }]) => received)),
    lost: sum(({ lost }) => lost),
    duplicates: sum(({ duplicates }) => duplicates),
    disordered: sum(({ disordered }) => disordered),
    reconnects: reconnects + sum((mode) => mode.reconnects),
    modes: Object.fromEntries(each),
  };
}
