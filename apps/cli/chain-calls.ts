import { catchError, concatMap, defer, forkJoin, from, map, type Observable, of, throwError } from 'rxjs';
import { isStreamError } from '../../lib/index.js';
import { type EventStreamer, eventStreamer } from '../../sources/chain/event-streamer.js';
import { eventOf } from './chain-abi.js';
import { chainAccessOf, type ChainFlags } from './chain-access.js';
import type { Input } from './durable-values.js';
import { withoutUnset } from './flags.js';
import { jsonLine } from './json-line.js';
import type { Job } from './run.js';

export interface SubscribeFlags extends ChainFlags {
  readonly event: string;
  readonly abi?: string;
  readonly address?: readonly string[];
  readonly from: number;
  readonly to?: number;
  readonly chainId: number;
}

/** The job of a command that asks the service once, or page by page, and prints what it says. Errors: a usage error. */
export function chainJob(
  flags: ChainFlags,
  env: NodeJS.ProcessEnv,
  call: (client: EventStreamer) => Observable<string>,
): Job {
  const { options, secrets } = chainAccessOf(flags, env);
  return { subject: 'chain', secrets, quiet: true, lines: () => call(eventStreamer(options)) };
}

/** The subscription that was made. */
export function subscribed(client: EventStreamer, flags: SubscribeFlags, input: Input): Observable<string> {
  const { address: addresses, from: startBlock, to: endBlock, chainId } = flags;
  return defer(() => eventOf(flags, input)).pipe(
    concatMap((eventSignature) =>
      client.createSubscription({
        ...{ eventSignature, startBlock, chainId },
        ...withoutUnset({ addresses, endBlock }),
      }),
    ),
    map((subscription) => jsonLine(subscription)),
  );
}

/** All subscriptions, one a line. */
export function listed(client: EventStreamer): Observable<string> {
  return client.listAllSubscriptions().pipe(map((subscription) => jsonLine(subscription)));
}

/** One subscription, whether the service works on it, and how far it has come. */
export function statusOf(client: EventStreamer, id: number): Observable<string> {
  return client.getSubscription(id).pipe(
    concatMap((subscription) =>
      forkJoin({
        processing: client.checkProcessingStatus(id),
        block: client.getSubscriptionLastProcessedBlock(id, subscription.chainId),
      }).pipe(
        map(({ processing, block: lastProcessedBlock }) => jsonLine({ subscription, processing, lastProcessedBlock })),
      ),
    ),
  );
}

/** Gone is gone: a subscription that was not there is no error. */
export function unsubscribed(client: EventStreamer, id: number): Observable<string> {
  return client.deleteSubscription(id).pipe(
    map(() => true),
    catchError((error: unknown) =>
      isStreamError(error) && error.code === 'subscription_not_found' ? of(false) : throwError(() => error),
    ),
    map((existed) => jsonLine({ existed })),
  );
}

/** The service's circuit breakers, one a line. */
export function breakersOf(client: EventStreamer): Observable<string> {
  return client.getCircuitBreakerStatus().pipe(
    concatMap(({ circuitBreakers }) => from(Object.entries(circuitBreakers))),
    map(([name, breaker]) => jsonLine({ name, ...breaker })),
  );
}
