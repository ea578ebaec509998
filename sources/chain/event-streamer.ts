import {
  BehaviorSubject,
  defer,
  finalize,
  first,
  firstValueFrom,
  type Observable,
  race,
  Subject,
  takeUntil,
  timer,
} from 'rxjs';
import type { Delivery } from '../../lib/delivery.js';
import { type ChainStream, streamWithin } from './chain-stream.js';
import {
  createChain,
  deleteChain,
  getAllChains,
  getChain,
  getChainStats,
  refreshChains,
  updateChain,
} from './chains.js';
import {
  circuitBreakers$,
  getCircuitBreakerConfig,
  getCircuitBreakerHealth,
  getCircuitBreakerMetrics,
  getCircuitBreakerStatus,
  resetAllCircuitBreakers,
  resetCircuitBreaker,
} from './circuit-breakers.js';
import { extractAbiEvent, extractAbiEvents } from './extract-abi.js';
import { getHealth, healthCheck } from './health.js';
import type { ChainMessage, EventBatch } from './messages.js';
import { parseContractAbi } from './parse-contract-abi.js';
import { processingStatus$ } from './processing-status.js';
import { type ChainService, chainService, type EventStreamerOptions } from './service.js';
import { acknowledgeBatch, acknowledgeBatches, checkProcessingStatus, sendHeartbeat } from './stream-calls.js';
import type { ChainStreamOptions } from './stream-options.js';
import { chainEvents, type ChainDeliveryOptions, chainMessages, type ChainCreditOptions } from './streams.js';
import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  getSubscriptionLastProcessedBlock,
  listAllSubscriptions,
  listSubscriptions,
  updateSubscription,
} from './subscriptions.js';

/** A function of this door without its first argument. */
type BoundCall<F> = F extends (client: ChainService, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** Everything of this door, for one service and one subscriber. */
export interface EventStreamer extends ChainService, AsyncDisposable {
  readonly createSubscription: BoundCall<typeof createSubscription>;
  readonly listSubscriptions: BoundCall<typeof listSubscriptions>;
  readonly listAllSubscriptions: BoundCall<typeof listAllSubscriptions>;
  readonly getSubscription: BoundCall<typeof getSubscription>;
  readonly updateSubscription: BoundCall<typeof updateSubscription>;
  readonly deleteSubscription: BoundCall<typeof deleteSubscription>;
  readonly getSubscriptionLastProcessedBlock: BoundCall<typeof getSubscriptionLastProcessedBlock>;
  /** The messages of a subscription's stream; see `chainMessages`. */
  messages(subscriptionId: number, options?: ChainStreamOptions): Observable<ChainMessage>;
  /** The batches of a subscription's stream; see `chainEvents`. */
  events(subscriptionId: number, options: ChainStreamOptions & ChainDeliveryOptions): Observable<Delivery<EventBatch>>;
  events(subscriptionId: number, options?: ChainStreamOptions & { maxUnacked?: undefined }): Observable<EventBatch>;
  /** One stream for any number of handlers; see `chainStream`. Disposal of the client stops it. */
  stream(subscriptionId: number, options?: ChainStreamOptions): ChainStream;
  readonly acknowledgeBatch: BoundCall<typeof acknowledgeBatch>;
  readonly acknowledgeBatches: BoundCall<typeof acknowledgeBatches>;
  readonly sendHeartbeat: BoundCall<typeof sendHeartbeat>;
  readonly checkProcessingStatus: BoundCall<typeof checkProcessingStatus>;
  readonly processingStatus$: BoundCall<typeof processingStatus$>;
  readonly getCircuitBreakerStatus: BoundCall<typeof getCircuitBreakerStatus>;
  readonly getCircuitBreakerHealth: BoundCall<typeof getCircuitBreakerHealth>;
  readonly getCircuitBreakerMetrics: BoundCall<typeof getCircuitBreakerMetrics>;
  readonly resetAllCircuitBreakers: BoundCall<typeof resetAllCircuitBreakers>;
  readonly resetCircuitBreaker: BoundCall<typeof resetCircuitBreaker>;
  readonly getCircuitBreakerConfig: BoundCall<typeof getCircuitBreakerConfig>;
  readonly circuitBreakers$: BoundCall<typeof circuitBreakers$>;
  readonly getAllChains: BoundCall<typeof getAllChains>;
  readonly getChainStats: BoundCall<typeof getChainStats>;
  readonly getChain: BoundCall<typeof getChain>;
  readonly createChain: BoundCall<typeof createChain>;
  readonly updateChain: BoundCall<typeof updateChain>;
  readonly deleteChain: BoundCall<typeof deleteChain>;
  readonly refreshChains: BoundCall<typeof refreshChains>;
  readonly healthCheck: BoundCall<typeof healthCheck>;
  readonly getHealth: BoundCall<typeof getHealth>;
  readonly extractAbiEvent: typeof extractAbiEvent;
  readonly extractAbiEvents: typeof extractAbiEvents;
  readonly parseContractAbi: typeof parseContractAbi;
  /**
   * Completes the streams and polls that are open, which send their last acknowledgments, and resolves when no call is on its way, or after
   * 6 s. Calls are not broken off. The client itself stays as it is.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Binds a service, a subscriber, headers and limits once. Does nothing by itself: no request before a subscription. The functions of this
 * door also stand alone, with the client first, and then leave no trace of the others in a bundle.
 *
 * Errors: a `TypeError` at once for options that can never work.
 *
 * @example
 * import { eventStreamer } from 'tailrace/sources/chain';
 * import { firstValueFrom } from 'rxjs';
 *
 * await using client = eventStreamer({ serviceUrl: 'http://localhost:8000', subscriberId: 'my-app' });
 * const abi = ['event Transfer(address indexed from, address indexed to, uint256 value)'];
 * const eventSignature = client.extractAbiEvent(abi, 'Transfer');
 * const created = client.createSubscription({ eventSignature, startBlock: 19_000_000, chainId: 1 });
 * const { id } = await firstValueFrom(created);
 * client.events(id).subscribe(({ events }) => console.log(events['Transfer']));
 */
export function eventStreamer(options: EventStreamerOptions): EventStreamer {
  const { service, settled } = counted(chainService('eventStreamer', options));
  const closing = new Subject<void>();
  const leave = async (): Promise<void> => {
    closing.next();
    await firstValueFrom(race(settled, timer(leaveLimit, options.scheduler)), { defaultValue: 0 });
  };
  return {
    ...service,
    ...callsOf(service),
    ...viewsOf(service, closing),
    extractAbiEvent,
    extractAbiEvents,
    parseContractAbi,
    [Symbol.asyncDispose]: leave,
  };
}

/** The last acknowledgments of a stream may take 5 s. */
const leaveLimit = 6_000;

interface CountedService {
  readonly service: ChainService;
  /** One value, and the end, as soon as no call is on its way. */
  readonly settled: Observable<unknown>;
}

function counted(own: ChainService): CountedService {
  const running = new BehaviorSubject(0);
  const service: ChainService = {
    ...own,
    call: (request) => {
      const called = own.call(request);
      return defer(() => {
        running.next(running.value + 1);
        return called.pipe(finalize(() => running.next(running.value - 1)));
      });
    },
  };
  return { service, settled: running.pipe(first((count) => count === 0)) };
}

type Calls = Omit<EventStreamer, keyof ChainService | keyof Views | keyof Pure>;
type Views = Pick<EventStreamer, 'messages' | 'events' | 'stream' | 'processingStatus$' | 'circuitBreakers$'>;
type Pure = Pick<
  EventStreamer,
  'extractAbiEvent' | 'extractAbiEvents' | 'parseContractAbi' | typeof Symbol.asyncDispose
>;

function callsOf(service: ChainService): Calls {
  const bind =
    <Rest extends unknown[], Result>(call: (client: ChainService, ...rest: Rest) => Result) =>
    (...rest: Rest): Result =>
      call(service, ...rest);
  return {
    createSubscription: bind(createSubscription),
    listSubscriptions: bind(listSubscriptions),
    listAllSubscriptions: bind(listAllSubscriptions),
    getSubscription: bind(getSubscription),
    updateSubscription: bind(updateSubscription),
    deleteSubscription: bind(deleteSubscription),
    getSubscriptionLastProcessedBlock: bind(getSubscriptionLastProcessedBlock),
    acknowledgeBatch: bind(acknowledgeBatch),
    acknowledgeBatches: bind(acknowledgeBatches),
    sendHeartbeat: bind(sendHeartbeat),
    checkProcessingStatus: bind(checkProcessingStatus),
    getCircuitBreakerStatus: bind(getCircuitBreakerStatus),
    getCircuitBreakerHealth: bind(getCircuitBreakerHealth),
    getCircuitBreakerMetrics: bind(getCircuitBreakerMetrics),
    resetAllCircuitBreakers: bind(resetAllCircuitBreakers),
    resetCircuitBreaker: bind(resetCircuitBreaker),
    getCircuitBreakerConfig: bind(getCircuitBreakerConfig),
    getAllChains: bind(getAllChains),
    getChainStats: bind(getChainStats),
    getChain: bind(getChain),
    createChain: bind(createChain),
    updateChain: bind(updateChain),
    deleteChain: bind(deleteChain),
    refreshChains: bind(refreshChains),
    healthCheck: bind(healthCheck),
    getHealth: bind(getHealth),
  };
}

/** What has no end of its own ends with the client. */
function viewsOf(service: ChainService, closing: Observable<void>): Views {
  const bind =
    <Rest extends unknown[], T>(open: (client: ChainService, ...rest: Rest) => Observable<T>) =>
    (...rest: Rest): Observable<T> =>
      open(service, ...rest).pipe(takeUntil(closing));
  function events(id: number, options: ChainStreamOptions & ChainDeliveryOptions): Observable<Delivery<EventBatch>>;
  function events(id: number, options?: ChainStreamOptions & { maxUnacked?: undefined }): Observable<EventBatch>;
  function events(
    id: number,
    { maxUnacked, ...options }: ChainStreamOptions & ChainCreditOptions = {},
  ): Observable<EventBatch> | Observable<Delivery<EventBatch>> {
    if (maxUnacked === undefined) return chainEvents(service, id, options).pipe(takeUntil(closing));
    return chainEvents(service, id, { ...options, maxUnacked }).pipe(takeUntil(closing));
  }
  return {
    messages: bind(chainMessages),
    events,
    stream: (id, options = {}) => streamWithin(service, id, options, closing),
    processingStatus$: bind(processingStatus$),
    circuitBreakers$: bind(circuitBreakers$),
  };
}
