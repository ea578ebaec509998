import { defer, Observable } from 'rxjs';
import { checkOptions, integer, oneOf, type OptionRules } from '../../lib/check-options.js';
import type { Delivery } from '../../lib/delivery.js';
import { readGate } from '../../lib/read-gate.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { deliver } from '../../operators/deliver.js';
import { batchDeliveries } from './batch-deliveries.js';
import type { ChainMessage, EventBatch } from './messages.js';
import type { ChainService } from './service.js';
import { ownParts, runSession } from './session.js';
import { type ChainStreamOptions, checkChain, type CheckedChain } from './stream-options.js';

/** Credit: with it a stream emits deliveries in place of batches. */
export interface ChainDeliveryOptions {
  /** How many deliveries of batches may be out, unsettled. */
  maxUnacked: number;
  /**
   * What comes while all credit is out: `pause` stops reading, so that TCP makes the service wait; nothing is lost. `error` reads on into a queue, and
   * ends with `slow_consumer` when that is full. @default 'pause'
   */
  onFull?: 'pause' | 'error' | undefined;
  /** How many batches may wait, unless `onFull` is `pause`. @default 10_000 */
  maxQueued?: number | undefined;
}

/** The same where it is not yet known whether there is credit. */
export type ChainCreditOptions = { [K in keyof ChainDeliveryOptions]?: ChainDeliveryOptions[K] | undefined };

const creditRules: OptionRules<ChainDeliveryOptions> = {
  maxUnacked: integer(1),
  onFull: oneOf('pause', 'error'),
  maxQueued: integer(1),
};

/**
 * The stream of a subscription, kept going, as messages: batches, the service's heartbeats and errors, and what is malformed or unknown.
 *
 * Cold; each subscription is a session of its own, with its own connection and position. Messages come synchronously and are not held. **Batches
 * are acknowledged when `next` has returned** and the consumer is still subscribed, unless `acknowledge` is `manual`: work that goes on after
 * `next` takes deliveries (`chainEvents` with `maxUnacked`) or `batch.ack()`. Acknowledgments go out together every `batchAckInterval`; what the
 * service does not take is sent again. On the end, whatever ends it, the rest is sent, for at most 5 s.
 *
 * Every connection asks for what follows the position: the token of the last batch up to which everything is acknowledged. What comes again
 * although it is in hand is not emitted again, and acknowledged with what is in hand; at-least-once all the same, so handlers must bear to see an
 * event twice, after a crash or when an acknowledgment did not get through. A clean end is a drop, unless the subscription has an end block and
 * the service has come to it: then the stream completes. `error` messages are emitted and then acted on, as `policy` says; failures of the
 * connection are emitted as `error` messages of the same form before it is made again.
 *
 * Errors: `EventStreamerError` and its classes. `authentication_error`, `client_error` and `fatal_error` at once; others as `retries_exhausted` after
 * `maxRetries`. Codes: `subscription_not_found` (see `onMissing`), `invalid_resume_token`, `ack_backlog_full`, `checkpoint_failed`, and those of
 * `ChainErrorCode`. What `checkpoint.load` rejects with. A `TypeError` at once for options that cannot be.
 *
 * @example
 * import { chainMessages, eventStreamer } from 'tailrace/sources/chain';
 *
 * const client = eventStreamer({ serviceUrl: 'https://events.example.com', subscriberId: 'billing' });
 * chainMessages(client, 7).subscribe((message) => {
 *   if (message.type === 'event_batch') console.log(message.batchId, Object.keys(message.events));
 *   if (message.type === 'error') console.log(message.errorCode);
 * });
 */
export function chainMessages(
  client: ChainService,
  subscriptionId: number,
  options: ChainStreamOptions = {},
): Observable<ChainMessage> {
  const checked = checkChain('chainMessages', client, subscriptionId, options);
  return defer(() => runSession(checked, ownParts(checked)));
}

/**
 * The batches of a subscription and nothing else; see {@link chainMessages} for how it is kept going. With `maxUnacked` they come as deliveries
 * with credit: `ack` is the service's acknowledgment (with `acknowledge: 'manual'` it gives back credit only), `release` leaves the batch to the next
 * session, `nack` ends the stream unless `redeliver` or `deadLetter` stands behind this. Never more than `maxUnacked` are out, over all connections.
 *
 * Errors: as {@link chainMessages}; `delivery_failed`; `slow_consumer` where `maxQueued` batches wait for credit.
 *
 * @example
 * import { chainEvents, eventStreamer } from 'tailrace/sources/chain';
 * import { ackMap } from 'tailrace/operators';
 *
 * const client = eventStreamer({ serviceUrl: 'https://events.example.com', subscriberId: 'billing' });
 * chainEvents(client, 7, { maxUnacked: 10 })
 *   .pipe(ackMap(async ({ events }) => console.log(events['Transfer']?.length)))
 *   .subscribe();
 */
export function chainEvents(
  client: ChainService,
  subscriptionId: number,
  options: ChainStreamOptions & ChainDeliveryOptions,
): Observable<Delivery<EventBatch>>;
export function chainEvents(
  client: ChainService,
  subscriptionId: number,
  options?: ChainStreamOptions & { maxUnacked?: undefined },
): Observable<EventBatch>;
export function chainEvents(
  client: ChainService,
  subscriptionId: number,
  { maxUnacked, onFull, maxQueued, ...options }: ChainStreamOptions & ChainCreditOptions = {},
): Observable<EventBatch> | Observable<Delivery<EventBatch>> {
  const credit = { maxUnacked, onFull, maxQueued };
  const checked = checkChain('chainEvents', client, subscriptionId, options);
  checkOptions<ChainCreditOptions>('chainEvents', creditRules, credit);
  if (maxUnacked !== undefined) return deliveries(checked, { ...credit, maxUnacked });
  if ((onFull ?? maxQueued) !== undefined) {
    throw new TypeError('chainEvents: options "onFull" and "maxQueued" need "maxUnacked"');
  }
  return defer(() => batchesOf(runSession(checked, ownParts(checked))));
}

/** Credit ends long before this: here are those that wait for credit, and what broken connections have left. */
const roomForQueues = 10;
/** One piece of a body holds some hundred small batches. */
const roomForPiece = 1_000;

function deliveries(
  checked: CheckedChain,
  { maxUnacked, onFull = 'pause', maxQueued }: ChainDeliveryOptions,
): Observable<Delivery<EventBatch>> {
  return defer(() => {
    const gate = onFull === 'pause' ? readGate() : undefined;
    const own = ownParts(checked);
    const { monitor } = own;
    const { scheduler, acknowledge = 'auto' } = checked.options;
    const out = batchDeliveries({ acknowledges: acknowledge === 'auto', backlog: own.backlog });
    const parts = {
      ...own,
      gate,
      handsOver: false,
      backlog: own.backlog * roomForQueues + roomForPiece,
      onCount: out.counted,
    };
    const positionOf = ({ resumeToken }: EventBatch): string => resumeToken;
    return batchesOf(runSession(checked, parts)).pipe(
      deliver({ maxUnacked, onFull, maxQueued, gate, monitor, scheduler, positionOf }),
      out.handedOn,
    );
  });
}

function batchesOf(messages: Observable<ChainMessage>): Observable<EventBatch> {
  return new Observable((subscriber) =>
    subscribeWithin(messages, subscriber, {
      next: (message) => {
        if (message.type === 'event_batch') subscriber.next(message);
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    }),
  );
}
