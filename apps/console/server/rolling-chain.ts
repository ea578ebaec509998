import { randomBytes } from 'node:crypto';
import type { ChainSource, LogFilter, RawLog } from '../../../spec/servers/chain-source.js';
import { transferTopic, word } from '../../../spec/servers/erc20.js';
import { type Move, startTransfers } from '../../../spec/servers/transfers.js';

/** How much of the chain is kept. */
export interface RollingChainOptions {
  /** The oldest logs are forgotten at a quarter more than so many. @default 20_000 */
  readonly maxLogs?: number | undefined;
}

/** A chain with one token on it that goes on for days: it keeps its latest logs only, and blocks have the time of the clock. */
export interface RollingChain extends ChainSource {
  /** The contract, in lower case. */
  readonly token: string;
  /** Logs so far, forgotten ones included. */
  readonly made: number;
  /** Transfers at a rate, until the returned function is called. */
  transfers(perSecond: number): () => void;
}

const accounts = Array.from({ length: 10 }, (_, index) => `0x${(0xace0 + index).toString(16).padStart(40, 'a')}`);

/** Block 0 is there and empty. */
export function rollingChain({ maxLogs = 20_000 }: RollingChainOptions = {}): RollingChain {
  const token = `0x${'70'.repeat(20)}`;
  const listeners = new Set<(head: number) => void>();
  const logs: RawLog[] = [];
  let head = 0;
  let made = 0;
  let seed = 1;
  const add = (moves: readonly Move[]): void => {
    head += 1;
    const block = { blockNumber: head, blockHash: randomHash(), blockTimestamp: Math.floor(Date.now() / 1_000) };
    moves.forEach((move, logIndex) => logs.push({ ...block, ...transferLog(move, token), logIndex }));
    made += moves.length;
    // In one piece and seldom: a shift per log would move the whole list each time.
    if (logs.length > maxLogs * 1.25) logs.splice(0, logs.length - maxLogs);
    for (const listener of [...listeners]) listener(head);
  };
  return {
    chainId: 31_337,
    token,
    get made() {
      return made;
    },
    head: async () => head,
    logs: async (filter) => logs.filter((log) => isWanted(log, filter)),
    onBlock: (listener) => {
      // A function of its own, so that the same listener can be added twice.
      const own = (block: number): void => listener(block);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    transfers: (perSecond) => startTransfers({ perSecond, seed: seed++ }, accounts, add).stop,
  };
}

function transferLog(
  { from, to, value }: Move,
  address: string,
): Pick<RawLog, 'address' | 'topics' | 'data' | 'transactionHash'> {
  const topics = [transferTopic, `0x${word(from)}`, `0x${word(to)}`];
  return { address, topics, data: `0x${word(value)}`, transactionHash: randomHash() };
}

function isWanted(log: RawLog, { fromBlock, toBlock, addresses = [], topic0 }: LogFilter): boolean {
  if (log.blockNumber < fromBlock || log.blockNumber > toBlock) return false;
  if (topic0 !== undefined && log.topics[0] !== topic0.toLowerCase()) return false;
  return addresses.length === 0 || addresses.some((address) => address.toLowerCase() === log.address);
}

function randomHash(): string {
  return `0x${randomBytes(32).toString('hex')}`;
}
