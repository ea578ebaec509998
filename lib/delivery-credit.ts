import type { StreamReporter } from './state.js';

export interface CreditOptions {
  readonly maxUnacked: number;
  /** Infinity for none. */
  readonly maxUnackedBytes: number;
  readonly report: StreamReporter | undefined;
}

/** What is out, against what may be. */
export interface Credit {
  readonly isFull: boolean;
  /** Half of the credit, or more, is back. */
  readonly isHalf: boolean;
  /** Whether one more of this size may go out. One that is larger than all credit may go alone. */
  fits(size: number): boolean;
  take(size: number): void;
  give(size: number): void;
  /** What is out counts until it is given back: `forget` does nothing any more. */
  keep(): void;
  /** Nothing is out for the monitor, whatever is given back later. */
  forget(): void;
}

/** Full credit, none of it out. */
export function creditOf({ maxUnacked, maxUnackedBytes, report }: CreditOptions): Credit {
  let count = 0;
  let bytes = 0;
  let kept = false;
  let forgotten = false;
  return {
    get isFull() {
      return count >= maxUnacked || bytes >= maxUnackedBytes;
    },
    get isHalf() {
      return count <= maxUnacked / 2 && bytes <= maxUnackedBytes / 2;
    },
    fits: (size) => count < maxUnacked && (count === 0 || bytes + size <= maxUnackedBytes),
    take: (size) => {
      count += 1;
      bytes += size;
      report?.outstandingBy(1);
    },
    give: (size) => {
      if (forgotten) return;
      count -= 1;
      // Sums of fractions leave a rest, which would add up.
      bytes = count === 0 ? 0 : bytes - size;
      report?.outstandingBy(-1);
    },
    keep: () => {
      kept = true;
    },
    forget: () => {
      if (kept || forgotten) return;
      forgotten = true;
      if (count > 0) report?.outstandingBy(-count);
    },
  };
}
