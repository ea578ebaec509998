import { inject } from '@angular/core';
import type { Observable } from 'rxjs';
import type { StreamMonitor } from 'tailrace';
import { injectMonitor, injectStream, type MonitorRef, type StreamRef } from 'tailrace/angular';
import { ConsoleApi } from '../api/console-api.js';
import type { StreamName, StreamPlace } from '../api/streams-answer.js';
import { createPace, type Pace } from './pace.js';

/** What a stream is opened with. */
export interface FeedContext {
  readonly place: StreamPlace;
  readonly monitor: StreamMonitor;
  /** How many deliveries may be out. */
  readonly maxUnacked: number;
  readonly pace: Pace;
}

/** How one stream is opened, and what is shown of it. */
interface FeedPlan<T, V> {
  readonly name: StreamName;
  readonly maxUnacked: number;
  /** The items that the page has taken, at the pace of the context. */
  open(context: FeedContext): Observable<T>;
  /** When an item was made, in milliseconds since 1970. */
  madeAt(item: T): number | undefined;
  readonly initialValue: V;
  reduce(value: V, item: T): V;
}

/** What has been taken so far. */
interface Taken<V> {
  readonly shown: V;
  /** When the newest item that was taken was made. */
  readonly newestAt: number | undefined;
}

/** One stream as the page shows it. */
export interface LiveFeed<V = unknown> {
  readonly name: StreamName;
  readonly maxUnacked: number;
  readonly pace: Pace;
  readonly watch: MonitorRef;
  readonly stream: StreamRef<Taken<V>>;
}

/** Opens a stream as soon as the server has told where it is, and again when it is elsewhere. In an injection context. */
export function liveFeed<T, V>(plan: FeedPlan<T, V>): LiveFeed<V> {
  const { name, maxUnacked, initialValue } = plan;
  const api = inject(ConsoleApi);
  const pace = createPace();
  const watch = injectMonitor();
  const initial: Taken<V> = { shown: initialValue, newestAt: undefined };
  const stream = injectStream({
    params: () => api.place(name),
    monitor: watch.monitor,
    stream: ({ params: place, monitor }) => plan.open({ place, monitor, maxUnacked, pace }),
    initialValue: initial,
    reduce: ({ shown, newestAt }: Taken<V>, item: T): Taken<V> => ({
      shown: plan.reduce(shown, item),
      newestAt: plan.madeAt(item) ?? newestAt,
    }),
  });
  return { name, maxUnacked, pace, watch, stream };
}
