import { noop, type Observable, type SchedulerLike } from 'rxjs';
import { duration, type OptionRule, type OptionRules } from '../../lib/check-options.js';
import { LlmError, type LlmErrorCode } from './errors.js';
import { silenceTimer } from './silence-timer.js';
import type { LlmClock, LlmWire } from './vocabulary.js';

/**
 * How long each kind of silence may last, in milliseconds; 0 for no limit. The clocks know nothing of each other, and each has a code of its own.
 * Time that the consumer takes counts for none of them. Node's own `fetch`, where it is asked for, ends a connection after 300 silent
 * seconds whatever is set here.
 */
export interface LlmClockOptions {
  /** Until headers are in; `headers_timeout`. Servers that read the whole prompt first take long. @default 60_000 */
  connect?: number | undefined;
  /** From headers to the first content; `first_content_timeout`. Pings and the beginning of the message are no content. @default 300_000 */
  firstContent?: number | undefined;
  /** Without a single byte, pings and comments included; `idle_timeout`. @default 90_000 for Anthropic, which pings; else 0 */
  idleBytes?: number | undefined;
  /**
   * Without anything that changes the message, once there is content; `content_timeout`. A provider that holds back the input of a tool, or
   * thinks unseen, is silent for minutes. @default 300_000
   */
  idleContent?: number | undefined;
}

const limit: OptionRule = duration(0, ' (0 for none)');
export const clockRules: OptionRules<LlmClockOptions> = {
  connect: limit,
  firstContent: limit,
  idleBytes: limit,
  idleContent: limit,
};

/** Limits of all clocks in milliseconds; 0 for none. */
export type ClockLimits = Readonly<Record<LlmClock, number>>;

/** The limits of a wire, with its defaults. */
export function clockLimits(wire: LlmWire, options: LlmClockOptions = {}): ClockLimits {
  const { connect = 60_000, firstContent = 300_000, idleContent = 300_000 } = options;
  const { idleBytes = wire === 'anthropic' ? 90_000 : 0 } = options;
  return { connect, firstContent, idleBytes, idleContent };
}

/** What the clocks of one connection measure with, and whom they tell. */
export interface ClockSettings {
  readonly wire: LlmWire;
  readonly limits: ClockLimits;
  /** While it says `true` nothing is read, and all clocks stand still. */
  readonly pausedBy?: Observable<boolean> | undefined;
  /** Half of a limit has passed, `ms` milliseconds; once per silence. */
  readonly onStall: (clock: LlmClock, ms: number) => void;
  /** A limit has passed. The clocks have stopped. */
  readonly onLimit: (error: LlmError) => void;
  readonly scheduler?: SchedulerLike | undefined;
}

/** The four clocks of one connection. `connect` runs from the moment they are made. */
export interface LlmClocks {
  /** Headers are in. */
  opened(): void;
  /** Any byte. */
  bytes(): void;
  /** Something that changes the message. */
  content(): void;
  /** Whatever time `work` takes counts for no clock: it is the consumer's. */
  outside(work: () => void): void;
  stop(): void;
}

/** Starts the clocks of one connection. A sign of life costs one reading of the monotonic clock. */
export function llmClocks({ wire, limits, pausedBy, onStall, onLimit, scheduler }: ClockSettings): LlmClocks {
  const timer = silenceTimer<LlmClock>({
    scheduler,
    onHalf: (clock) => onStall(clock, limits[clock] / 2),
    onLimit: (clock) => {
      stop();
      onLimit(silence(wire, clock, limits[clock]));
    },
  });
  const start = (clock: LlmClock): void => {
    if (limits[clock] > 0) timer.start(clock, limits[clock]);
  };
  start('connect');
  const paused = pausedBy?.subscribe({ next: timer.pause, error: noop });
  const stop = (): void => {
    paused?.unsubscribe();
    timer.stop();
  };
  return {
    opened: () => {
      timer.end('connect');
      start('firstContent');
      start('idleBytes');
    },
    bytes: () => timer.touch('idleBytes'),
    content: () => {
      timer.end('firstContent');
      start('idleContent');
    },
    outside: timer.outside,
    stop,
  };
}

const words: Readonly<Record<LlmClock, readonly [code: LlmErrorCode, what: string]>> = {
  connect: ['headers_timeout', 'no answer'],
  firstContent: ['first_content_timeout', 'no content'],
  idleBytes: ['idle_timeout', 'no byte'],
  idleContent: ['content_timeout', 'nothing new'],
};

function silence(wire: LlmWire, clock: LlmClock, ms: number): LlmError {
  const [code, what] = words[clock];
  const phase = clock === 'connect' ? 'request' : 'body';
  return new LlmError(`${what} came within ${ms} ms`, { errorType: 'timeout', code, wire, phase });
}
