import { defer, Observable, type Subscriber } from 'rxjs';
import { checkOptions, duration, instance, integer, type OptionRules, text } from '../../lib/check-options.js';
import { malformed } from '../../lib/decode.js';
import { type LineProblem } from '../../lib/line-reader.js';
import { lines } from '../../lib/lines.js';
import { type MalformedOptions, malformedPolicy, malformedRules } from '../../lib/malformed-policy.js';
import type { ReadGate } from '../../lib/read-gate.js';
import { type Schema, validate } from '../../lib/schema.js';
import type { StreamMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { type ClientMetadata, metadataHeader } from './client-metadata.js';
import type { ChainMessage, EventArgs, ReceivedBatch } from './messages.js';
import { readChainMessage } from './read-message.js';
import type { ChainService } from './service.js';
import { isPathPart, subscriptionPath } from './stream-calls.js';

/** How one connection is made and read. */
export interface ChainOpenOptions extends MalformedOptions {
  /** Resume after this: the token of a batch, opaque. @default where the service has the subscription */
  resumeToken?: string | undefined;
  /** Sent along, for the service's own books. @default nothing */
  clientMetadata?: ClientMetadata | undefined;
  /** How long the body may be silent, in milliseconds; 0 for no limit. The service sends a heartbeat every 30 s. @default 75_000 */
  idleTimeout?: number | undefined;
  /** Largest piece of a body handed down, in bytes. @default unlimited */
  chunkSize?: number | undefined;
  /** A longer line is malformed and skipped, in bytes. @default 67_108_864 */
  maxLineLength?: number | undefined;
  /** Of the `args` of every event. A batch with an event that does not fit is malformed, and never acknowledged. @default no check */
  schema?: Schema<EventArgs> | undefined;
  monitor?: StreamMonitor | undefined;
}

/** What a session adds to one connection. */
export interface ConnectionHooks {
  readonly gate?: ReadGate | undefined;
  /** The service has answered. */
  readonly onOpen?: ((connectionId: string | undefined) => void) | undefined;
}

export const openRules: OptionRules<ChainOpenOptions> = {
  ...malformedRules,
  resumeToken: text,
  clientMetadata: instance,
  idleTimeout: duration(0, ' (0 for no limit)'),
  chunkSize: integer(1),
  maxLineLength: integer(1),
  schema: instance,
  monitor: instance,
};

/** Two heartbeats and a half. */
const defaultIdleTimeout = 75_000;
const defaultMaxLineLength = 67_108_864;

/**
 * One connection to the stream of a subscription, as messages: nothing hidden, nothing retried, nothing acknowledged. Cold.
 *
 * Messages come synchronously, in order, and are not held. `error` messages are passed on and end nothing here. A clean end completes.
 *
 * Errors: every `errorType`, as {@link EventStreamerError} and its classes; `subscription_not_found` for a 404, `content_type` for a page in place
 * of a stream. A `TypeError` at once for
 * options that can never work.
 *
 * @example
 * import { eventStreamer, openChain } from 'tailrace/sources/chain';
 *
 * const client = eventStreamer({ serviceUrl: 'https://events.example.com', subscriberId: 'billing' });
 * openChain(client, 7).subscribe((message) => console.log(message.type));
 */
export function openChain(
  client: ChainService,
  subscriptionId: number,
  options: ChainOpenOptions = {},
): Observable<ChainMessage<ReceivedBatch>> {
  checkOptions('openChain', openRules, options);
  return openConnection(client, subscriptionId, options);
}

/** No document names one: what NDJSON goes by, and what a server says that does not know. A page of a proxy's is none of them. */
const contentTypes: readonly string[] = [
  ...['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/json-lines', 'application/json'],
  ...['text/plain', 'application/octet-stream', ''],
];

/** The same with options that are checked, for the session. */
export function openConnection(
  client: ChainService,
  subscriptionId: number,
  options: ChainOpenOptions,
  { gate, onOpen }: ConnectionHooks = {},
): Observable<ChainMessage<ReceivedBatch>> {
  const { resumeToken, clientMetadata, idleTimeout = defaultIdleTimeout, chunkSize, monitor } = options;
  const path = `${subscriptionPath('openChain', subscriptionId)}/stream`;
  const metadata = metadataHeader('openChain', clientMetadata);
  const headers = { accept: 'application/x-ndjson', 'x-client-metadata': metadata };
  const request = { operation: 'stream events', path, headers, params: { resume_token: resumeToken } };
  return client.open({ ...request, contentTypes, idleTimeout, chunkSize, gate, monitor }, (response) => {
    const named = response.headers.get('x-connection-id');
    // The service's word: what no path can hold names no connection.
    const connectionId = named !== null && isPathPart(named) ? named : undefined;
    return defer(() => {
      onOpen?.(connectionId);
      return readMessages(response.bytes, connectionId, options);
    });
  });
}

function readMessages(
  bytes: Observable<Uint8Array>,
  connectionId: string | undefined,
  options: ChainOpenOptions,
): Observable<ChainMessage<ReceivedBatch>> {
  return new Observable((subscriber) => {
    const { maxLineLength: maxLength = defaultMaxLineLength, monitor } = options;
    const next = checkedSink(subscriber, options);
    const onInvalid = ({ code, line, length }: LineProblem): void => {
      const message = `line ${line}, ${length} bytes, is longer than ${maxLength}`;
      // A line with bad UTF-8 still comes, with U+FFFD in it.
      if (code === 'line_too_long') next('', malformed('', { code, length, message }));
      else if (code === 'invalid_utf8') monitor?.report.malformed();
    };
    subscribeWithin(bytes.pipe(lines({ maxLength, onTooLong: 'skip', onInvalid })), subscriber, {
      next: (line) => next(line, readChainMessage(line, connectionId)),
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}

function checkedSink(
  subscriber: Subscriber<ChainMessage<ReceivedBatch>>,
  options: ChainOpenOptions,
): (line: string, message: ChainMessage<ReceivedBatch> | undefined) => void {
  const { schema, monitor } = options;
  const policy = malformedPolicy(options, monitor?.report);
  return (line, read) => {
    const message = read?.type === 'event_batch' && schema !== undefined ? fitting(line, read, schema) : read;
    if (message === undefined) return;
    // A heartbeat is no sign that batches can be read.
    if (message.type === 'event_batch') policy.good();
    subscriber.next(message);
    if (message.type !== 'malformed') return;
    const error = policy.bad(message);
    if (error !== undefined) subscriber.error(error);
  };
}

function fitting(line: string, batch: ReceivedBatch, schema: Schema<EventArgs>): ChainMessage<ReceivedBatch> {
  for (const [name, events] of Object.entries(batch.events)) {
    for (const [at, event] of events.entries()) {
      const checked = validate(schema, event.args);
      if (!checked.ok) {
        const { message } = checked;
        return malformed(line, { code: 'schema_mismatch', message, path: `events.${name}[${at}].${checked.path}` });
      }
    }
  }
  return batch;
}
