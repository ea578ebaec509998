import type { ChainSource, LogFilter, RawLog } from '../chain-source.js';
import { pluck } from '../pluck.js';
import { isTextList } from '../x/api.js';
import type { JsonRpc } from './json-rpc.js';

export interface RpcSource extends ChainSource {
  /** Asks for the head now, without waiting for the next turn. */
  look(): Promise<void>;
  close(): void;
}

/** A chain behind JSON-RPC: logs by `eth_getLogs`, new blocks by asking for the head every `pollMs` while somebody listens. */
export function rpcSource(rpc: JsonRpc, chainId: number, pollMs: number): RpcSource {
  const listeners = new Set<(head: number) => void>();
  let timer: NodeJS.Timeout | undefined;
  let known = -1;
  const head = async (): Promise<number> => Number(await rpc.call('eth_blockNumber'));
  const look = async (): Promise<void> => {
    const height = await head();
    if (height <= known) return;
    known = height;
    for (const listener of [...listeners]) listener(height);
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    chainId,
    head,
    look,
    logs: async (filter) => readLogs(await rpc.call('eth_getLogs', wireFilter(filter))),
    onBlock(listener) {
      const own = (height: number): void => listener(height);
      listeners.add(own);
      // A chain that has gone tells its readers by itself.
      timer ??= setInterval(() => void look().catch(() => {}), pollMs);
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) stop();
      };
    },
    close() {
      stop();
      for (const listener of [...listeners]) listener(known);
      listeners.clear();
    },
  };
}

function wireFilter({ fromBlock, toBlock, addresses = [], topic0 }: LogFilter): object {
  return {
    fromBlock: `0x${fromBlock.toString(16)}`,
    toBlock: `0x${toBlock.toString(16)}`,
    ...(addresses.length === 0 ? {} : { address: addresses }),
    ...(topic0 === undefined ? {} : { topics: [topic0] }),
  };
}

function readLogs(value: unknown): RawLog[] {
  if (!Array.isArray(value)) throw new Error('eth_getLogs: no list');
  return value.map((log: unknown) => {
    const text = (name: string): string => String(pluck(log, name));
    const topics = pluck(log, 'topics');
    return {
      address: text('address').toLowerCase(),
      topics: isTextList(topics) ? topics : [],
      data: text('data'),
      blockNumber: Number(text('blockNumber')),
      blockHash: text('blockHash'),
      blockTimestamp: Number(text('blockTimestamp')),
      transactionHash: text('transactionHash'),
      logIndex: Number(text('logIndex')),
    };
  });
}
