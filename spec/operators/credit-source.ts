import { Observable } from 'rxjs';
import { createDelivery, type Delivery, type Outcome } from '../../lib/delivery.js';

/** One settlement of an original. */
export interface Settlement {
  readonly value: number;
  readonly outcome: Outcome;
  readonly reason: unknown;
  readonly at: number;
}

export interface CreditSourceOptions {
  readonly total: number;
  /** Deliveries that may be out. @default total */
  readonly window?: number | undefined;
  /** Clock of the settlements. */
  readonly now?: (() => number) | undefined;
  /** What follows the last delivery. @default 'complete' */
  readonly end?: 'complete' | 'error' | 'never' | undefined;
  /** Whether a nack errors the stream. @default false */
  readonly failsOnNack?: boolean | undefined;
  readonly attempt?: number | undefined;
}

export interface CreditSource {
  readonly source: Observable<Delivery<number>>;
  /** In order of settlement. */
  readonly settled: Settlement[];
  /** Settlements as short texts: `ack 3`. */
  readonly log: () => string[];
  readonly emitted: () => number;
  readonly out: () => number;
  /** Most that were out at once. */
  readonly peak: () => number;
  /** One delivery of its own, for subjects and marbles. */
  readonly make: (value: number) => Delivery<number>;
}

/** The numbers 0 to `total` as deliveries, as many at once as there is credit; each settlement is written down. */
export function creditSource(options: CreditSourceOptions): CreditSource {
  const { total, window = total, now = () => 0, end = 'complete', failsOnNack = false, attempt = 1 } = options;
  const settled: Settlement[] = [];
  let emitted = 0;
  let out = 0;
  let peak = 0;
  let onSettled = (_outcome: Outcome, _reason: unknown): void => undefined;
  const settler = {
    settle: ({ value }: Delivery<number>, outcome: Outcome, reason: unknown) => {
      out -= 1;
      settled.push({ value, outcome, reason, at: now() });
      onSettled(outcome, reason);
    },
  };
  const make = (value: number): Delivery<number> => {
    emitted += 1;
    out += 1;
    peak = Math.max(peak, out);
    return createDelivery({ value, position: `p${value}`, attempt, tag: undefined }, settler);
  };
  const source = new Observable<Delivery<number>>((subscriber) => {
    let next = 0;
    let draining = false;
    const drain = (): void => {
      if (draining) return;
      draining = true;
      while (next < total && out < window && !subscriber.closed) subscriber.next(make(next++));
      draining = false;
      if (next < total) return;
      if (end === 'complete') subscriber.complete();
      if (end === 'error') subscriber.error('source failed');
    };
    onSettled = (outcome, reason) => {
      if (outcome === 'nack' && failsOnNack) subscriber.error(reason);
      drain();
    };
    drain();
  });
  const log = (): string[] => settled.map(({ outcome, value }) => `${outcome} ${value}`);
  return { source, settled, log, emitted: () => emitted, out: () => out, peak: () => peak, make };
}
