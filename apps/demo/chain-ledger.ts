import type { ChainEvent } from '../../sources/chain/messages.js';
import type { RawLog } from '../../spec/servers/chain-source.js';

/** Balances worked out from transfers alone. A transfer that comes again changes nothing. */
export interface TransferLedger {
  /** Enters one `Transfer`. `false` for one that has been entered. Errors: one that is no transfer. */
  enter(event: ChainEvent): boolean;
  has(log: RawLog): boolean;
  /** How many transfers. */
  readonly size: number;
  /** Entered again. */
  readonly repeated: number;
  /** What was minted is missing from the account that nobody has, 0x0. */
  balanceOf(address: string): bigint;
}

/** Nobody has anything yet. */
export function transferLedger(): TransferLedger {
  const entered = new Set<string>();
  const balances = new Map<string, bigint>();
  let repeated = 0;
  const balanceOf = (address: string): bigint => balances.get(address.toLowerCase()) ?? 0n;
  const add = (address: string, value: bigint): void =>
    void balances.set(address.toLowerCase(), balanceOf(address) + value);
  return {
    enter: ({ args, meta: { transactionHash, logIndex } }) => {
      const key = `${transactionHash}:${logIndex}`;
      if (entered.has(key)) {
        repeated += 1;
        return false;
      }
      const { from, to, value } = args;
      if (typeof from !== 'string' || typeof to !== 'string' || typeof value !== 'string') {
        throw new TypeError('an event that is no transfer');
      }
      entered.add(key);
      add(from, -BigInt(value));
      add(to, BigInt(value));
      return true;
    },
    has: ({ transactionHash, logIndex }) => entered.has(`${transactionHash}:${logIndex}`),
    get size() {
      return entered.size;
    },
    get repeated() {
      return repeated;
    },
    balanceOf,
  };
}
