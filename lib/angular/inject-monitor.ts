import {
  assertInInjectionContext,
  computed,
  DestroyRef,
  inject,
  Injector,
  NgZone,
  signal,
  type Signal,
  untracked,
} from '@angular/core';
import { noop } from 'rxjs';
import { checkOptions, instance, type OptionRules } from '../check-options.js';
import { createMonitor, type StreamMonitor, type StreamState } from '../state.js';
import { mayStream } from './server-streams.js';

/** Which monitor, and for how long. */
export interface InjectMonitorOptions {
  /** @default one of its own, to be passed on as `monitor:` */
  monitor?: StreamMonitor | undefined;
  /** Whose life is taken. @default the injector of the current injection context */
  injector?: Injector | undefined;
}

/** What a stream is doing, as signals: one for each member of `StreamState`, and what a page needs beside them. */
export type MonitorRef = { readonly [K in keyof StreamState]: Signal<StreamState[K]> } & {
  /** What is watched: pass it as `monitor:` to a source or to `injectStream`. */
  readonly monitor: StreamMonitor;
  /** All of it, of one moment. */
  readonly state: Signal<StreamState>;
  /** When the next try is due, on the clock of `Date.now()`; `undefined` while none is. For a countdown. */
  readonly retryAt: Signal<number | undefined>;
};

const rules: OptionRules<InjectMonitorOptions> = { monitor: instance, injector: instance };

/**
 * The state of a monitor as signals, until the injector ends: phases at once, counters a few times a second. It subscribes to no stream.
 * On a server the signals stay as they are, unless `withServerStreams` says otherwise.
 *
 * Errors: a `TypeError` at once for a senseless option.
 *
 * @example
 * import { Component } from '@angular/core';
 * import { injectMonitor, injectStream } from 'tailrace/angular';
 * import { filteredStream } from 'tailrace/sources/x';
 *
 * const Posts = Component({ selector: 'app-posts', template: `{{ watch.phase() }} {{ watch.lastError()?.code }} {{ posts.received() }}` })(
 *   class {
 *     readonly watch = injectMonitor();
 *     readonly posts = injectStream({
 *       monitor: this.watch.monitor,
 *       stream: ({ monitor }) => filteredStream({ bearerToken: 'AAAA', monitor }),
 *     });
 *   },
 * );
 */
export function injectMonitor(options: InjectMonitorOptions = {}): MonitorRef {
  checkOptions('injectMonitor', rules, options);
  if (options.injector === undefined) assertInInjectionContext(injectMonitor);
  const { injector = inject(Injector), monitor = createMonitor() } = options;
  const now = signal({ state: monitor.state, retryAt: retryAt(monitor.state) });
  if (mayStream(injector)) {
    const follow = (state: StreamState): void => {
      const { phase, currentBackoff } = state;
      const { state: last, retryAt: due } = untracked(now);
      // Counters show during a wait as well, and must not put off its end.
      const isSameWait =
        phase === 'waiting' &&
        last.phase === phase &&
        last.currentBackoff === currentBackoff &&
        last.retryCount === state.retryCount;
      untracked(() => now.set({ state, retryAt: isSameWait ? due : retryAt(state) }));
    };
    const subscription = injector
      .get(NgZone)
      .runOutsideAngular(() => monitor.state$.subscribe({ next: follow, error: noop }));
    injector.get(DestroyRef).onDestroy(() => subscription.unsubscribe());
  }
  const state = computed(() => now().state);
  const of = <K extends keyof StreamState>(key: K): Signal<StreamState[K]> => computed(() => state()[key]);
  return {
    ...{ monitor, state, retryAt: computed(() => now().retryAt) },
    ...{ phase: of('phase'), isConnected: of('isConnected'), retryCount: of('retryCount') },
    ...{ currentBackoff: of('currentBackoff'), totalItemsReceived: of('totalItemsReceived') },
    ...{ lastError: of('lastError'), bytesReceived: of('bytesReceived'), malformed: of('malformed') },
    ...{ duplicates: of('duplicates'), dropped: of('dropped'), outstanding: of('outstanding') },
    ...{ lastByteAt: of('lastByteAt'), lag: of('lag') },
  };
}

function retryAt({ phase, currentBackoff }: StreamState): number | undefined {
  return phase === 'waiting' ? Date.now() + currentBackoff : undefined;
}
