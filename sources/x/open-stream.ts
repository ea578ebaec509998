import { type MonoTypeOperatorFunction, Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { checkOptions, instance, integer, type OptionRule, type OptionRules } from '../../lib/check-options.js';
import { malformed, type Malformed } from '../../lib/decode.js';
import { eachOf } from '../../lib/each-of.js';
import type { StreamError } from '../../lib/errors.js';
import { exchange } from '../../lib/http.js';
import { type LineProblem } from '../../lib/line-reader.js';
import { lines } from '../../lib/lines.js';
import {
  type MalformedOptions,
  type MalformedPolicy,
  malformedPolicy,
  malformedRules,
} from '../../lib/malformed-policy.js';
import type { ReadGate } from '../../lib/read-gate.js';
import { type Schema, validate } from '../../lib/schema.js';
import type { StreamMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { type XClientOptions, xRequest, xRules } from './api.js';
import { endpointOf, type XStreamName } from './endpoints.js';
import type { XItem } from './envelopes.js';
import type { XMessage } from './messages.js';
import { classifyXAnswer } from './problem-errors.js';
import { streamQuery } from './query.js';
import { messageReader } from './read-message.js';
import { withLeastWait } from './reconnect.js';
import type { XStreamOptions } from './stream-options.js';

/** How one connection is read. */
export interface XReadingOptions<Item> extends MalformedOptions {
  /** How long headers may take, and how long the body may be silent, in milliseconds. X's heartbeat comes every 20 s, often a little late. @default 30_000 */
  timeout?: number | undefined;
  /** Largest piece of a body handed down, in bytes. @default unlimited */
  chunkSize?: number | undefined;
  /** A longer line is malformed and skipped, in bytes. @default 1_048_576 */
  maxLineLength?: number | undefined;
  /** Full validation of every item, at 2 us and more. The schemas of this door fit. @default checks by hand of what is relied on */
  schema?: Schema<Item> | undefined;
  monitor?: StreamMonitor | undefined;
  /** Timers, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** How one connection is made and read. */
export interface XConnectionOptions<Item> extends XReadingOptions<Item>, XClientOptions {}

/** Between a consumer with credit and the reader of the body. */
export interface GateOption {
  readonly gate?: ReadGate | undefined;
}

/** What one of X's streams takes on one connection. */
export type XOpenOptions<Name extends XStreamName> = XConnectionOptions<XItem<Name>> & XStreamOptions<Name>;

const { maxRetries: _maxRetries, ...callRules } = xRules;

export const connectionRules: OptionRules<XConnectionOptions<never>> = {
  ...callRules,
  ...malformedRules,
  chunkSize: integer(1),
  maxLineLength: integer(1),
  schema: instance,
  monitor: instance,
};

const defaultTimeout = 30_000;
const defaultMaxLineLength = 1_048_576;

/**
 * One connection to one of X's streams, as messages: nothing hidden, nothing retried. Cold.
 *
 * A notice that says the connection is over is emitted, and its error stands in place of whatever way the socket then ends. A clean
 * end without one completes. Items come synchronously, in order, and are not held.
 *
 * Errors: every `errorType`, with the codes of `XErrorCode`. A `TypeError` at once for options that the stream does not have.
 *
 * @example
 * import { openXStream } from 'tailrace/sources/x';
 *
 * openXStream('sample', { bearerToken: 'AAAA' }).subscribe((message) => {
 *   if (message.type === 'item') console.log(message.item.data.id);
 *   else console.log(message.type);
 * });
 */
export function openXStream<Name extends XStreamName>(
  name: Name,
  options: XOpenOptions<Name>,
): Observable<XMessage<XItem<Name>>> {
  const query = queryOptions(`X stream "${name}"`, connectionRules, options);
  return openConnection(name, options, streamQuery(name, query)).pipe(eachOf());
}

/**
 * The same with a query that is already made, for callers that move it on; as arrays, one for each piece of the body, so that what is
 * between here and the consumer costs once per piece.
 */
export function openConnection<Name extends XStreamName>(
  name: Name,
  options: XConnectionOptions<XItem<Name>> & GateOption,
  query: Readonly<Record<string, string | undefined>>,
): Observable<readonly XMessage<XItem<Name>>[]> {
  const { timeout = defaultTimeout, chunkSize, gate, monitor, scheduler } = options;
  const request = {
    ...xRequest(options, { path: endpointOf(name).path, params: query }),
    ...{ chunkSize, gate, monitor, scheduler, classify: classifyXAnswer },
    ...{ headersTimeout: timeout, idleTimeout: timeout },
    contentTypes: ['application/json', 'application/x-ndjson', ''],
  };
  return exchange(request, (response) => readMessages(name, response.bytes, options));
}

/** Checks the options that `rules` knows, and returns the others: they are the stream's own. */
export function queryOptions(
  where: string,
  rules: Readonly<Record<string, OptionRule>>,
  options: object,
): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) (key in rules ? own : others)[key] = value;
  checkOptions(where, rules, own);
  return others;
}

function readMessages<Name extends XStreamName>(
  name: Name,
  bytes: Observable<Uint8Array>,
  options: XConnectionOptions<XItem<Name>>,
): Observable<readonly XMessage<XItem<Name>>[]> {
  return new Observable((subscriber) => {
    const { maxLineLength: maxLength = defaultMaxLineLength, monitor, schema } = options;
    const current = { line: '' };
    const out = messageSink(subscriber, { policy: malformedPolicy(options, monitor?.report), schema, current });
    const read = messageReader(name);
    const onInvalid = ({ code, line, length }: LineProblem): void => {
      const message = `line ${line}, ${length} bytes, is longer than ${maxLength}`;
      // A line with bad UTF-8 still comes, with U+FFFD in it; one that was cut off is the next connection's.
      if (code === 'line_too_long') out.next(malformed('', { code, length, message }));
      else if (code === 'invalid_utf8') monitor?.report.malformed();
    };
    const pieces = bytes.pipe(afterEach(() => out.flush()));
    subscribeWithin(pieces.pipe(lines({ maxLength, onTooLong: 'skip', onInvalid })), subscriber, {
      next: (line) => {
        current.line = line;
        read(line, out.next);
      },
      error: (error) => out.end(error),
      complete: () => out.end(undefined),
    });
  });
}

/** Calls `done` when a value has been handled downstream. */
function afterEach<T>(done: () => void): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) =>
      subscribeWithin(source, subscriber, {
        next: (value) => {
          subscriber.next(value);
          done();
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
}

interface MessageSink<Item> {
  readonly next: (message: XMessage<Item>) => void;
  /** Emits what has come since the last time. */
  flush(): void;
  /** The connection is over: the last disconnect notice that no item followed says why, better than the socket. */
  end(error: unknown): void;
}

interface SinkOptions<Item> {
  readonly policy: MalformedPolicy;
  readonly schema: Schema<Item> | undefined;
  /** The line in hand, for whoever asks a malformed message for its text. */
  readonly current: { readonly line: string };
}

function messageSink<Item>(
  subscriber: Subscriber<readonly XMessage<Item>[]>,
  { policy, schema, current }: SinkOptions<Item>,
): MessageSink<Item> {
  let notice: StreamError | undefined;
  let held: XMessage<Item>[] = [];
  const flush = (): void => {
    if (held.length === 0) return;
    const full = held;
    held = [];
    subscriber.next(full);
  };
  const fail = (error: unknown): void => {
    flush();
    subscriber.error(error);
  };
  const bad = (message: Malformed): void => {
    held.push(message);
    const error = policy.bad(message);
    if (error !== undefined) fail(error);
  };
  return {
    flush,
    end: (error) => {
      const reason = notice ?? error;
      if (reason !== undefined) return fail(reason);
      flush();
      subscriber.complete();
    },
    next: (message) => {
      if (message.type === 'malformed') return bad(message);
      if (message.type === 'notice' && message.notice.isDisconnect) notice = withLeastWait(message.error);
      if (message.type !== 'item') return void held.push(message);
      notice = undefined;
      const checked = schema === undefined ? undefined : validate(schema, message.item);
      if (checked?.ok === false) {
        const { message: reason, path } = checked;
        return bad(malformed(current.line, { code: 'schema_mismatch', message: reason, path }));
      }
      policy.good();
      held.push(checked === undefined ? message : { type: 'item', item: checked.value });
    },
  };
}
