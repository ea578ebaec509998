import { map, Observable, type OperatorFunction, toArray } from 'rxjs';
import type { StreamMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { jsonBatches } from './batch-shapes.js';
import { DurableStreamError } from './errors.js';
import { byteItems, jsonItems, wholeText } from './item-shapes.js';
import type { DurablePart } from './parts.js';
import { shaped, type ShapeContext, type Shaper } from './shape.js';
import { joined } from './text-pieces.js';

/** As much as a program of ordinary size holds without trouble. */
export const defaultMaxLength: number = 256 * 1_024 * 1_024;

/** Everything between where a reader starts and the tail, as one value. */
export interface Collector<T> {
  readonly mode: 'json' | 'text' | 'bytes';
  readonly whole: boolean;
  collect(parts: Observable<readonly DurablePart[]>, context: ShapeContext): Observable<T>;
}

export const bytesCollector: Collector<Uint8Array> = collector('bytes', false, byteItems, joined);
export const textCollector: Collector<string> = collector('text', false, wholeText, (texts) => texts.join(''));
export const jsonCollector: Collector<unknown[]> = collector('json', false, jsonItems, (items) => items);
export const batchesCollector: Collector<(readonly unknown[])[]> = collector('json', true, jsonBatches, (all) => all);

function collector<I, T>(
  mode: Collector<T>['mode'],
  whole: boolean,
  shaper: Shaper<I>,
  finish: (items: I[]) => T,
): Collector<T> {
  const collect = (parts: Observable<readonly DurablePart[]>, context: ShapeContext): Observable<T> =>
    shaped(parts, shaper, context).pipe(toArray(), map(finish));
  return { mode, whole, collect };
}

type PartsOperator = OperatorFunction<readonly DurablePart[], readonly DurablePart[]>;

/**
 * Completes at the first position that is up to date, closed included. A source that completes earlier was stopped by its owner.
 *
 * Errors: `already_closed`.
 */
export function untilUpToDate(): PartsOperator {
  return (source) =>
    new Observable((subscriber) => {
      subscribeWithin(source, subscriber, {
        next: (parts) => {
          const last = parts.findIndex((part) => part.type === 'position' && (part.upToDate || part.closed));
          if (last === -1) return subscriber.next(parts);
          subscriber.next(parts.slice(0, last + 1));
          subscriber.complete();
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.error(closedTooEarly()),
      });
    });
}

/**
 * Refuses to hold more than this many bytes of bodies, as they came over the wire. What a broken connection repeats counts once.
 *
 * Errors: `fatal_error` with `response_too_large`.
 */
export function limitLength(maxLength: number, monitor: StreamMonitor): PartsOperator {
  return (source) =>
    new Observable((subscriber) => {
      let settled = 0;
      let current = 0;
      let opened = monitor.state.bytesReceived;
      subscribeWithin(source, subscriber, {
        next: (parts) => {
          for (const { type } of parts) {
            const { bytesReceived } = monitor.state;
            if (type === 'open') opened = bytesReceived;
            current = Math.max(current, bytesReceived - opened);
            if (type !== 'position') continue;
            settled += current;
            current = 0;
            opened = bytesReceived;
          }
          if (settled + current > maxLength) subscriber.error(tooLarge(maxLength));
          else subscriber.next(parts);
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

function tooLarge(maxLength: number): DurableStreamError {
  const message = `the stream has more than ${maxLength} bytes (maxLength) to its tail; raise the limit, or read it item by item`;
  return new DurableStreamError(message, { errorType: 'fatal_error', code: 'response_too_large', phase: 'body' });
}

function closedTooEarly(): DurableStreamError {
  const message = 'the response was closed before it was read to the tail';
  return new DurableStreamError(message, { errorType: 'fatal_error', code: 'already_closed' });
}
