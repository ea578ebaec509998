import { filter, type Observable } from 'rxjs';
import { checkOption, text } from '../../lib/check-options.js';
import { childMonitor, type StreamMonitor, type StreamState } from '../../lib/state.js';
import type { AbiSource } from './abi.js';
import type { EventArgsOf } from './abi-values.js';
import { type AllEvents, allEvents } from './all-events.js';
import { splitBatches } from './batch-views.js';
import { byEvent } from './by-event.js';
import type { ChainMessage, EventArgs, EventBatch, StreamingError, StreamingHeartbeat } from './messages.js';
import {
  type EventKeyOf,
  eventPicker,
  type EventsOf,
  type NamedEventOptions,
  type NameOfKey,
  type OfEventOptions,
} from './of-event.js';
import type { ChainService } from './service.js';
import { sharedSession, type SharedSession } from './shared-session.js';
import { streamControls, type StreamControls } from './stream-controls.js';
import { type ChainStreamOptions, checkChain } from './stream-options.js';

/** The views of a stream that hold its connection open while they are subscribed to. All are hot together and each is cold without the others. */
export interface ChainStreamViews {
  /** Everything that comes; see `chainMessages`. */
  readonly messages$: Observable<ChainMessage>;
  /** Batches alone. */
  readonly batches$: Observable<EventBatch>;
  /** The service's signs of life. Whoever is subscribed to nothing else acknowledges nothing. */
  readonly heartbeats$: Observable<StreamingHeartbeat>;
  /** What the service reports, and lost connections in the same form. What ends the stream is its error. As `heartbeats$`. */
  readonly errors$: Observable<StreamingError>;
  /** The events of one name with their batch; see the operator `ofEvent`. */
  ofEvent<const Name extends string, Args extends EventArgs = EventArgs>(
    name: Name,
    options?: NamedEventOptions<Args>,
  ): Observable<EventsOf<Name, Args>>;
  ofEvent<
    const Abi extends AbiSource,
    const Key extends EventKeyOf<Abi>,
    Integers extends 'bigint' | 'text' = 'bigint',
    Args extends EventArgs = EventArgsOf<Abi, Key, Integers>,
  >(
    abi: Abi,
    name: Key,
    options?: OfEventOptions<Integers, Args>,
  ): Observable<EventsOf<NameOfKey<Key>, Args>>;
  /** One emission for each event name of each batch; see the operator `byEvent`. */
  byEvent(): Observable<EventsOf>;
  /** All events of each batch by name, also those that have a view of their own; see the operator `allEvents`. */
  allEvents(): Observable<AllEvents>;
}

/** A handle of the stream of one subscription, for any number of handlers. */
export interface ChainStream extends ChainStreamViews, StreamControls, AsyncDisposable {
  /** Another one once `onMissing` has given it. */
  readonly subscriptionId: number;
  /** Whether a view is subscribed to and has not ended, connected or not. */
  readonly isRunning: boolean;
  /** Of the connection in hand; `undefined` while there is none. */
  readonly connectionId: string | undefined;
  /** The token to resume after: everything up to it is acknowledged, and the service knows. The one given until then. Never goes back to nothing. */
  readonly position: string | undefined;
  /** The position, if there is one, and every change, until the stream is stopped. Opens no connection. */
  readonly position$: Observable<string>;
  /** Of this handle alone; what it hears goes on to `monitor` of the options. */
  readonly monitor: StreamMonitor;
  readonly state: StreamState;
  /** Opens no connection. */
  readonly state$: Observable<StreamState>;
  /**
   * Goes on after this token, with a new connection if the stream runs, else with the next. What was handed out before may come again. What is
   * acknowledged of it is sent first, for at most 5 s. Errors: a `TypeError` for an empty text.
   */
  resume(token: string): void;
  /**
   * Completes all views and resolves when the last acknowledgments are sent and the position is saved, or after 5 s; never rejects. A view that is
   * subscribed to afterwards starts again, from the position.
   */
  stop(): Promise<void>;
}

/**
 * The stream of a subscription as a handle: many views, **one connection**, made with the first subscriber of any of them and closed with the last,
 * or by `stop`. Does nothing by itself.
 *
 * It is kept going as `chainMessages` says. Every message comes to all subscribers synchronously, in the order of their subscriptions; whoever comes
 * later gets what comes from then on, so subscribe to all handlers at once. A batch is acknowledged when all of their `next` have returned, if one of
 * those who get batches is still subscribed; with `acknowledge: 'manual'` by `batch.ack()` or `acknowledgeBatch`. A batch that comes while only
 * `heartbeats$` or `errors$` are subscribed to stays unacknowledged, counts for `maxAckBacklog`, and comes again over a new connection when the first
 * handler of batches is there, or at once when the last one has left over it. Handlers that work on after `next` take `manual`, or deliveries of
 * `chainEvents`.
 *
 * The position outlasts connections and subscribers: whoever subscribes after an end goes on behind it. Views complete with `stop` and when the
 * subscription has come to its end block.
 *
 * Errors: as `chainMessages`, to every subscriber. A `TypeError` at once for options that can never work.
 *
 * @example
 * import { chainStream, eventStreamer } from 'tailrace/sources/chain';
 *
 * const abi = ['event Transfer(address indexed from, address indexed to, uint256 value)'] as const;
 * const client = eventStreamer({ serviceUrl: 'https://events.example.com', subscriberId: 'billing' });
 * await using stream = chainStream(client, 7, { resumeToken: 'rt_eyJzdWJzY3JpcHRpb25faWQiOjd9' });
 * stream.ofEvent(abi, 'Transfer').subscribe(({ events, batch }) => console.log(batch.batchId, events[0]?.args.value));
 * stream.errors$.subscribe(({ errorCode }) => console.error(errorCode));
 * stream.position$.subscribe((token) => console.log('resume after', token));
 */
export function chainStream(
  client: ChainService,
  subscriptionId: number,
  options: ChainStreamOptions = {},
): ChainStream {
  return streamWithin(client, subscriptionId, options);
}

/** The same, stopped by `until`. */
export function streamWithin(
  client: ChainService,
  subscriptionId: number,
  options: ChainStreamOptions,
  until?: Observable<unknown>,
): ChainStream {
  checkChain('chainStream', client, subscriptionId, options);
  const monitor = childMonitor(options.monitor);
  const shared = sharedSession({ client, subscriptionId, options: { ...options, monitor }, until });
  return {
    ...viewsOf(shared),
    ...streamControls(client, shared),
    monitor,
    state$: monitor.state$,
    get state() {
      return monitor.state;
    },
    get subscriptionId() {
      return shared.subscriptionId;
    },
    get isRunning() {
      return shared.isRunning;
    },
    get connectionId() {
      return shared.control?.connectionId;
    },
    get position() {
      return shared.position;
    },
    position$: shared.position$,
    resume: (token) => {
      checkOption('resume: token', text, token ?? null);
      shared.resume(token);
    },
    stop: shared.stop,
    [Symbol.asyncDispose]: shared.stop,
  };
}

function viewsOf(shared: SharedSession): ChainStreamViews {
  const messages$ = shared.messages('batches');
  const signs$ = shared.messages('signs');
  const batches$ = messages$.pipe(filter((message) => message.type === 'event_batch'));
  function ofEvent<const Name extends string, Args extends EventArgs = EventArgs>(
    name: Name,
    options?: NamedEventOptions<Args>,
  ): Observable<EventsOf<Name, Args>>;
  function ofEvent<
    const Abi extends AbiSource,
    const Key extends EventKeyOf<Abi>,
    Integers extends 'bigint' | 'text' = 'bigint',
    Args extends EventArgs = EventArgsOf<Abi, Key, Integers>,
  >(abi: Abi, name: Key, options?: OfEventOptions<Integers, Args>): Observable<EventsOf<NameOfKey<Key>, Args>>;
  function ofEvent(
    first: AbiSource,
    second?: string | NamedEventOptions,
    third?: OfEventOptions<'bigint' | 'text'>,
  ): Observable<unknown> {
    return batches$.pipe(splitBatches(eventPicker(first, second, third), { flushes: 'each' }));
  }
  return {
    messages$,
    batches$,
    heartbeats$: signs$.pipe(filter((message) => message.type === 'heartbeat')),
    errors$: signs$.pipe(filter((message) => message.type === 'error')),
    ofEvent,
    byEvent: () => batches$.pipe(byEvent()),
    allEvents: () => batches$.pipe(allEvents()),
  };
}
