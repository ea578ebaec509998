import { createHash } from 'node:crypto';
import type { LogFilter, RawLog, TokenChain, TransferFlow, TransferFlowOptions } from './chain-source.js';
import { transferTopic, word, zeroAddress } from './erc20.js';
import { startTransfers } from './transfers.js';

export interface ScriptedChainOptions {
  /** @default 31_337 */
  readonly chainId?: number;
  /** Seconds since 1970, of block 0. @default 1_700_000_000 */
  readonly genesisTime?: number;
  /** Seconds between two blocks, by their timestamps. @default 12 */
  readonly blockTime?: number;
}

/** A log that is to be. */
export interface NewLog {
  /** @default the token */
  readonly address?: string;
  readonly topics: readonly string[];
  /** @default '0x' */
  readonly data?: string;
  /** The transaction that it belongs to; logs with the same name share one. @default one of its own */
  readonly transaction?: string;
}

/** A chain in memory: blocks and logs, and nothing that could fork. */
export interface ScriptedChain extends TokenChain {
  /** One new block with these logs. Returns them as they stand in it. */
  emit(...logs: readonly NewLog[]): readonly RawLog[];
  /** Blocks without logs. @default 1 */
  mine(count?: number): void;
  mint(to: string, value: bigint): string;
  transfer(from: string, to: string, value: bigint): string;
  /** One block with many mints of 1 token to the first account. */
  mintBlock(count: number): readonly RawLog[];
  balanceOf(address: string): bigint;
  totalSupply(): bigint;
  /** Every log so far. */
  readonly all: readonly RawLog[];
}

/** A chain that does what the caller says, at once. Block 0 is there and empty. */
export function scriptedChain(options: ScriptedChainOptions = {}): ScriptedChain {
  const { chainId = 31_337 } = options;
  const token = addressOf(`token ${chainId}`);
  const accounts = Array.from({ length: 10 }, (_, index) => addressOf(`account ${index}`));
  const { listeners, ...blocks } = blockList(token, { ...options, chainId });
  const { emit } = blocks;
  const ledger = newLedger();
  const flows = new Set<TransferFlow>();
  const move = (from: string, to: string, value: bigint): string =>
    emit(ledger.move(from, to, value))[0]?.transactionHash ?? '';
  const close = async (): Promise<void> => {
    for (const flow of flows) flow.stop();
    listeners.clear();
  };
  return {
    ...blocks,
    chainId,
    token,
    accounts,
    logs: async (filter) => select(blocks.all, filter),
    mint: (to, value) => move(zeroAddress, to, value),
    transfer: move,
    mintBlock: (count) =>
      emit(...Array.from({ length: count }, () => ledger.move(zeroAddress, accounts[0] ?? token, 1n))),
    balanceOf: ledger.balanceOf,
    totalSupply: ledger.totalSupply,
    transferMany(flowOptions: TransferFlowOptions = {}) {
      const flow = startTransfers(flowOptions, accounts, (moves) => {
        emit(...moves.map(({ from, to, value }) => ledger.move(from, to, value)));
      });
      flows.add(flow);
      return flow;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Blocks = Pick<ScriptedChain, 'head' | 'onBlock' | 'emit' | 'mine' | 'all'>;

function blockList(token: string, options: ScriptedChainOptions): Blocks & { readonly listeners: Set<Listener> } {
  const { chainId, genesisTime = 1_700_000_000, blockTime = 12 } = options;
  const listeners = new Set<Listener>();
  const all: RawLog[] = [];
  let height = 0;
  let transactions = 0;
  const announce = (): void => {
    for (const listener of [...listeners]) listener(height);
  };
  return {
    listeners,
    all,
    head: async () => height,
    onBlock(listener) {
      // A function of its own, so that the same listener can be added twice.
      const own = (head: number): void => listener(head);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    mine(count = 1) {
      height += count;
      announce();
    },
    emit(...news) {
      height += 1;
      const block = {
        blockNumber: height,
        blockHash: hashOf(`${chainId} block ${height}`),
        blockTimestamp: genesisTime + height * blockTime,
      };
      const made = news.map((log, logIndex) => {
        const name = log.transaction === undefined ? `number ${transactions++}` : `${height} ${log.transaction}`;
        const transactionHash = hashOf(`${chainId} transaction ${name}`);
        const address = (log.address ?? token).toLowerCase();
        return { ...block, address, topics: log.topics, data: log.data ?? '0x', transactionHash, logIndex };
      });
      for (const log of made) all.push(log);
      announce();
      return made;
    },
  };
}

type Listener = (head: number) => void;

interface Ledger {
  /** Changes the balances. Returns the log that says so. */
  move(from: string, to: string, value: bigint): NewLog;
  balanceOf(address: string): bigint;
  totalSupply(): bigint;
}

function newLedger(): Ledger {
  const balances = new Map<string, bigint>();
  let supply = 0n;
  const balanceOf = (address: string): bigint => balances.get(address.toLowerCase()) ?? 0n;
  return {
    balanceOf,
    totalSupply: () => supply,
    move(from, to, value) {
      if (from === zeroAddress) supply += value;
      else {
        if (balanceOf(from) < value) throw new Error(`${from} has ${balanceOf(from)}, less than ${value}`);
        balances.set(from.toLowerCase(), balanceOf(from) - value);
      }
      balances.set(to.toLowerCase(), balanceOf(to) + value);
      return { topics: [transferTopic, `0x${word(from)}`, `0x${word(to)}`], data: `0x${word(value)}` };
    },
  };
}

/** The logs lie in the order of their blocks, so that the beginning is found without reading them all. */
function select(logs: readonly RawLog[], { fromBlock, toBlock, addresses = [], topic0 }: LogFilter): RawLog[] {
  const wanted = new Set(addresses.map((address) => address.toLowerCase()));
  const found: RawLog[] = [];
  for (let index = firstFrom(logs, fromBlock); index < logs.length; index++) {
    const log = logs[index];
    if (log === undefined || log.blockNumber > toBlock) break;
    if (wanted.size > 0 && !wanted.has(log.address)) continue;
    if (topic0 === undefined || log.topics[0] === topic0.toLowerCase()) found.push(log);
  }
  return found;
}

function firstFrom(logs: readonly RawLog[], block: number): number {
  let low = 0;
  let high = logs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((logs[middle]?.blockNumber ?? Infinity) < block) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Not keccak: nothing here needs more than that two are different. */
function hashOf(text: string): string {
  return `0x${createHash('sha256').update(text).digest('hex')}`;
}

function addressOf(text: string): string {
  return hashOf(text).slice(0, 42);
}
