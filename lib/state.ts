import { type Observable, type SchedulerLike, Subject } from 'rxjs';
import { checkOptions, duration, instance } from './check-options.js';
import type { StreamError } from './errors.js';
import { type Sampler, sampler } from './sampler.js';

/** `idle` before subscribe, `waiting` between two connections, `closed` after complete, error or unsubscribe. */
export type StreamPhase = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

/** What a stream knows of itself. Counters run over all connections of a monitor. */
export interface StreamState {
  readonly phase: StreamPhase;
  /** Whether a server has answered and its body is open. */
  readonly isConnected: boolean;
  /** Failures in a row; 0 once a connection has proved itself. */
  readonly retryCount: number;
  /** The wait before the next connection, in milliseconds; 0 while none is due. */
  readonly currentBackoff: number;
  readonly totalItemsReceived: number;
  readonly lastError: StreamError | undefined;
  readonly bytesReceived: number;
  /** Frames that were no JSON, or not of the schema. */
  readonly malformed: number;
  readonly duplicates: number;
  /** Items given up because a consumer was too slow. */
  readonly dropped: number;
  /** Deliveries handed out and not yet settled. */
  readonly outstanding: number;
  /** Wall clock of the last byte, in milliseconds since 1970. */
  readonly lastByteAt: number | undefined;
  /** How long the last item was under way, in milliseconds, where its source says when it was made. */
  readonly lag: number | undefined;
}

/** Something that a person should know and that stops nothing. */
export interface StreamWarning {
  readonly kind:
    | 'silence'
    | 'callback_failed'
    | 'backoff_at_maximum'
    | 'stalled_consumer'
    | 'risky_option'
    | 'replay_failed'
    | 'termination_failed'
    | 'connection_lost'
    | 'unknown_notice';
  readonly message: string;
  readonly cause?: unknown;
}

/** The life of a stream, in order. Every `connect` is followed by exactly one `disconnect`. */
export type StreamEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect'; readonly error: StreamError | undefined }
  | { readonly type: 'error'; readonly error: StreamError }
  | { readonly type: 'reconnect'; readonly attempt: number; readonly delay: number }
  | { readonly type: 'warning'; readonly warning: StreamWarning };

/** The writing side, for authors of sources. All calls are synchronous and never throw. */
export interface StreamReporter {
  connecting(): void;
  /** Headers of a good answer are in. */
  open(): void;
  bytes(count: number): void;
  item(lag?: number): void;
  malformed(): void;
  duplicate(): void;
  dropped(): void;
  outstanding(count: number): void;
  /** The same as a difference: what children report adds up. */
  outstandingBy(change: number): void;
  /** A first frame and a stable time: failures in a row start from 0 again. */
  proved(): void;
  /** Says it once per error object and connection, however many layers report it. */
  failed(error: StreamError): void;
  /** Ends the connection that `open` began and the phase is `closed`, until `waiting` or `connecting`; without a connection it does nothing. */
  disconnected(error?: StreamError): void;
  waiting(attempt: number, delay: number): void;
  closed(): void;
  warn(warning: StreamWarning): void;
}

/** Shows what a stream is doing. Pass it as `monitor:` to a source, and read it from anywhere. */
export interface StreamMonitor {
  readonly state: StreamState;
  /** The state now, after each change of phase at once, and after counters at most once per `sampleInterval`. */
  readonly state$: Observable<StreamState>;
  /** Hot, synchronous, never completes. */
  readonly events$: Observable<StreamEvent>;
  readonly report: StreamReporter;
  /** Whether it is the monitor of one subscription only: its life is that of the subscription. */
  readonly isChild: boolean;
}

/** How often counters show. */
export interface MonitorOptions {
  /** How often counters may show in `state$`, in milliseconds. @default 250 */
  sampleInterval?: number | undefined;
  /** Timer of the samples. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A monitor with nothing to show yet. One monitor may watch many streams at once: counters add up, `isConnected` says
 * that at least one is open.
 *
 * Costs two method calls per item; no timer runs while nobody is subscribed to `state$` or nothing changes.
 */
export function createMonitor(options: MonitorOptions = {}): StreamMonitor {
  checkOptions('createMonitor', { sampleInterval: duration(1), scheduler: instance }, options);
  return monitor(options, undefined, false);
}

/**
 * The monitor of one subscription. It reports on to `parent`, so that pairs of connect and disconnect stay pairs
 * although several subscriptions share the user's monitor.
 */
export function childMonitor(parent: StreamMonitor | undefined): StreamMonitor {
  return monitor({}, parent?.report, true);
}

function monitor(options: MonitorOptions, parent: StreamReporter | undefined, isChild: boolean): StreamMonitor {
  const state: Mutable<StreamState> = emptyState();
  const events = new Subject<StreamEvent>();
  const { sampleInterval: interval = 250, scheduler } = options;
  const changes = sampler(() => ({ ...state }), { interval, scheduler });
  return {
    get state() {
      return { ...state };
    },
    state$: changes.values$,
    events$: events.asObservable(),
    report: reporter(state, changes, (event) => events.next(event), parent),
    isChild,
  };
}

function emptyState(): Mutable<StreamState> {
  return {
    phase: 'idle',
    isConnected: false,
    retryCount: 0,
    currentBackoff: 0,
    totalItemsReceived: 0,
    lastError: undefined,
    bytesReceived: 0,
    malformed: 0,
    duplicates: 0,
    dropped: 0,
    outstanding: 0,
    lastByteAt: undefined,
    lag: undefined,
  };
}

function reporter(
  state: Mutable<StreamState>,
  changes: Sampler<StreamState>,
  emit: (event: StreamEvent) => void,
  parent: StreamReporter | undefined,
): StreamReporter {
  // The layer that made the error and the one that retries it both report it.
  let said: StreamError | undefined;
  const connections = connectionReports(state, changes, emit, parent);
  return {
    ...connections,
    connecting: () => {
      said = undefined;
      connections.connecting();
    },
    ...countReports(state, changes, parent),
    proved: () => {
      state.retryCount = 0;
      changes.now();
      parent?.proved();
    },
    failed: (error) => {
      if (said === error) return;
      said = error;
      state.lastError = error;
      if (!state.isConnected) state.phase = 'closed';
      parent?.failed(error);
      changes.now();
      emit({ type: 'error', error });
    },
    waiting: (attempt, delay) => {
      if (!state.isConnected) state.phase = 'waiting';
      state.retryCount = attempt;
      state.currentBackoff = delay;
      parent?.waiting(attempt, delay);
      changes.now();
      emit({ type: 'reconnect', attempt, delay });
    },
    warn: (warning) => {
      parent?.warn(warning);
      emit({ type: 'warning', warning });
    },
  };
}

type ConnectionReports = Pick<StreamReporter, 'connecting' | 'open' | 'disconnected' | 'closed'>;

function connectionReports(
  state: Mutable<StreamState>,
  changes: Sampler<StreamState>,
  emit: (event: StreamEvent) => void,
  parent: StreamReporter | undefined,
): ConnectionReports {
  let connections = 0;
  const enter = (phase: StreamPhase): void => {
    state.phase = connections > 0 ? 'open' : phase;
    state.isConnected = connections > 0;
    state.currentBackoff = 0;
    changes.now();
  };
  return {
    connecting: () => {
      parent?.connecting();
      enter('connecting');
    },
    open: () => {
      connections += 1;
      parent?.open();
      enter('open');
      emit({ type: 'connect' });
    },
    disconnected: (error) => {
      if (connections === 0) return;
      connections -= 1;
      parent?.disconnected(error);
      enter('closed');
      emit({ type: 'disconnect', error });
    },
    closed: () => {
      parent?.closed();
      enter('closed');
    },
  };
}

type CountReports = Pick<
  StreamReporter,
  'bytes' | 'item' | 'malformed' | 'duplicate' | 'dropped' | 'outstanding' | 'outstandingBy'
>;

function countReports(
  state: Mutable<StreamState>,
  changes: Sampler<StreamState>,
  parent: StreamReporter | undefined,
): CountReports {
  const count = (key: 'malformed' | 'duplicates' | 'dropped', report: (() => void) | undefined) => (): void => {
    state[key] += 1;
    changes.later();
    report?.();
  };
  const outstandingBy = (change: number): void => {
    state.outstanding += change;
    changes.later();
    parent?.outstandingBy(change);
  };
  return {
    bytes: (length) => {
      state.bytesReceived += length;
      state.lastByteAt = Date.now();
      changes.later();
      parent?.bytes(length);
    },
    item: (lag) => {
      state.totalItemsReceived += 1;
      if (lag !== undefined) state.lag = lag;
      changes.later();
      parent?.item(lag);
    },
    malformed: count('malformed', parent?.malformed),
    duplicate: count('duplicates', parent?.duplicate),
    dropped: count('dropped', parent?.dropped),
    outstanding: (length) => outstandingBy(length - state.outstanding),
    outstandingBy,
  };
}
