import type { Subscription } from 'rxjs';
import type { Delivery } from '../../../lib/delivery.js';
import type { StreamError } from '../../../lib/errors.js';
import { fetchTransport, type Transport } from '../../../lib/transport.js';
import type { PullWakeItem } from '../../../sources/durable/pull-wake-ledger.js';
import { pullWake, type PullWakeOptions } from '../../../sources/durable/pull-wake.js';
import { eventually } from '../../servers/eventually.js';

/** A worker under watch. */
export interface Worker {
  /** Everything delivered, in order. */
  readonly deliveries: readonly Delivery<PullWakeItem>[];
  readonly values: readonly unknown[];
  readonly requests: readonly { readonly at: number; readonly line: string; readonly body: unknown }[];
  readonly subscription: Subscription;
  readonly error: StreamError | undefined;
  readonly isComplete: boolean;
  /** Resolves when so many have been delivered. */
  seen(count: number): Promise<void>;
  /** The requests to this part of the control plane: `claim`, `ack`, `release`. */
  calls(action: string): readonly unknown[];
}

/** Starts a worker; `handle` is called for each delivery, which is acknowledged at once by default. */
export function startWorker(
  options: PullWakeOptions,
  handle: (delivery: Delivery<PullWakeItem>) => void = (delivery) => delivery.ack(),
): Worker {
  const deliveries: Delivery<PullWakeItem>[] = [];
  const requests: { at: number; line: string; body: unknown }[] = [];
  const inner = options.transport ?? fetchTransport();
  let error: StreamError | undefined;
  let isComplete = false;
  const watched: Transport = (request) => {
    const { pathname } = new URL(request.url);
    requests.push({
      at: performance.now(),
      line: `${request.method} ${pathname}`,
      body: typeof request.body === 'string' ? JSON.parse(request.body) : undefined,
    });
    return inner(request);
  };
  const subscription = pullWake({ ...options, transport: watched }).subscribe({
    next: (delivery) => {
      deliveries.push(delivery);
      handle(delivery);
    },
    error: (thrown: StreamError) => (error = thrown),
    complete: () => (isComplete = true),
  });
  return {
    ...{ deliveries, requests, subscription },
    get values() {
      return deliveries.map(({ value }) => value.value);
    },
    get error() {
      return error;
    },
    get isComplete() {
      return isComplete;
    },
    seen: async (count) => void (await eventually(() => deliveries.length >= count)),
    calls: (action) => requests.filter(({ line }) => line.endsWith(`/${action}`)).map(({ body }) => body),
  };
}
