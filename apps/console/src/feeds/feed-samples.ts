import { DestroyRef, inject, signal, type Signal } from '@angular/core';
import type { LiveFeed } from './live-feed.js';

/** How often rate and lag are measured, in milliseconds. */
const sampleInterval = 500;
/** How many measurements are kept: one minute of them. */
const maxSamples = 120;

/** Rate and lag over the last minute; all lists have the same length, oldest first. */
interface FeedSamples {
  /** When it was measured, in seconds since 1970. */
  readonly times: readonly number[];
  /** Items that arrived, per second. */
  readonly rates: readonly number[];
  /** How old the newest item was that the page had taken, in milliseconds; `null` before the first. */
  readonly lags: readonly (number | null)[];
}

/** Measures a stream twice a second, for as long as the component lives. In an injection context. */
export function injectSamples(feed: () => LiveFeed): Signal<FeedSamples> {
  const samples = signal<FeedSamples>({ times: [], rates: [], lags: [] });
  let last: { readonly at: number; readonly count: number } | undefined;
  const measure = (): void => {
    const { watch, stream } = feed();
    const at = Date.now();
    // Straight from the monitor: its signals follow up to 250 ms later, which is half a sample.
    const count = watch.monitor.state.totalItemsReceived;
    const seconds = last === undefined ? 0 : (at - last.at) / 1_000;
    const rate = last === undefined || seconds <= 0 ? 0 : (count - last.count) / seconds;
    const { newestAt } = stream.value();
    last = { at, count };
    samples.update(({ times, rates, lags }) => ({
      times: withLatest(times, at / 1_000),
      rates: withLatest(rates, rate),
      lags: withLatest(lags, newestAt === undefined ? null : Math.max(0, at - newestAt)),
    }));
  };
  const timer = setInterval(measure, sampleInterval);
  inject(DestroyRef).onDestroy(() => clearInterval(timer));
  return samples.asReadonly();
}

function withLatest<T>(values: readonly T[], value: T): readonly T[] {
  return [...values.slice(1 - maxSamples), value];
}
