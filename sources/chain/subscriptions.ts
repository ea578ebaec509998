import { catchError, defer, map, mergeMap, type Observable, of, repeat, takeWhile, throwError } from 'rxjs';
import { checkOption, checkOptions, integer, requireOption } from '../../lib/check-options.js';
import { isStreamError } from '../../lib/errors.js';
import { EventStreamerError } from './errors.js';
import { readBy } from './schema-parts.js';
import type { ChainService } from './service.js';
import { subscriptionPath } from './stream-calls.js';
import { createBody, type SubscriptionCreate, type SubscriptionUpdate, updateBody } from './subscription-definition.js';
import {
  type ChainSubscription,
  lastProcessedBlock,
  subscriptionPage,
  subscriptionSchema,
  type SubscriptionPage,
} from './subscription-schemas.js';

/** Which part of the list. */
export interface ListSubscriptionsOptions {
  /** From 1. @default 1 */
  readonly page?: number | undefined;
  /** Subscriptions per page. @default 20 */
  readonly pageSize?: number | undefined;
}

/**
 * Makes a subscription; the service works on it once a stream of it is open. It belongs to the client's subscriber. Cold, one value,
 * complete: every subscriber makes another one. Sent again only where the service certainly did nothing.
 *
 * Errors: `invalid_request` (400, 422) as `EventStreamerValidationError`; those of every call. At once, before anything is sent: a
 * `TypeError` that names the option, `AbiParsingError` for an event that cannot be and for a `topic0` that is not its hash.
 *
 * @example
 * import { createSubscription, eventStreamer, extractAbiEvent } from 'tailrace/sources/chain';
 *
 * const client = eventStreamer({ serviceUrl: 'http://localhost:8000', subscriberId: 'my-app' });
 * const abi = ['event Transfer(address indexed from, address indexed to, uint256 value)'];
 * createSubscription(client, {
 *   eventSignature: extractAbiEvent(abi, 'Transfer'),
 *   addresses: ['0xA0b86a33E6417b3c4555ba476F04245600306D5D'],
 *   startBlock: 19_000_000,
 *   chainId: 1,
 * }).subscribe(({ id }) => console.log(id));
 */
export function createSubscription(
  client: ChainService,
  definition: SubscriptionCreate,
): Observable<ChainSubscription> {
  const operation = 'create subscription';
  return client.call({
    ...{ operation, subject: 'service', method: 'POST', path: '/subscriptions' },
    json: createBody(definition, client.subscriberId),
    read: readBy(subscriptionSchema, operation),
  });
}

/** One page of this subscriber's subscriptions. Cold, one value, complete; repeated like every GET. Errors: those of every call. */
export function listSubscriptions(
  client: ChainService,
  { page = 1, pageSize = 20 }: ListSubscriptionsOptions = {},
): Observable<SubscriptionPage> {
  checkOptions('listSubscriptions', { page: integer(1), pageSize: integer(1) }, { page, pageSize });
  const operation = 'list subscriptions';
  return client.call({
    ...{ operation, subject: 'service', path: '/subscriptions' },
    params: { page, page_size: pageSize, subscriber_id: client.subscriberId },
    read: readBy(subscriptionPage({ page, pageSize }), operation),
  });
}

/** A service that never ends its list ends nobody's program. */
const maxPages = 10_000;

/**
 * Every subscription of this subscriber, one value each, page after page until as many have come as the service says there are. The next
 * page is asked for when the one before has been handed on; `toArray()` makes a list of all. One that moves to the next page meanwhile,
 * because another was made, comes once; one that moves to the page before, because another was deleted, is missed, as with every list by
 * pages.
 *
 * Errors: those of every call; `malformed` for a list that repeats itself, `response_too_large` for one of more than 10 000 pages.
 */
export function listAllSubscriptions(
  client: ChainService,
  { pageSize = 100 }: { readonly pageSize?: number | undefined } = {},
): Observable<ChainSubscription> {
  checkOptions('listAllSubscriptions', { pageSize: integer(1) }, { pageSize });
  return defer(() => {
    const seen = new Set<number>();
    let number = 0;
    return defer(() => listSubscriptions(client, { page: ++number, pageSize })).pipe(
      map((page) => freshPart(page, seen, number)),
      repeat(),
      takeWhile(({ isLast }) => !isLast, true),
      mergeMap(({ fresh }) => fresh),
    );
  });
}

interface PagePart {
  readonly fresh: readonly ChainSubscription[];
  readonly isLast: boolean;
}

function freshPart({ subscriptions, total, pageSize }: SubscriptionPage, seen: Set<number>, number: number): PagePart {
  const fresh = subscriptions.filter(({ id }) => !seen.has(id));
  for (const { id } of fresh) seen.add(id);
  const isLast = total === undefined ? subscriptions.length < pageSize : seen.size >= total;
  if (isLast || subscriptions.length === 0) return { fresh, isLast: true };
  if (fresh.length === 0) throw endless('malformed', 'the pages of the list repeat themselves');
  if (number >= maxPages) throw endless('response_too_large', `the list has more than ${maxPages} pages`);
  return { fresh, isLast: false };
}

function endless(code: 'malformed' | 'response_too_large', message: string): EventStreamerError {
  const operation = 'list subscriptions';
  return new EventStreamerError(`${operation}: ${message}`, {
    errorType: 'fatal_error',
    code,
    phase: 'body',
    operation,
  });
}

/**
 * One subscription of this subscriber, as it is now. Cold, one value, complete; repeated like every GET.
 *
 * Errors: `subscription_not_found` as `EventStreamerSubscriptionError`, and those of every call.
 */
export function getSubscription(client: ChainService, subscriptionId: number): Observable<ChainSubscription> {
  const operation = 'get subscription';
  return client.call({
    ...{ operation, subject: 'subscription' },
    path: subscriptionPath('getSubscription', subscriptionId),
    params: { subscriber_id: client.subscriberId },
    read: readBy(subscriptionSchema, operation),
  });
}

/**
 * Changes what is set and leaves the rest, although the verb is PUT. Gives the subscription as it is then. Cold, one value, complete.
 * Sent again only where the service certainly did nothing.
 *
 * Errors: as {@link getSubscription}, `invalid_request` too; at once as {@link createSubscription}.
 */
export function updateSubscription(
  client: ChainService,
  subscriptionId: number,
  update: SubscriptionUpdate,
): Observable<ChainSubscription> {
  const operation = 'update subscription';
  return client.call({
    ...{ operation, subject: 'subscription', method: 'PUT' },
    path: subscriptionPath('updateSubscription', subscriptionId),
    json: updateBody(update),
    read: readBy(subscriptionSchema, operation),
  });
}

/**
 * Takes a subscription away, with its position. `true` when it is gone; one that was not there is an error. Cold, one value, complete. Sent
 * again only where the service certainly did nothing.
 *
 * Errors: as {@link getSubscription}.
 */
export function deleteSubscription(client: ChainService, subscriptionId: number): Observable<true> {
  return client.call({
    ...{ operation: 'delete subscription', subject: 'subscription', method: 'DELETE' },
    path: subscriptionPath('deleteSubscription', subscriptionId),
    // 204 is usual; whatever stands in another answer, the status has said it.
    read: () => true,
  });
}

/**
 * How far the service has read a chain for a subscription; `undefined` where it knows none, or not of the subscription (404). Cold, one
 * value, complete; repeated like every GET. Errors: those of every call but 404.
 */
export function getSubscriptionLastProcessedBlock(
  client: ChainService,
  subscriptionId: number,
  chainId: number,
): Observable<number | undefined> {
  const where = 'getSubscriptionLastProcessedBlock';
  requireOption(where, 'chainId', chainId);
  checkOption(`${where}: option "chainId"`, integer(1), chainId);
  const operation = 'get last processed block';
  return client
    .call({
      ...{ operation, subject: 'subscription' },
      path: `${subscriptionPath(where, subscriptionId)}/last-processed-block`,
      params: { chain_id: chainId },
      read: readBy(lastProcessedBlock, operation),
    })
    .pipe(catchError(noneFor404));
}

function noneFor404(error: unknown): Observable<undefined> {
  return isStreamError(error) && error.statusCode === 404 ? of(undefined) : throwError(() => error);
}
