import { defer, type Observable } from 'rxjs';
import { checkOptions, integer } from '../../lib/check-options.js';
import { childMonitor } from '../../lib/state.js';
import {
  batchesCollector,
  bytesCollector,
  type Collector,
  defaultMaxLength,
  jsonCollector,
  limitLength,
  textCollector,
} from './collect.js';
import {
  type DurableItemChecks,
  itemCheckRules,
  itemChecksOf,
  refuseSenselessChecks,
  strictChecks,
  withoutChecks,
} from './item-check.js';
import type { DurableReadOptions } from './read-options.js';
import { readParts } from './session.js';

/** Reads to the tail and stops. The checks are those of JSON messages. */
export interface ReadAllOptions<T = unknown>
  extends Omit<DurableReadOptions, 'live' | 'mode' | 'cursor'>, DurableItemChecks<T> {
  /** Bytes of bodies that may be held. @default 268_435_456 (256 MiB) */
  maxLength?: number | undefined;
}

/** A stream up to its tail, as one value. Each is cold and emits once, then completes. */
export interface ReadAll<T = unknown> {
  bytes(): Observable<Uint8Array>;
  /** Byte order marks are kept; what is no UTF-8 is U+FFFD, also a character that is cut off at the end. */
  text(): Observable<string>;
  /** Messages of a JSON stream. */
  json(): Observable<T[]>;
  /** The same, one array per response. */
  jsonBatches(): Observable<(readonly T[])[]>;
}

/**
 * What a stream holds from `offset` to its tail, all pages, as one value. A page that is not the last is never taken for the tail: only the
 * server's own "up to date" or "closed" ends it.
 *
 * Nothing is requested before one of its Observables is subscribed; each subscription reads anew. Failures that pass are retried, and nothing
 * is emitted before everything is there.
 *
 * Errors: as `durableStream`, their `offset` how far was read, although nothing of it was emitted; `response_too_large` beyond `maxLength`.
 * `TypeError` at once for options that can never work, and for checks
 * with `bytes()` or `text()`.
 *
 * @example
 * import { firstValueFrom } from 'rxjs';
 * import { readAll } from 'tailrace/sources/durable';
 *
 * const clicks = await firstValueFrom(readAll<{ page: string }>('https://streams.example.com/clicks').json());
 * console.log(clicks.length);
 */
export function readAll<T = unknown>(url: string | URL, options?: ReadAllOptions<T>): ReadAll<T>;
export function readAll(url: string | URL, options: ReadAllOptions = {}): ReadAll {
  const where = 'readAll';
  const { maxLength = defaultMaxLength, ...others } = options;
  checkOptions(where, { maxLength: integer(1) }, { maxLength });
  const checks = itemChecksOf(options);
  checkOptions(where, itemCheckRules, checks);
  refuseSenselessChecks(where, checks, 'json');
  const reading = withoutChecks(others);
  void readParts(where, url, reading, { live: 'none', whole: false });
  const gather = <V>({ mode, whole, collect }: Collector<V>): Observable<V> => {
    refuseSenselessChecks(where, checks, mode);
    return defer(() => {
      const monitor = childMonitor(options.monitor);
      const parts = readParts(where, url, { ...reading, mode, monitor }, { live: 'none', whole });
      const context = { checks: strictChecks(checks), report: monitor.report, mark: undefined };
      return collect(parts.pipe(limitLength(maxLength, monitor)), context);
    });
  };
  return {
    bytes: () => gather(bytesCollector),
    text: () => gather(textCollector),
    json: () => gather(jsonCollector),
    jsonBatches: () => gather(batchesCollector),
  };
}
