import { Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { checkOptions, instance, integer, type OptionRule, type OptionRules } from '../../lib/check-options.js';
import { malformed, type Malformed } from '../../lib/decode.js';
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
  return openConnection(name, options, streamQuery(name, query));
}

/** The same with a query that is already made, for callers that move it on. */
export function openConnection<Name extends XStreamName>(
  name: Name,
  options: XConnectionOptions<XItem<Name>>,
  query: Readonly<Record<string, string | undefined>>,
): Observable<XMessage<XItem<Name>>> {
  const { timeout = defaultTimeout, chunkSize, monitor, scheduler } = options;
  const request = {
    ...xRequest(options, { path: endpointOf(name).path, params: query }),
    ...{ chunkSize, monitor, scheduler, classify: classifyXAnswer },
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
): Observable<XMessage<XItem<Name>>> {
  return new Observable((subscriber) => {
    const { maxLineLength: maxLength = defaultMaxLineLength, monitor, schema } = options;
    const policy = malformedPolicy(options, monitor?.report);
    const current = { line: '' };
    const out = messageSink(subscriber, { policy, schema, current });
    const read = messageReader(name);
    const onInvalid = ({ code, line, length }: LineProblem): void => {
      // A line with bad UTF-8 still comes, with U+FFFD in it; one that was cut off is the next connection's.
      if (code === 'line_too_long')
        out.next(
          malformed('', { code, length, message: `line ${line}, ${length} bytes, is longer than ${maxLength}` }),
        );
      else if (code === 'invalid_utf8') monitor?.report.malformed();
    };
    subscribeWithin(bytes.pipe(lines({ maxLength, onTooLong: 'skip', onInvalid })), subscriber, {
      next: (line) => {
        current.line = line;
        read(line, out.next);
      },
      error: (error) => subscriber.error(out.notice() ?? error),
      complete: () => {
        const error = out.notice();
        if (error === undefined) subscriber.complete();
        else subscriber.error(error);
      },
    });
  });
}

interface MessageSink<Item> {
  readonly next: (message: XMessage<Item>) => void;
  /** The last disconnect notice that no item followed. */
  notice(): StreamError | undefined;
}

interface SinkOptions<Item> {
  readonly policy: MalformedPolicy;
  readonly schema: Schema<Item> | undefined;
  /** The line in hand, for whoever asks a malformed message for its text. */
  readonly current: { readonly line: string };
}

function messageSink<Item>(
  subscriber: Subscriber<XMessage<Item>>,
  { policy, schema, current }: SinkOptions<Item>,
): MessageSink<Item> {
  let notice: StreamError | undefined;
  const bad = (message: Malformed): void => {
    const error = policy.bad(message);
    subscriber.next(message);
    if (error !== undefined) subscriber.error(error);
  };
  return {
    notice: () => notice,
    next: (message) => {
      if (message.type === 'malformed') return bad(message);
      if (message.type === 'notice' && message.notice.isDisconnect) notice = withLeastWait(message.error);
      if (message.type !== 'item') return subscriber.next(message);
      notice = undefined;
      const checked = schema === undefined ? undefined : validate(schema, message.item);
      if (checked?.ok === false) {
        const { message: reason, path } = checked;
        return bad(malformed(current.line, { code: 'schema_mismatch', message: reason, path }));
      }
      policy.good();
      subscriber.next(checked === undefined ? message : { type: 'item', item: checked.value });
    },
  };
}
