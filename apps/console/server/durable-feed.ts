import { IdempotentProducer } from '../../../sources/durable/index.js';
import { type Durable, startDurable } from '../../../spec/servers/durable.js';
import type { Feed } from './feed.js';
import { floodingFlow } from './flooding.js';
import { steadyFlow } from './steady-flow.js';

/** Floods, and how much is kept. */
export interface DurableFeedOptions {
  /** How long a flood lasts, in milliseconds. @default 5_000 */
  readonly floodMs?: number | undefined;
  /** The stream keeps so many appends, a quarter more at times; in a flood each holds several messages. @default 5_000 */
  readonly maxAppends?: number | undefined;
}

const messagesPerSecond = 5;
const path = '/readings';

/** More than this many messages without an answer: the server is not keeping up, and the next ones are left out. */
const maxPending = 2_000;

/** Readings of a gauge, appended to a stream on the protocol's own server. */
export async function startDurableFeed({ floodMs, maxAppends = 5_000 }: DurableFeedOptions = {}): Promise<Feed> {
  const durable = await startDurable();
  const url = await durable.create(path, 'application/json');
  const producer = new IdempotentProducer(url, 'console', { contentType: 'application/json' });
  let count = 0;
  let sent = 0;
  const append = (): void => {
    if (producer.pending >= maxPending) return;
    count += 1;
    producer.append(reading(count)).then(
      () => (sent += 1),
      // Only closing ends it: nobody is left to be told.
      () => undefined,
    );
  };
  const flow = floodingFlow((perSecond) => steadyFlow(perSecond, append), { perSecond: messagesPerSecond, floodMs });
  return {
    port: durable.port,
    path,
    get sent() {
      return sent;
    },
    isStream: (method) => method === 'GET',
    refusal: (status) => ({ body: { error: status === 429 ? 'Too many requests' : 'Service unavailable' } }),
    flood: flow.flood,
    tend: async () => forget(durable, maxAppends),
    close: async () => {
      flow.stop();
      producer.detach();
      await durable.close();
    },
  };
}

/** The level swings slowly, so that one sees at a glance whether a message is missing. */
function reading(n: number): object {
  const level = Math.round(300 + 80 * Math.sin(n / 25)) / 100;
  return { n, gauge: 'tailrace-1', level, at: new Date().toISOString() };
}

/** The protocol has no way to forget the beginning of a stream; offsets stay what they are. */
function forget({ server }: Durable, maxAppends: number): void {
  const messages = server.store.get(path)?.messages ?? [];
  if (messages.length > maxAppends * 1.25) messages.splice(0, messages.length - maxAppends);
}
