import type { TransferFlow, TransferFlowOptions } from './chain-source.js';
import { zeroAddress } from './erc20.js';
import { mulberry32 } from './x/random.js';

/** Tokens that move; from {@link zeroAddress} they are made. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly value: bigint;
}

/** Timers are late on a busy machine: each tick sends what is due by then, so that the rate holds on average. */
const tick = 20;

/** What every account gets before it pays: more than all that it will ever pay. */
const grant = 10n ** 24n;

/**
 * Moves among the accounts at a rate: first a grant for each, then transfers and here and there a mint. `send` puts the moves of a
 * tick into blocks; while it works nothing more is sent.
 */
export function startTransfers(
  options: TransferFlowOptions,
  accounts: readonly string[],
  send: (moves: readonly Move[]) => Promise<void> | void,
): TransferFlow {
  const { total = Infinity, perSecond = 200, seed = 1 } = options;
  const next = moveMaker(accounts, seed);
  const start = performance.now();
  let count = 0;
  let isStopped = false;
  const run = async (): Promise<void> => {
    while (!isStopped && count < total) {
      const due = Math.min(total, Math.floor(((performance.now() - start) / 1_000) * perSecond));
      if (due > count) {
        // The grants by themselves: nobody may pay before the grant is there.
        const end = count < accounts.length ? Math.min(due, accounts.length) : due;
        const moves = Array.from({ length: end - count }, (_, index) => next(count + index));
        await send(moves);
        count += moves.length;
      }
      if (count < total) await new Promise((resolve) => setTimeout(resolve, tick));
    }
  };
  const done = run();
  // Whoever waits for it is told; whoever does not must not be ended by it.
  done.catch(() => {});
  return {
    get count() {
      return count;
    },
    stop: () => {
      isStopped = true;
    },
    done,
  };
}

function moveMaker(accounts: readonly string[], seed: number): (index: number) => Move {
  const random = mulberry32(seed);
  const any = (): string => accounts[Math.floor(random() * accounts.length)] ?? zeroAddress;
  return (index) => {
    const granted = accounts[index];
    if (granted !== undefined) return { from: zeroAddress, to: granted, value: grant };
    const value = BigInt(1 + Math.floor(random() * 1e9));
    return index % 10 === 0 ? { from: zeroAddress, to: any(), value } : { from: any(), to: any(), value };
  };
}
