import { lastValueFrom, map } from 'rxjs';
import { eventStreamer } from '../../../sources/chain/index.js';
import { transferEvent } from '../../../spec/servers/erc20.js';
import { type EventStreamerServer, startEventStreamer } from '../../../spec/servers/event-streamer.js';
import { refusal } from '../../../spec/servers/event-streamer/answers.js';
import type { ServiceState } from '../../../spec/servers/event-streamer/state.js';
import type { Feed } from './feed.js';
import { floodingFlow } from './flooding.js';
import { type RollingChain, rollingChain, type RollingChainOptions } from './rolling-chain.js';

/** Floods, and what is kept for how long. */
export interface ChainFeedOptions extends RollingChainOptions {
  /** How long a flood lasts, in milliseconds. @default 5_000 */
  readonly floodMs?: number | undefined;
  /** The service is started again when so many events have been made, because it keeps every batch and request. @default 50_000 */
  readonly renewAt?: number | undefined;
  /** Who comes when nobody has read for so long begins near the head, in milliseconds. @default 60_000 */
  readonly idleMs?: number | undefined;
}

const eventsPerSecond = 5;

/** Whom the subscription belongs to; the page looks it up by this name. */
const subscriberId = 'console';

/** How many blocks a reader gets who comes after a pause: enough to see a batch at once. */
const backlog = 20;

/** Live events are gathered for a while, or each block would be a batch; small batches, so that a flood shows in their number as well. */
const manners = { batchSize: 10, gatherMs: 100, heartbeatMs: 500 };

/** Transfers of a token by way of an Event Streamer service, which has one subscription to them. */
export async function startChainFeed({
  floodMs,
  renewAt = 50_000,
  idleMs = 60_000,
  maxLogs,
}: ChainFeedOptions = {}): Promise<Feed> {
  const chain = rollingChain({ maxLogs });
  let service = await startEventStreamer({ chain, ...manners });
  const { state } = service;
  const id = await subscribe(service, chain);
  const flow = floodingFlow(chain.transfers, { perSecond: eventsPerSecond, floodMs });
  let renewedAt = 0;
  let readAt = performance.now();
  return {
    get port() {
      return service.port;
    },
    path: `/subscriptions/${id}`,
    get sent() {
      return chain.made;
    },
    isStream: (method, path) => method === 'GET' && /^\/subscriptions\/\d+\/stream(?:$|\?)/.test(path),
    refusal: (status) => {
      const { body } = refusal(status, status === 429 ? 'Too many requests' : 'Service unavailable');
      return { body: typeof body === 'object' ? body : {} };
    },
    flood: flow.flood,
    tend: async () => {
      if (service.openStreams > 0) readAt = performance.now();
      else if (performance.now() - readAt > idleMs) beginNear(await chain.head(), state);
      if (chain.made - renewedAt < renewAt) return;
      renewedAt = chain.made;
      const old = service;
      service = await startEventStreamer({ chain, ...manners, state });
      await old.close();
    },
    close: async () => {
      flow.stop();
      await service.close();
    },
  };
}

/** The id of the new subscription. */
async function subscribe(service: EventStreamerServer, { token, chainId }: RollingChain): Promise<number> {
  await using client = eventStreamer({ serviceUrl: service.url, subscriberId });
  const definition = { eventSignature: transferEvent, addresses: [token], startBlock: 0, chainId };
  const created = client.createSubscription(definition).pipe(map((subscription) => subscription.id));
  // The first one of a new service.
  return await lastValueFrom(created, { defaultValue: 1 });
}

/** For readers without a resume token: else the first page after an hour would get the whole hour. */
function beginNear(head: number, { subscriptions }: ServiceState): void {
  for (const subscription of subscriptions) subscription.start_block = Math.max(0, head - backlog);
}
