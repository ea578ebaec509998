import { Observable } from 'rxjs';
import type { StreamReporter } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { DurableStreamError } from './errors.js';
import type { DurableItemChecks } from './item-check.js';
import type { DurablePart } from './parts.js';
import type { PlaceMark } from './places.js';
import { isJsonType, mediaTypeOf } from './wire.js';

/** Where the values of a view go. A subscriber fits. */
export interface Outlet<T> {
  readonly closed: boolean;
  next(value: T): void;
  error(error: unknown): void;
}

/** What one subscription of a view does with what is read. */
export interface Shape {
  part(part: DurablePart): void;
  /** Nothing will follow. What a view still holds may come now. */
  end(): void;
}

/** What every shape knows. */
export interface ShapeContext {
  readonly checks: DurableItemChecks;
  readonly report: StreamReporter | undefined;
  /** Only where values become deliveries: positions cost, however little. */
  readonly mark: PlaceMark | undefined;
  /** The values of a part go out together: before its end, the place behind them is the one before it. @default false */
  readonly gathers?: boolean | undefined;
}

/** A view: what becomes of the parts. Called for every subscription. */
export type Shaper<T> = (outlet: Outlet<T>, context: ShapeContext) => Shape;

/** The values of a view, synchronously, part by part. */
export function shaped<T>(
  parts: Observable<readonly DurablePart[]>,
  shaper: Shaper<T>,
  context: ShapeContext,
): Observable<T> {
  return new Observable((subscriber) => {
    const shape = shaper(subscriber, context);
    subscribeWithin(parts, subscriber, {
      next: (some) => {
        for (const part of some) {
          if (subscriber.closed) return;
          shape.part(part);
        }
      },
      error: (error) => subscriber.error(error),
      complete: () => {
        shape.end();
        subscriber.complete();
      },
    });
  });
}

/** What a view of JSON messages cannot show; `undefined` for all that it can. */
export function notJson(part: DurablePart): DurableStreamError | undefined {
  if (part.type === 'bytes') return wrongMode('the stream is not JSON', 'text', 'bytes');
  if (part.type !== 'open' || part.contentType === undefined || isJsonType(part.contentType)) return undefined;
  const isText = mediaTypeOf(part.contentType)?.startsWith('text/') === true;
  return isText
    ? wrongMode('the stream is text, not JSON', 'text')
    : wrongMode('the stream is not JSON', 'bytes', 'text');
}

function wrongMode(what: string, ...modes: readonly string[]): DurableStreamError {
  const advice = modes.map((mode) => `mode: '${mode}'`).join(' or ');
  return new DurableStreamError(`${what}; read it with ${advice}`, {
    errorType: 'client_error',
    code: 'content_type_mismatch',
    phase: 'body',
  });
}
