import type { TokenChain } from '../../spec/servers/chain-source.js';
import { isAnvilThere, startAnvil } from '../../spec/servers/anvil.js';
import { startEventStreamer } from '../../spec/servers/event-streamer.js';
import { scriptedChain } from '../../spec/servers/scripted-chain.js';
import type { Reporter } from './reporter.js';

/** The chain of the demo, and what it is. */
export interface DemoChain {
  readonly chain: TokenChain;
  readonly kind: 'anvil' | 'scripted';
}

/** A real one where there is a binary for this platform that runs, unless `kind` says `scripted`. */
export async function startChain(report: Reporter, kind?: 'scripted'): Promise<DemoChain> {
  if (isAnvilThere() && kind === undefined) {
    try {
      return { chain: await startAnvil(), kind: 'anvil' };
    } catch (error) {
      report.event('chain', `anvil does not run here: ${String(error)}`);
    }
  }
  return { chain: scriptedChain(), kind: 'scripted' };
}

/** An Event Streamer service that can be killed and comes back at the same port, with what it has kept. */
export interface DemoService {
  readonly url: string;
  readonly restarts: number;
  /** How many events have been acknowledged to it. */
  readonly acknowledged: number;
  kill(): Promise<void>;
  /** After `kill`. */
  restart(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Live events are gathered for a while, or each block would be a batch; heartbeats in the proportion of the service's own. */
const manners = { batchSize: 50, gatherMs: 50, heartbeatMs: 500 };

/** The service, over this chain. */
export async function startService(chain: TokenChain): Promise<DemoService> {
  let server = await startEventStreamer({ chain, ...manners });
  const { url, port, state } = server;
  const acknowledged = new Set<string>();
  let restarts = 0;
  const note = (): number => {
    for (const key of server.acknowledged.keys()) acknowledged.add(key);
    return acknowledged.size;
  };
  const kill = async (): Promise<void> => {
    await server.close();
    note();
  };
  return {
    url,
    get restarts() {
      return restarts;
    },
    get acknowledged() {
      return note();
    },
    kill,
    restart: async () => {
      server = await startEventStreamer({ chain, ...manners, state, port });
      restarts += 1;
    },
    [Symbol.asyncDispose]: kill,
  };
}
