import { afterEach } from '@jest/globals';
import { chainService, type ChainService } from '../../../sources/chain/service.js';
import type { ChainStreamOptions } from '../../../sources/chain/stream-options.js';
import type { EventStreamerServer, EventStreamerServerOptions } from '../../servers/event-streamer.js';
import { chainHarness } from '../../servers/event-streamer-harness.js';
import type { ScriptedChain } from '../../servers/scripted-chain.js';

/** A local service with one subscription, and the way to it. */
export interface LocalStream {
  readonly server: EventStreamerServer;
  readonly chain: ScriptedChain;
  readonly client: ChainService;
  readonly id: number;
  /** Another subscription to the same events. */
  subscribe(more?: object): Promise<number>;
}

/** No waits where none is needed. */
export const quick: ChainStreamOptions = {
  initialBackoff: 0,
  jitter: 'none',
  batchAckInterval: 0,
  heartbeatInterval: 0,
};

/** Starts local services, each event a batch of its own, and closes them after each test. */
export function localStreams(): (
  options?: EventStreamerServerOptions & { readonly endBlock?: number },
) => Promise<LocalStream> {
  const harness = chainHarness();
  afterEach(() => harness.closeAll());
  return async ({ endBlock, ...options } = {}) => {
    const { server, chain } = await harness.start({ batchSize: 1, ...options });
    const subscribe = (more: object = {}): Promise<number> => harness.subscribe(server, chain, more);
    const id = await subscribe(endBlock === undefined ? {} : { end_block: endBlock });
    server.requests.length = 0;
    const client = chainService('test', { serviceUrl: server.url, subscriberId: 'spec' });
    return { server, chain, client, id, subscribe };
  };
}
