import type { StreamReporter } from './state.js';

export interface CreditOptions {
  readonly maxUnacked: number;
  /** Infinity for none. */
  readonly maxUnackedBytes: number;
  readonly report: StreamReporter | undefined;
}

/**
 * What is out, against what may be. Plain fields and functions of this file: closures and getters in their place cost 20 ns per
 * delivery, as much as everything else together.
 */
export interface Credit {
  readonly maxUnacked: number;
  readonly maxUnackedBytes: number;
  readonly report: StreamReporter | undefined;
  count: number;
  bytes: number;
  /** What is out counts until it is given back: `forget` does nothing any more. */
  kept: boolean;
  forgotten: boolean;
}

/** Full credit, none of it out. */
export function creditOf({ maxUnacked, maxUnackedBytes, report }: CreditOptions): Credit {
  return { maxUnacked, maxUnackedBytes, report, count: 0, bytes: 0, kept: false, forgotten: false };
}

export function isFull({ count, maxUnacked, bytes, maxUnackedBytes }: Credit): boolean {
  return count >= maxUnacked || bytes >= maxUnackedBytes;
}

/** Half of the credit, or more, is back. */
export function isHalf({ count, maxUnacked, bytes, maxUnackedBytes }: Credit): boolean {
  return count <= maxUnacked / 2 && bytes <= maxUnackedBytes / 2;
}

/** Whether one more of this size may go out. One that is larger than all credit may go alone. */
export function fits({ count, maxUnacked, bytes, maxUnackedBytes }: Credit, size: number): boolean {
  return count < maxUnacked && (count === 0 || bytes + size <= maxUnackedBytes);
}

export function take(credit: Credit, size: number): void {
  credit.count += 1;
  credit.bytes += size;
  credit.report?.outstandingBy(1);
}

export function give(credit: Credit, size: number): void {
  if (credit.forgotten) return;
  credit.count -= 1;
  // Sums of fractions leave a rest, which would add up.
  credit.bytes = credit.count === 0 ? 0 : credit.bytes - size;
  credit.report?.outstandingBy(-1);
}

/** Nothing is out for the monitor, whatever is given back later. */
export function forget(credit: Credit): void {
  if (credit.kept || credit.forgotten) return;
  credit.forgotten = true;
  if (credit.count > 0) credit.report?.outstandingBy(-credit.count);
}
