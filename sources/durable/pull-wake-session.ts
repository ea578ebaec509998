import { defer, map, mergeMap, type Observable, of, throwError } from 'rxjs';
import { pickStreamConfig, type StreamConfig } from '../../lib/config.js';
import type { ReadGate } from '../../lib/read-gate.js';
import { createCall } from './create.js';
import { DurableStreamError } from './errors.js';
import { unasked, valueOn } from './expected-errors.js';
import type { CheckedDurable } from './options.js';
import { wakeHints } from './pull-wake-hints.js';
import type { WakeLoop } from './pull-wake-loop.js';
import type { DurableReadOptions } from './read-options.js';
import { readParts } from './session.js';
import { streamUrl } from './stream-url.js';
import type { PullWakeDefinition } from './subscription-definition.js';
import { type DurableSubscriptions, subscriptionsOf, type SubscriptionsOptions } from './subscriptions.js';

/** What a worker is started with. */
export interface PullWakeStart extends SubscriptionsOptions {
  readonly subscription: string;
  readonly worker: string;
  readonly wakeStream?: string | undefined;
  readonly definition: PullWakeDefinition | undefined;
  readonly concurrency?: number | undefined;
  readonly live?: 'auto' | 'long-poll' | 'sse' | undefined;
  readonly mode?: 'json' | 'bytes' | undefined;
  readonly gate: ReadGate;
}

/** Finds or makes wake stream and subscription, then gives what the worker lives by. One value. */
export function pullWakeSession(
  checked: CheckedDurable,
  start: PullWakeStart,
): Observable<Pick<WakeLoop, 'hints' | 'claims' | 'work'>> {
  const { subscription, worker, concurrency = 4, live = 'auto', mode, gate, scheduler } = start;
  // Claims and heartbeats are no connections of the stream: its state must not close with each of them.
  const quiet = { ...checked, config: { ...withoutCallbacks(checked.config), monitor: undefined } };
  const client = subscriptionsOf(quiet);
  const options = readOptions(start);
  const urlOf = (path: string): string => streamUrl(checked.url, path) + new URL(start.root).search;
  const read = (path: string, offset: string): ReturnType<typeof readParts> =>
    defer(() => {
      const once = { ...withoutCallbacks(options), offset, mode };
      return readParts('pullWake', urlOf(path), once, { live: 'none', whole: false, gate });
    });
  return wakePath(quiet, client, start).pipe(
    map((path) => {
      const wakes = { subscription, url: urlOf(path), options, live: live === 'auto' ? 'auto-live' : live } as const;
      const work = { client, read, concurrency, scheduler };
      return { hints: wakeHints('pullWake', wakes), claims: client.claim(subscription, { worker }), work };
    }),
  );
}

function wakePath(
  checked: CheckedDurable,
  client: DurableSubscriptions,
  { subscription, wakeStream, definition }: PullWakeStart,
): Observable<string> {
  if (definition !== undefined) {
    const url = streamUrl(checked.url, definition.wakeStream);
    // One with another lifetime serves as well.
    const stream = createCall('pullWake', unasked({ ...checked, url }, ['stream_exists']), {
      contentType: 'application/json',
    });
    return stream.pipe(
      valueOn(['stream_exists'], undefined),
      mergeMap(() => client.create(subscription, definition)),
      map(() => definition.wakeStream),
    );
  }
  if (wakeStream !== undefined) return of(wakeStream);
  return client.get(subscription).pipe(
    mergeMap(({ wakeStream: known }) => {
      if (known !== undefined) return of(known);
      const details = { errorType: 'client_error', code: 'bad_request' } as const;
      return throwError(() => new DurableStreamError('the subscription has no wake stream', details));
    }),
  );
}

/** What readers take of the options, under their own rules. */
function readOptions(start: PullWakeStart): DurableReadOptions {
  const { headers, params, onError, fetch, transport, allowSecretInQuery } = start;
  return { ...pickStreamConfig(start), headers, params, onError, fetch, transport, allowSecretInQuery };
}

/** The caller's callbacks are for the wake stream: it is the one connection that lasts. */
function withoutCallbacks<T extends Omit<StreamConfig, 'onError'>>(options: T): T {
  return { ...options, onConnect: undefined, onDisconnect: undefined, onReconnect: undefined, onWarning: undefined };
}
