/** A log as a chain keeps it, with its place. */
export interface RawLog {
  /** Lower case. */
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  /** Seconds since 1970, of its block. */
  readonly blockTimestamp: number;
  readonly transactionHash: string;
  /** Its place among the logs of its block. */
  readonly logIndex: number;
}

/** Which logs; both blocks are included. */
export interface LogFilter {
  readonly fromBlock: number;
  readonly toBlock: number;
  /** Of these contracts; none for all. */
  readonly addresses?: readonly string[];
  readonly topic0?: string;
}

/** What an indexer needs of a chain. */
export interface ChainSource {
  readonly chainId: number;
  /** The number of the newest block. */
  head(): Promise<number>;
  /** In the order of the chain. */
  logs(filter: LogFilter): Promise<readonly RawLog[]>;
  /** Tells of new blocks, with the newest; several may come in one. Returns what ends it. */
  onBlock(listener: (head: number) => void): () => void;
}

/** Transfers that come by themselves. */
export interface TransferFlow {
  /** Transfers that are in a block. */
  readonly count: number;
  /** No more after those on their way. */
  stop(): void;
  /** Resolves when the last one is in a block; rejects when one could not be. */
  readonly done: Promise<void>;
}

export interface TransferFlowOptions {
  /** Stop after this many. @default never */
  readonly total?: number;
  /** @default 200 */
  readonly perSecond?: number;
  /** Decides who pays whom how much. @default 1 */
  readonly seed?: number;
}

/** A chain with one ERC-20 token on it, real or scripted, as the service and those who check it need it. */
export interface TokenChain extends ChainSource {
  /** The contract, in lower case. */
  readonly token: string;
  /** Addresses that can pay; the first one also mints. */
  readonly accounts: readonly string[];
  /** Makes tokens out of nothing. Returns the hash of the transaction, once it is in a block. */
  mint(to: string, value: bigint): Promise<string> | string;
  /** Errors: when `from` has less. */
  transfer(from: string, to: string, value: bigint): Promise<string> | string;
  balanceOf(address: string): Promise<bigint> | bigint;
  totalSupply(): Promise<bigint> | bigint;
  /** Mints and transfers among the accounts, one log each. */
  transferMany(options?: TransferFlowOptions): TransferFlow;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
