import { filter, map, Observable, type OperatorFunction, Subscription } from 'rxjs';
import { checkOptions, integer } from '../../lib/check-options.js';
import { parseJson } from '../../lib/decode.js';
import { isStreamError } from '../../lib/errors.js';
import { lines } from '../../lib/lines.js';
import { sse } from '../../lib/sse.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { LlmError, TruncatedStreamError } from './errors.js';
import { errorOf } from './relay-error.js';
import { isPlainPart } from './relay-shapes.js';
import { isObject } from './shapes.js';
import type { LlmLoopPart } from './tool-loop.js';
import type { NativeObject } from './vocabulary.js';

/** How much one part may hold. */
export interface RelayReaderOptions {
  /** Bytes of one part as it is on the wire. The last one has the whole message. @default 67_108_864 */
  maxLength?: number | undefined;
}

/**
 * The parts that `toSSE` has written, from the bytes of the answer. They fit into all operators on parts; of an `open` the headers are fewer.
 *
 * Completes at the end marker and leaves its source, which closes the socket. Parts are checked: one of an unknown type, or of another shape
 * than its type has, is `unknown` with all of it as `native`. Comments are passed over. Holds one part in progress.
 *
 * Errors: what the other end has failed with, as an `LlmError` with the same `errorType` and `code`; `TruncatedStreamError` where the bytes end, or
 * break off, before the marker; `stream_interrupted` with `malformed` for a frame that is no JSON object; `frame_too_large`; other errors of the
 * source as they are. A `TypeError` at once for senseless options.
 *
 * @example
 * import { byteStream } from 'tailrace';
 * import { fromSSE, snapshots } from 'tailrace/sources/llm';
 *
 * byteStream({ url: 'http://localhost:8080/answer' })
 *   .pipe(fromSSE(), snapshots('anthropic'))
 *   .subscribe(({ text }) => console.log(text));
 */
export function fromSSE(options: RelayReaderOptions = {}): OperatorFunction<Uint8Array, LlmLoopPart> {
  const maxLength = lengthOf('fromSSE', options);
  const frames = sse({ maxLength });
  return (source) =>
    source.pipe(
      frames,
      map(({ data }) => data),
      readRelay(),
    );
}

/** The parts that `toNDJSON` has written: see {@link fromSSE}. Empty lines are passed over. */
export function fromNDJSON(options: RelayReaderOptions = {}): OperatorFunction<Uint8Array, LlmLoopPart> {
  const frames = lines({ maxLength: lengthOf('fromNDJSON', options) });
  return (source) =>
    source.pipe(
      frames,
      filter((line) => line !== ''),
      readRelay(),
    );
}

function lengthOf(where: string, options: RelayReaderOptions): number {
  checkOptions(where, { maxLength: integer(1, 2 ** 29 - 24, ' bytes') }, options);
  return options.maxLength ?? 67_108_864;
}

function readRelay(): OperatorFunction<string, LlmLoopPart> {
  return (source) =>
    new Observable((subscriber) => {
      const scope = new Subscription();
      subscriber.add(scope);
      let lastEvent: string | undefined;
      // The source is left before anybody hears that it is over.
      const over = (end: () => void): void => {
        scope.unsubscribe();
        end();
      };
      subscribeWithin(source, scope, {
        next: (text) => {
          const record = recordOf(text);
          if (record === undefined) return over(() => subscriber.error(broken(text.length)));
          const { type, error } = record;
          if (type === 'relay.end') return over(() => subscriber.complete());
          if (type === 'relay.error') return over(() => subscriber.error(errorOf(isObject(error) ? error : {})));
          const part = partOf(record);
          lastEvent = part.type;
          subscriber.next(part);
        },
        error: (error) => subscriber.error(cutBy(error, lastEvent)),
        complete: () => subscriber.error(truncated('the relay ended before its end marker', lastEvent)),
      });
    });
}

function recordOf(text: string): NativeObject | undefined {
  const read = parseJson(text);
  return read.ok && isObject(read.value) ? read.value : undefined;
}

function partOf(record: NativeObject): LlmLoopPart {
  const { type, attempt, delayMs, cause } = record;
  if (type === 'retry' && typeof attempt === 'number' && typeof delayMs === 'number' && isObject(cause)) {
    return { type, attempt, delayMs, cause: errorOf(cause) };
  }
  return isPlainPart(record) ? record : { type: 'unknown', native: record };
}

function broken(length: number): LlmError {
  const details = { errorType: 'stream_interrupted', code: 'malformed', phase: 'body' } as const;
  return new LlmError(`the relay has sent ${length} characters that are no JSON object`, details);
}

/** A body that broke off has cut the message, whatever framing it had. */
function cutBy(error: unknown, lastEvent: string | undefined): unknown {
  if (!isStreamError(error) || error.errorType !== 'stream_interrupted' || error instanceof LlmError) return error;
  return truncated(error.message, lastEvent, error);
}

function truncated(message: string, lastEvent: string | undefined, cause?: Error): TruncatedStreamError {
  const details = { errorType: 'stream_interrupted', code: 'truncated', phase: 'body' } as const;
  return new TruncatedStreamError(message, { ...details, lastEvent, cause });
}
